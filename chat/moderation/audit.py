"""The log of the admin: who did what, and when, without a word of what people wrote.

It is Django's own. What concerns a conversation names it by its id: a title is its owner's, and what they
delete is to be gone.
"""

import re
from datetime import UTC, datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from chat.models import Conversation, Message, Persona, Report, User

READ = 4
"""Beside Django's three kinds of an entry: somebody has read it."""

LONGEST_NAME = 200
MOMENT = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d \d\d:\d\d UTC")
"""A time in an entry, as `moment_text` writes it."""
_MOMENT_FORMAT = "%Y-%m-%d %H:%M UTC"


def note(by: User, row: Model, words: str = "", kind: int = CHANGE) -> None:
    """Write an entry about `row`."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
        object_id=str(row.pk),
        object_repr=name_of(row)[:LONGEST_NAME],
        action_flag=kind,
        change_message=words,
    )


def note_read(by: User, row: Conversation | Persona) -> None:
    """Write that `by` has read it."""
    note(by, row, kind=READ)


def moment_text(moment: datetime) -> str:
    """A time as entries keep it, the same for everybody; who reads the log is shown it by their own clock."""
    return f"{moment.astimezone(UTC):{_MOMENT_FORMAT}}"


def moment_in(text: str) -> datetime | None:
    """The time that `moment_text` wrote; None for a day that no calendar has."""
    try:
        return datetime.strptime(text, _MOMENT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def name_of(row: Model) -> str:
    """How the log calls a row; a report without its state, which the entry tells."""
    if isinstance(row, Report):
        return row.get_category_display()
    return str(row.uuid if isinstance(row, Conversation | Message) else row)
