"""Who finds what: one person's messages and conversations, and how they read among what is found."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Q, QuerySet

from chat.models import Conversation, Message, Status, User
from chat.search import fts5, signatures
from chat.search.excerpts import Excerpt, excerpt
from chat.search.query import Finder, Query, comparable

LAST = 2**63 - 1
BATCH, AT_ONCE = 100, 20
"""Candidates that are asked for together, and those whose texts are in memory at once."""

FEW = 1_000
"""Candidates whose dates are looked at. What more messages have is found soon by reading the latest ones."""

FIRST_CONVERSATIONS, MOST_CONVERSATIONS = 10, 320
"""Conversations that are read together, at first and where many have nothing."""

A_REPLY = timedelta(minutes=1)
"""What a message may be later than the activity of its conversation: both are written with one request."""

MOST_READ = 4_000_000
"""Characters of candidates that one search reads: words that stand everywhere, but never side by side."""

RECENT_CHARACTERS = 500_000
"""Characters of a person's latest messages in which a word that is still being typed is looked for: the index
knows whole words.
"""

Place = tuple[datetime, int]
"""When a message was written, and its id: the order of what is found; an import is as old as it says."""

MOST_TITLES = 5
"""Conversations that are found by their titles."""


ANY = Q()


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found: its excerpt, and where it is."""

    pk: int
    message: uuid.UUID
    conversation: uuid.UUID
    title: str
    role: str
    created_at: datetime
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Found:
    """The latest hits, and before which place there may be more, as `read_place` reads it; "" for none."""

    hits: list[Hit]
    more: str


def messages(user: User, query: Query, condition: Q, before: Place | None, count: int) -> Found:
    """Return `count` of a person's messages that fit, the latest first, of those before a place."""
    if not query.wanted:
        return Found([], "")
    find = fts5.find if connection.vendor == "sqlite" else signatures.find
    ids, finder = find(user.pk, query.terms, LAST, FEW + 1), query.finder()
    if len(ids) > FEW:
        found = _by_conversation(user, condition, before, finder, count + 1, MOST_READ)
    else:
        found = list(islice(_among(user, ids, condition, before, finder), count + 1))
    if query.is_going_on and not before:
        # The database looks through most of them: it folds no more than the case of Latin letters
        last = query.wanted[-1]
        rough = condition & Q(text__icontains=last) if last.isascii() else condition
        begun = query.finder(begun=True)
        found += _by_conversation(user, rough, None, begun, count + 1, RECENT_CHARACTERS)
    # The same message may be found twice
    hits = sorted({hit.pk: hit for hit in found}.values(), key=_place, reverse=True)
    last_shown = hits[count - 1] if len(hits) > count else None
    return Found(hits[:count], f"{last_shown.created_at.isoformat()}_{last_shown.pk}" if last_shown else "")


def conversations(
    user: User, query: Query, condition: Q = ANY, count: int = MOST_TITLES
) -> list[Conversation]:
    """Return the `count` latest of a person's conversations whose titles fit, also a word that goes on.

    Titles of what is like `condition` are read until these are found: 1,250 take 14 ms (make bench, search).
    """
    if not query.wanted:
        return []
    finder = query.finder(begun=True)
    rows = Conversation.objects.of(user).started().filter(condition).latest_first()
    titles = rows.values_list("pk", "title")
    fits = (pk for pk, title in titles.iterator() if finder.fits(comparable(title)))
    fitting = list(islice(fits, count))
    found = Conversation.objects.of(user).in_bulk(fitting)
    return [found[pk] for pk in fitting if pk in found]


def read_place(text: str) -> Place | None:
    """Return the place in what is found that `Found.more` names; None for any other text."""
    when, _, pk = text.rpartition("_")
    try:
        moment, number = datetime.fromisoformat(when).astimezone(UTC), int(pk)
    except (ValueError, OverflowError):
        return None
    return (moment, number) if 0 < number <= LAST else None


def _among(user: User, ids: list[int], condition: Q, before: Place | None, finder: Finder) -> Iterator[Hit]:
    """Yield what of these fits, the latest first, until MOST_READ characters are read."""
    rows = _rows(user, condition, before).filter(pk__in=ids)
    latest_first = list(rows.order_by("-created_at", "-pk").values_list("pk", flat=True))
    read = 0
    for start in range(0, len(latest_first), BATCH):
        batch = Q(pk__in=latest_first[start : start + BATCH])
        for hit, characters in _read(_rows(user, batch, None), finder):
            if hit:
                yield hit
            read += characters
            if read > MOST_READ:
                return


def _by_conversation(
    user: User, condition: Q, before: Place | None, finder: Finder, count: int, most: int
) -> list[Hit]:
    """Return the `count` latest that fit, by reading a person's conversations, the latest first.

    Until those that follow have nothing later than these, or `most` characters are read: for what is in
    many messages, and what the index does not know.
    """
    hits: list[Hit] = []
    read = 0
    talks = Conversation.objects.of(user).started().latest_first().values_list("pk", "last_activity_at")
    for batch in _batches(talks.iterator()):
        if len(hits) == count and hits[-1].created_at > batch[0][1] + A_REPLY:
            break
        of_these = condition & Q(conversation__in=[pk for pk, _ in batch])
        latest: list[Hit] = []
        for hit, characters in _read(_rows(user, of_these, before), finder):
            if hit:
                latest.append(hit)
            read += characters
            if read > most or len(latest) == count:  # the rest of these is older
                break
        hits = sorted([*hits, *latest], key=_place, reverse=True)[:count]
        if read > most:
            break
    return hits


def _batches(talks: Iterator[tuple[int, datetime]]) -> Iterator[list[tuple[int, datetime]]]:
    """Yield conversations in growing numbers: those that somebody looks far back for are many."""
    size = FIRST_CONVERSATIONS
    while batch := list(islice(talks, size)):
        yield batch
        size = min(2 * size, MOST_CONVERSATIONS)


def _rows(user: User, condition: Q, before: Place | None) -> QuerySet[Message]:
    """Return a person's messages that may be found, before a place.

    The owner is asked for once more, and whether it is still there: the index alone opens nothing.
    """
    rows: QuerySet[Message] = Message.objects.of(user).filter(condition, hidden_at=None)
    rows = rows.filter(conversation__temporary=False).exclude(status=Status.RUNNING)
    if before:
        when, pk = before
        rows = rows.filter(Q(created_at__lt=when) | Q(created_at=when, pk__lt=pk))
    return rows


def _read(rows: QuerySet[Message], finder: Finder) -> Iterator[tuple[Hit | None, int]]:
    """Yield each message, latest first, with its length: None for one that does not fit."""
    fields = ("pk", "uuid", "conversation__uuid", "conversation__title", "role", "created_at", "text")
    latest_first = rows.order_by("-created_at", "-pk").values_list(*fields).iterator(AT_ONCE)
    for pk, own, conversation, title, role, created_at, text in latest_first:
        if finder.fits(comparable(text)):
            yield Hit(pk, own, conversation, title, role, created_at, excerpt(text, finder)), len(text)
        else:
            yield None, len(text)


def _place(hit: Hit) -> Place:
    return hit.created_at, hit.pk
