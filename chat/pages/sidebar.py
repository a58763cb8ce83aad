"""The list of conversations, grouped as people think of time."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from chat.models import Conversation

Group = tuple[str, list[Conversation]]


def by_date(rows: Iterable[Conversation]) -> list[Group]:
    """Return conversations, latest first, in groups by the day of their last activity where the reader is."""
    today = timezone.localdate()
    groups = groupby(rows, key=lambda row: _label(timezone.localdate(row.last_activity_at), today))
    return [(label, list(members)) for label, members in groups]


def _label(day: date, today: date) -> str:
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Previous 7 days")
    if day > today - timedelta(days=30):
        return _("Previous 30 days")
    return formats.date_format(day, "YEAR_MONTH_FORMAT")
