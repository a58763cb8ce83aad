"""The index of what can be found, brought up to date in the transaction that changes a message.

A release that makes terms by other rules calls `clear` in a migration; `fill` puts everything in again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from chat.models import Conversation, Message, SearchEntry, Status
from chat.models.rows import insert
from chat.search import fts5, signatures
from chat.search.terms import terms

AT_ONCE = 500
"""Messages that one transaction puts in or takes out; to put 500 in takes 0.09 s (make bench, search)."""

# What `add` asks for, of messages by their ids
_ENDED = f"""
    SELECT message.id, owner_id, message.created_at, text
    FROM {Message._meta.db_table} message
    JOIN {Conversation._meta.db_table} conversation ON conversation.id = message.conversation_id
    WHERE message.id IN ({{places}}) AND status <> %s AND text <> '' AND hidden_at IS NULL
    AND deleted_at IS NULL AND NOT temporary
    AND NOT EXISTS (SELECT 1 FROM {SearchEntry._meta.db_table} WHERE message_id = message.id)
"""

logger = logging.getLogger(__name__)


Saved = tuple[int, datetime, str]
"""A message: its id, when it was written, and its text."""


class Row(NamedTuple):
    """A message that is put in: its id, its owner's, when it was written, and its terms."""

    pk: int
    owner: int
    written_at: datetime
    terms: set[str]


_later: ContextVar[list[Row] | None] = ContextVar("later", default=None)


def add(messages: QuerySet[Message]) -> int:
    """Put those of `messages` in that belong there and are not, AT_ONCE of them; return how many.

    Those belong there that their owner sees, that are written to their end, and that are not temporary. A
    message is worth more than being found: what the database refuses is logged, and the transaction goes on.
    """
    ended = messages.filter(
        ~Q(status=Status.RUNNING),
        ~Q(text=""),
        hidden_at=None,
        conversation__deleted_at=None,
        conversation__temporary=False,
        search_entry=None,
    )
    rows = ended.order_by().values_list("pk", "conversation__owner_id", "created_at", "text")[:AT_ONCE]
    return _put([Row(pk, owner, written_at, terms(text)) for pk, owner, written_at, text in rows])


def add_ended(message_ids: Sequence[int]) -> None:
    """Put messages in, as `add` does, at a fifth of the processor time: every reply ends with this."""
    places = ", ".join(["%s"] * len(message_ids))
    with connection.cursor() as cursor:
        cursor.execute(_ENDED.format(places=places), [*message_ids, Status.RUNNING])
        found = cursor.fetchall()
    # SQLite keeps no time zone: all are UTC
    rows = [
        Row(pk, owner, written_at.replace(tzinfo=written_at.tzinfo or UTC), terms(text))
        for pk, owner, written_at, text in found
    ]
    add_noted(rows, are_new=False)


def add_new(message: Message, owner_id: int) -> None:
    """Put a message in that this transaction has saved: `add` without asking for it.

    Where several messages share a transaction, at its end (`add_later`).
    """
    if message.hidden_at is not None:
        return
    later, row = _later.get(), Row(message.pk, owner_id, message.created_at, terms(message.text))
    if later is not None:
        later.append(row)
    else:
        _put([row], are_new=True)


def add_later(rows: list[Row]) -> None:
    """Let `add_new` only note in `rows` what is to be put in by `add_noted`, for the rest of this context."""
    _later.set(rows)


def add_noted(rows: Sequence[Row], *, are_new: bool = True) -> None:
    """Put all of them in, or each apart if one is refused: it takes no other along."""
    if _put(rows, are_new=are_new) < len(rows) > 1:
        for row in rows:
            _put([row], are_new=are_new)


def add_saved(messages: Iterable[Saved], owner_id: int) -> None:
    """Put messages of one person in that this transaction has saved: `add` without asking for them.

    None is hidden, or of a temporary conversation.
    """
    rows = [Row(pk, owner_id, written_at, terms(text)) for pk, written_at, text in messages if text]
    _put(rows, are_new=True)


def _put(rows: Sequence[Row], *, are_new: bool = False) -> int:
    if not rows:
        return 0
    try:
        with transaction.atomic():
            _insert(rows, are_new)
    except DatabaseError:
        if connection.in_atomic_block and transaction.get_rollback():
            raise  # the savepoint could not be undone: all of the transaction is, and Django would not say so
        logger.exception("%d messages cannot be searched; `manage.py reindex` tries again", len(rows))
        return 0
    return len(rows)


def _insert(rows: Sequence[Row], are_new: bool) -> None:
    is_sqlite = connection.vendor == "sqlite"
    entries = [
        {
            "message_id": row.pk,
            "owner_id": row.owner,
            "written_at": row.written_at,
            "signature": None if is_sqlite else signatures.signature(row.terms),
        }
        for row in sorted(rows, key=_pk)  # PostgreSQL's index of ids is a third smaller
    ]
    # Where rows can be locked two processes may put the same in at once, unless only this one sees it yet
    insert(SearchEntry, entries, or_leave=not is_sqlite and not are_new)
    if is_sqlite:
        fts5.add((row.pk, row.owner, row.terms) for row in rows)


def _pk(row: Row) -> int:
    return row.pk


def remove(messages: QuerySet[Message]) -> int:
    """Take those of `messages` out that are in, AT_ONCE of them; return how many.

    To be called before their text changes or their rows go: SQLite has to be told what to take out.
    """
    return _take(SearchEntry.objects.filter(message__in=messages.order_by().values("pk")))


def remove_deleted() -> int:
    """Take out what is in conversations that are deleted, AT_ONCE of it; return how much.

    Of a long one only the beginning goes with its deletion.
    """
    return _take(SearchEntry.objects.filter(message__conversation__deleted_at__isnull=False))


def remove_conversation(instance: Conversation, **signal: Any) -> None:
    """Take all of a conversation out whose row goes: a receiver of `pre_delete`."""
    while remove(Message.objects.filter(conversation=instance)):
        pass


def _take(entries: QuerySet[SearchEntry]) -> int:
    rows = list(entries.values_list("pk", "owner_id", "message__text")[:AT_ONCE])
    if rows and connection.vendor == "sqlite":
        fts5.remove([(pk, owner, terms(text)) for pk, owner, text in rows])
    SearchEntry.objects.filter(pk__in=[row[0] for row in rows]).delete()
    return len(rows)


@transaction.atomic
def clear() -> None:
    """Take everything out."""
    if connection.vendor == "sqlite":
        fts5.clear()
        SearchEntry.objects.all().delete()
    else:  # rows that are deleted would leave their room in the index
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {SearchEntry._meta.db_table}")


def fill(below: int) -> int:
    """Put in what is missing of the AT_ONCE messages before the id `below`; return the first of their ids.

    0 means that there are none. For what a version before this index has left.
    """
    ids = list(Message.objects.filter(pk__lt=below).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    with transaction.atomic():
        add(Message.objects.filter(pk__in=ids))
    return ids[-1] if ids else 0
