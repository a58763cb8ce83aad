"""What the log calls the things it tells of, on the pages that show it.

An entry keeps an id and a name. What is still there is named anew: a conversation by its owner, since its
title is theirs, a report by its category and who made it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from chat.models import Conversation
from chat.moderation import actions as moderation
from chat.moderation import audit

# Characters of a conversation's id that tell one of a person's from the others
SHORT = 8


def give_names(entries: Sequence[Any]) -> None:
    """Set `shown_name` of each entry. At most two queries."""
    names = {
        "conversation": _conversations(_ids(entries, "conversation")),
        "report": _reports(_ids(entries, "report")),
    }
    for entry in entries:
        found = names.get(_kind(entry), {})
        entry.shown_name = found.get(entry.object_id or "") or audit.shown_name(entry, _kind(entry))


def named_link(entry: LogEntry) -> SafeString:
    """Return kind and name, as a link, which leads nowhere once that is deleted."""
    if not hasattr(entry, "shown_name"):
        give_names([entry])
    kind = capfirst(entry.content_type.name) if entry.content_type else ""
    address = None if entry.is_deletion() else entry.get_admin_url()
    name = getattr(entry, "shown_name", entry.object_repr)
    if address is None:
        return format_html("{} <bdi>{}</bdi>", kind, name)
    return format_html('{} <a href="{}"><bdi>{}</bdi></a>', kind, address, name)


def _kind(entry: LogEntry) -> str:
    kind = entry.content_type
    return str(kind.model) if kind and kind.app_label == "chat" else ""


def _ids(entries: Iterable[LogEntry], kind: str) -> list[str]:
    ids = [entry.object_id or "" for entry in entries if _kind(entry) == kind]
    return [pk for pk in ids if pk.isdecimal() and len(pk) < 19]


def _conversations(ids: list[str]) -> dict[str, str]:
    """Return their names by id, without those that their owners have deleted: they keep the id for a name."""
    rows = Conversation.objects.filter(pk__in=ids, deleted_at=None) if ids else Conversation.objects.none()
    found = rows.values_list("pk", "uuid", "owner__email")
    return {str(pk): f"{email} · {str(uuid)[:SHORT]}" for pk, uuid, email in found}


def _reports(ids: list[str]) -> dict[str, str]:
    rows = moderation.reports_in_view().filter(pk__in=ids).select_related("reporter") if ids else ()
    return {str(row.pk): f"{row.get_category_display()} · {row.reporter.email}" for row in rows}
