"""A conversation as one HTML file that needs nothing else: the branch in view, as its page shows it.

It asks for nothing from anywhere: its policy allows its own style sheet and pictures that are in it. What was
said comes from the presenter, which renders and sanitises it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe

from chat.conversations.presenter import present
from chat.models import Message
from chat.transfer.document import Document, name_of, notes, unseen_line, version_line

SHEET = "chat/css/export.css"
_POLICY = (
    "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
)
# Where a page is cut in two
_CONTENT = "\N{OBJECT REPLACEMENT CHARACTER}content\N{OBJECT REPLACEMENT CHARACTER}"


def pieces(document: Document) -> Iterator[bytes]:
    """Return the file, a piece after the other, in the active language and by the active clock."""
    yield from _file(document.conversation.title, parts(document))


def index(title: str, files: list[dict[str, Any]]) -> Iterator[bytes]:
    """Return a page that leads to files beside it: to each its `name`, with a `title` and a `date`."""
    yield from _file(title, [render_to_string("transfer/_index.html", {"title": title, "files": files})])


def parts(document: Document) -> Iterator[str]:
    """Return a conversation's HTML, without the page around it: its head, then each message."""
    yield _head(document)
    for message, version in document.in_view(with_html=True):
        yield _message(message, version)


def joined(document: Document) -> SafeString:
    """Return all of `parts`, which are templates' output."""
    return mark_safe("".join(parts(document)))


@cache
def sheet() -> str:
    """Return the style sheet of exported pages, as it was built: our own, and without "<"."""
    name = staticfiles_storage.stored_name(SHEET)  # type: ignore[attr-defined]  # of our storage
    with staticfiles_storage.open(name) as file:
        return str(file.read().decode().strip())


def _file(title: str, content: Iterable[str]) -> Iterator[bytes]:
    digest = b64encode(hashlib.sha256(sheet().encode()).digest()).decode()
    context = {
        "title": title.replace(_CONTENT, ""),
        "style": mark_safe(f"<style>{sheet()}</style>"),
        "policy": _POLICY.format(digest=digest),
        "content": _CONTENT,
    }
    before, after = render_to_string("transfer/file.html", context).split(_CONTENT)
    yield f"{before}<main>".encode()
    for part in content:
        yield part.encode()
    yield f"</main>{after}\n".encode()


def _head(document: Document) -> str:
    row = document.conversation
    when = formats.date_format(timezone.localtime(row.created_at), "DATETIME_FORMAT")
    facts = (when, row.persona_name, str(row.model or ""), document.project_name)
    context = {
        "title": row.title,
        "facts": [fact for fact in facts if fact],
        "others": unseen_line(document.unseen),
    }
    return render_to_string("transfer/_head.html", context)


def _message(message: Message, version: tuple[int, int] | None) -> str:
    context = {
        "message": present(message),
        "name": name_of(message),
        "version": version_line(version) if version else "",
        "notes": notes(message),
    }
    return render_to_string("transfer/_message.html", context)
