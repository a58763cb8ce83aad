"""Who finds what: one person's messages and conversations, and how they read among what is found."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from chat.models import Conversation, Message, SearchEntry, Status, User
from chat.models.search import Place
from chat.search import fts5, signatures
from chat.search.excerpts import Excerpt, excerpt
from chat.search.query import Finder, Query, comparable

LAST = 2**63 - 1
FIRST, MOST, AT_ONCE, SHOWN = 50, 5_000, 200, 25
"""Candidates that are asked for together, at first and where few fit; those whose texts are in memory at
once; and those that fit of which all is asked for, a page of hits and one more.
"""

MOST_READ = 4_000_000
"""Characters of candidates that one search reads: words that stand everywhere, but never side by side."""

RECENT, RECENT_CHARACTERS = 1_000, 500_000
"""Latest messages of a person, and characters of them, in which a word that is still being typed is looked
for: the index knows whole words.
"""

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
    found: list[Hit] = []
    if query.is_going_on and not before:
        latest = SearchEntry.objects.latest_first(user.pk, None).values_list("pk", flat=True)[:RECENT]
        begun = _fitting(user, iter(latest), condition, query.finder(begun=True), RECENT_CHARACTERS)
        found += islice(begun, count + 1)
    if len(found) <= count:  # else the whole word is no later than these either
        find = fts5.find if connection.vendor == "sqlite" else signatures.find
        ids = find(user.pk, query.terms, before)
        found += islice(_fitting(user, ids, condition, query.finder(), MOST_READ), count + 1)
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


def _fitting(user: User, ids: Iterator[int], condition: Q, finder: Finder, most: int) -> Iterator[Hit]:
    """Yield what of these fits, in their order, until `most` characters are read.

    All else of a message is asked for when its text fits, which of thousands of candidates few do. That the
    first query knows no owner lets SQLite look the messages up by their ids: else it may take all of the
    owner's, in 80 ms.
    """
    left, size = most, FIRST
    while left >= 0 and (batch := list(islice(ids, size))):
        fitting = []
        rows = Message.objects.filter(condition, _is_among(batch)).order_by("-created_at", "-pk")
        for pk, text in rows.values_list("pk", "text").iterator(AT_ONCE):
            if finder.fits(comparable(text)):
                fitting.append(pk)
            left -= len(text)
            if left < 0:
                break
        for start in range(0, len(fitting), SHOWN):
            yield from _hits(user, condition, fitting[start : start + SHOWN], finder)
        size = min(4 * size, MOST)


def _is_among(ids: list[int]) -> Q | RawSQL:
    """Return the condition that a message is one of these: for PostgreSQL as one parameter."""
    if connection.vendor == "sqlite":
        return Q(pk__in=ids)
    return RawSQL(f"{Message._meta.db_table}.id = ANY(%s)", [ids], BooleanField())


def _hits(user: User, condition: Q, ids: list[int], finder: Finder) -> Iterator[Hit]:
    """Yield those of these messages that a person may find, the latest first.

    The owner is asked for once more, and whether it is still there: the index alone opens nothing.
    """
    rows: QuerySet[Message] = Message.objects.of(user).filter(condition, pk__in=ids, hidden_at=None)
    rows = rows.filter(conversation__temporary=False).exclude(status=Status.RUNNING)
    fields = ("pk", "uuid", "conversation__uuid", "conversation__title", "role", "created_at", "text")
    latest_first = rows.order_by("-created_at", "-pk").values_list(*fields)
    for pk, own, conversation, title, role, created_at, text in latest_first:
        yield Hit(pk, own, conversation, title, role, created_at, excerpt(text, finder))


def _place(hit: Hit) -> Place:
    return hit.created_at, hit.pk
