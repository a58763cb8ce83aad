"""Who finds what: one person's messages and conversations, and how they read among what is found."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection
from django.db.models import Q, QuerySet

from chat.models import Conversation, Message, SearchEntry, User
from chat.search import fts5, signatures
from chat.search.excerpts import Excerpt, excerpt
from chat.search.query import Finder, Query, comparable

LAST = 2**63 - 1
BATCH, AT_ONCE = 100, 20
"""Candidates that are asked for together, and those whose texts are in memory at once."""

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
    """The latest hits, and the id before which there may be more; 0 when there are none."""

    hits: list[Hit]
    more_before: int


def messages(user: User, query: Query, condition: Q, before: int, count: int) -> Found:
    """Return `count` of a person's messages that fit, the latest first, with ids below `before`."""
    if not query.wanted:
        return Found([], 0)
    begun = _begun(user, query, condition) if query.is_going_on and before == LAST else iter(())
    found = [*islice(begun, count + 1), *islice(_fitting(user, query, condition, before), count + 1)]
    # The same message may be found twice
    hits = sorted({hit.pk: hit for hit in found}.values(), key=lambda hit: hit.pk, reverse=True)
    return Found(hits[:count], hits[count - 1].pk if len(hits) > count else 0)


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


def _fitting(user: User, query: Query, condition: Q, before: int) -> Iterator[Hit]:
    """Yield what the index names and the texts bear out, until MOST_READ characters are read."""
    find = fts5.find if connection.vendor == "sqlite" else signatures.find
    finder, terms, read = query.finder(), query.terms, 0
    while ids := find(user.pk, terms, before, BATCH):
        for hit, characters in _read(user, ids, condition, finder):
            if hit:
                yield hit
            read += characters
            if read > MOST_READ:
                return
        before = ids[-1]
        if len(ids) < BATCH:
            return


def _begun(user: User, query: Query, condition: Q) -> Iterator[Hit]:
    """Yield those of the latest messages in which the last word goes on, until RECENT_CHARACTERS are read."""
    entries = SearchEntry.objects.filter(owner=user.pk).order_by("-message")
    ids = list(entries.values_list("message", flat=True)[:RECENT])
    # The database looks through most of them: it folds no more than the case of Latin letters
    last = query.wanted[-1]
    rough = Q(text__icontains=last) if last.isascii() else Q()
    read = 0
    for hit, characters in _read(user, ids, condition & rough, query.finder(begun=True)):
        if hit:
            yield hit
        read += characters
        if read > RECENT_CHARACTERS:
            return


def _read(user: User, ids: list[int], condition: Q, finder: Finder) -> Iterator[tuple[Hit | None, int]]:
    """Yield each message, latest first, with its length: None for one that does not fit.

    The owner is asked for once more, and whether it is still there: the index alone opens nothing.
    """
    rows: QuerySet[Message] = Message.objects.of(user).filter(condition, pk__in=ids, hidden_at=None)
    rows = rows.filter(conversation__temporary=False)
    fields = ("pk", "uuid", "conversation__uuid", "conversation__title", "role", "created_at", "text")
    latest_first = rows.order_by("-pk").values_list(*fields).iterator(AT_ONCE)
    for pk, own, conversation, title, role, created_at, text in latest_first:
        if finder.fits(comparable(text)):
            yield Hit(pk, own, conversation, title, role, created_at, excerpt(text, finder)), len(text)
        else:
            yield None, len(text)
