"""What was chosen, written into a file: one document, or a ZIP of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.branding.current import branding
from chat.core.errors import NotFound
from chat.models import Conversation, Project, User
from chat.transfer import archive, html_file, json_file, markdown_file
from chat.transfer.document import Counted, Document
from chat.transfer.names import file_name

INDEX = "index.html"

FEW = 1000
"""Conversations that a query names one by one; an export of more lists the projects of all."""


class Format(models.TextChoices):
    """What a conversation can be written as."""

    MARKDOWN = "markdown", gettext_lazy("Markdown")
    HTML = "html", gettext_lazy("Web page (HTML)")
    JSON = "json", gettext_lazy("JSON")

    @property
    def ending(self) -> str:
        """What a file of it ends in."""
        return {"markdown": ".md", "html": ".html", "json": ".json"}[self.value]

    @property
    def hint(self) -> str:
        """What it is good for."""
        return {
            "markdown": _("The version you see, as text for notes and editors."),
            "html": _("The version you see, as one page for any browser, offline too."),
            "json": _("Everything, with all versions. Can be imported again."),
        }[self.value]

    @property
    def pieces(self) -> Callable[[Document], Iterator[bytes]]:
        """What writes one document as one file. JSON has all in one."""
        return {"markdown": markdown_file.pieces, "html": html_file.pieces}[self.value]


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written: conversations of a person by their ids, as a file of this `name`.

    A `name` that ends in ".zip" is a ZIP of them.
    """

    user: User
    format: Format
    ids: list[int]
    name: str

    @property
    def is_zip(self) -> bool:
        return self.name.endswith(".zip")

    def write(self, sink: BinaryIO, counted: Counted = lambda: None) -> None:
        """Write it. `counted` is called for each message. Raises NotFound when nothing of it is left."""
        documents = documents_of(self.user, self.ids, counted)
        if self.format == Format.JSON:
            self._write_json(sink, documents)
        elif self.is_zip:
            self._write_each(sink, documents)
        else:
            document = next(documents, None)
            if document is None:
                raise NotFound
            sink.writelines(self.format.pieces(document))

    def _write_json(self, sink: BinaryIO, documents: Iterable[Document]) -> None:
        rows = Project.objects.of(self.user).filter(pk__in=self._project_ids()).order_by("pk")
        pieces = json_file.pieces(str(branding().name), rows, documents)
        if not self.is_zip:
            sink.writelines(pieces)
            return
        with archive.opened(sink) as target:
            archive.add(target, "conversations.json", pieces, timezone.now())

    def _write_each(self, sink: BinaryIO, documents: Iterable[Document]) -> None:
        taken, written = {INDEX}, list[dict[str, Any]]()
        with archive.opened(sink) as target:
            for document in documents:
                row = document.conversation
                name = file_name(row.title, self.format.ending, taken)
                archive.add(target, name, self.format.pieces(document), row.last_activity_at)
                written.append({"name": name, "title": row.title, "date": row.last_activity_at})
            if self.format == Format.HTML:
                archive.add(target, INDEX, html_file.index(_("Conversations"), written), timezone.now())

    def _project_ids(self) -> set[int]:
        rows = Conversation.objects.of(self.user).exclude(project=None).values_list("project", flat=True)
        if len(self.ids) < FEW:
            rows = rows.filter(pk__in=self.ids)
        return {pk for pk in rows.distinct() if pk is not None}


def documents_of(user: User, ids: Iterable[int], counted: Counted = lambda: None) -> Iterator[Document]:
    """Return what is still there of a person's conversations, in the order of `ids`, each at its turn."""
    rows = Conversation.objects.of(user).started().select_related("model", "project")
    for pk in ids:
        if found := rows.annotate(tip_uuid=F("tip__uuid")).filter(pk=pk).first():
            yield Document.of(found, counted)


def export_name(format: Format, title: str, count: int, *, zipped: bool) -> str:
    """Return what a file of `count` conversations is called: after the one, or `title` with the day."""
    if count == 1 and not zipped:
        return file_name(title, format.ending)
    return file_name(f"{title} {timezone.localdate():%Y-%m-%d}", ".zip" if zipped else format.ending)
