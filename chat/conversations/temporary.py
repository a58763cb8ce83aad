"""Temporary chats: in no list and no index, without a title, and erased when no page shows them any more.

A page that is open is noted at a slow beat (`note_seen`), and once more when it closes. Whether one is
recorded is kept in its row, so that what its page has stated holds when the operator sets something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.conversations.errors import TemporaryChatsOff
from chat.models import Conversation, Report, soft_delete

UNSEEN_FOR = timedelta(hours=1)
"""How long no page has shown one before it is erased."""

BEAT = timedelta(minutes=5)
"""How often a page that stays open is noted: a write each, of which an hour may lack a few."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the page of a temporary chat says: in a line all the time, and more before its first message."""

    line: str
    more: str


def columns() -> dict[str, Any]:
    """Return what a temporary chat is begun with. Raises TemporaryChatsOff."""
    if settings.TEMPORARY_CHATS == "off":
        raise TemporaryChatsOff
    is_recorded = settings.TEMPORARY_CHATS == "recorded"
    return {"temporary": True, "recorded": is_recorded, "page_seen_at": timezone.now()}


def note_seen(conversation: Conversation) -> None:
    """Note that a page shows it, if that counts."""
    if conversation.temporary:
        Conversation.objects.filter(pk=conversation.pk).update(page_seen_at=timezone.now())


def statement(conversation: Conversation | None = None) -> Statement:
    """Return what is stated of a temporary chat, or of one that begins now. Raises TemporaryChatsOff."""
    is_recorded = conversation.recorded if conversation else columns()["recorded"]
    days = settings.TEMPORARY_RECORD_DAYS
    if is_recorded:
        kept = ngettext(
            "This site keeps a record for %(count)s day, which its moderators can read.",
            "This site keeps a record for %(count)s days, which its moderators can read.",
            days,
        ) % {"count": days}
    else:
        kept = _("It’s deleted an hour after you close it.")
    line = _("This chat isn’t in your history. %(kept)s") % {"kept": kept}
    reports = _("If you report a reply, the chat stays until a moderator has decided.")
    numbers = _("Apart from that, the site keeps only numbers, such as how many messages you sent.")
    return Statement(line, f"{reports} {numbers}")


def sweep() -> int:
    """Erase those that are over, and return the number of rows removed.

    Recorded ones are taken from their owner, and erased TEMPORARY_RECORD_DAYS later. One with a report that
    waits for a decision stays as it is, and one that was decided of within UNSEEN_FOR: its moderator may
    still be reading.
    """
    now = timezone.now()
    past = now - UNSEEN_FOR
    recorded = Conversation.objects.filter(
        temporary=True, recorded=True, deleted_at=None, page_seen_at__lt=past
    )
    if recorded.exists():  # so that the lock to write is taken only when there is something to do
        recorded.update(deleted_at=now)
    record_ends = now - timedelta(days=settings.TEMPORARY_RECORD_DAYS)
    unread = _unread(past)
    over = soft_delete.remove(Conversation, unread, temporary=True, recorded=False, page_seen_at__lt=past)
    return over + soft_delete.remove(Conversation, unread, recorded=True, deleted_at__lt=record_ends)


def count_overdue() -> int:
    """Return how many should have been erased UNSEEN_FOR ago: no process has taken a turn since."""
    past = timezone.now() - 2 * UNSEEN_FOR
    rows = Conversation.objects.filter(temporary=True, recorded=False, page_seen_at__lt=past)
    return rows.filter(_unread(past)).count()


def _unread(since: datetime) -> Q:
    reports = Report.objects.filter(message__conversation=OuterRef("pk"))
    return Q(~Exists(reports.filter(Q(state=Report.State.OPEN) | Q(resolved_at__gt=since))))
