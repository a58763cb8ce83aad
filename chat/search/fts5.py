"""SQLite's index: an FTS5 table without contents, of terms that are already made.

`detail=none` and `columnsize=0` keep no places and no lengths, a quarter of the size: phrases are looked
for in the texts themselves. Without contents a row is taken out by the terms that it was put in with.

Each term begins with whose message it is in. With the owner as a term of its own, beside those of the text,
the index was smaller; but a word that others had used took several times as long to be not found as one that
nobody had, by which everybody could ask what is spoken of on the site. Of a character that is the first of a
pair the pair is kept alone, a sixth less, and the character is asked for as a beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from chat.models import SearchEntry
from chat.models.search import Place

Row = tuple[int, int, set[str]]
"""Id of a message, id of its owner, its terms."""

TABLE = "chat_search"
CREATE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5"
    "(terms, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_'\")"
)
DROP = f"DROP TABLE {TABLE}"

_INSERT = f"INSERT INTO {TABLE}(rowid, terms) VALUES (%s, %s)"
_DELETE = f"INSERT INTO {TABLE}({TABLE}, rowid, terms) VALUES ('delete', %s, %s)"
CLEAR = f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')"
_FIND = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"
# "+": in the order of the index of a person's entries; else SQLite reads all that are found, and sorts them
_IS_FOUND = f"+message_id IN ({_FIND})"

_UNSPACED = "\u0e01"
"""Below it are the letters of no language without spaces (terms.py)."""

FEW = 1_000
"""Messages whose dates are looked up and sorted. Of more, the latest are met soon in the index by date."""


def add(rows: Iterable[Row]) -> None:
    """Put messages in that are not in it."""
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_indexed(*row) for row in rows])


def remove(rows: Iterable[Row]) -> None:
    """Take messages out. With other terms than they were put in with, the index is wrong from then on."""
    with connection.cursor() as cursor:
        cursor.executemany(_DELETE, [_indexed(*row) for row in rows])


def clear() -> None:
    """Take everything out."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)


def find(owner_id: int, terms: Sequence[str], before: Place | None) -> Iterator[int]:
    """Yield the ids of the owner's messages before a place that have all these terms, the latest first."""
    asked = " ".join(_asked(owner_id, term) for term in terms)
    entries = SearchEntry.objects.latest_first(owner_id, before)
    with connection.cursor() as cursor:
        cursor.execute(f"{_FIND} LIMIT {FEW + 1}", [asked])
        ids = [row[0] for row in cursor.fetchall()]
    if len(ids) > FEW:
        entries = entries.filter(RawSQL(_IS_FOUND, [asked], BooleanField()))
    else:
        entries = entries.filter(message__in=ids)
    yield from entries.values_list("pk", flat=True).iterator()


def _indexed(message_id: int, owner_id: int, terms: set[str]) -> tuple[int, str]:
    begun = {term[0] for term in terms if len(term) == 2 and term >= _UNSPACED}
    return message_id, " ".join(_owned(owner_id, term) for term in sorted(terms - begun))


def _asked(owner_id: int, term: str) -> str:
    """Return how FTS5 is asked for a term: in quotation marks none is an operator, and "*" is a beginning."""
    is_beginning = len(term) == 1 and term >= _UNSPACED
    return f'"{_owned(owner_id, term)}"{"*" if is_beginning else ""}'


def _owned(owner_id: int, term: str) -> str:
    """Return a term of one person's: with `_`, which is in no term of a text (terms.py)."""
    return f"{owner_id}_{term}"
