"""The list of conversations, in sections: those that are pinned, then by date as people think of time.

A section that was folded is named in a cookie, so that the page comes as it was left, in its first paint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.models import Conversation

FOLDED_COOKIE = "folded"
"""The keys of sections, joined by dots; the page's script writes it (static/chat/js/sidebar/sections.js)."""

PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class Section:
    """Conversations below one heading; `key` is its name in every language, and on every day."""

    key: str
    label: str
    conversations: list[Conversation]


def folded(request: HttpRequest) -> set[str]:
    """Return the keys of the sections that this browser has folded."""
    return set(request.COOKIES.get(FOLDED_COOKIE, "").split("."))


def pinned(rows: list[Conversation]) -> list[Section]:
    """Return the section of pinned conversations, if there are any."""
    return [Section(PINNED, pgettext("conversations", "Pinned"), rows)] if rows else []


def by_date(rows: Iterable[Conversation]) -> list[Section]:
    """Return conversations, latest first, in sections by the reader's day of their last activity."""
    today = timezone.localdate()
    groups = groupby(rows, key=lambda row: _period(timezone.localdate(row.last_activity_at), today))
    return [Section(*period, list(members)) for period, members in groups]


def _period(day: date, today: date) -> tuple[str, str]:
    if day >= today:
        return "today", _("Today")
    if day == today - timedelta(days=1):
        return "yesterday", _("Yesterday")
    if day > today - timedelta(days=7):
        return "week", _("Previous 7 days")
    if day > today - timedelta(days=30):
        return "month", _("Previous 30 days")
    return f"{day:%Y-%m}", formats.date_format(day, "YEAR_MONTH_FORMAT")
