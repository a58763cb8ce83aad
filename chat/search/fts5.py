"""SQLite's index: an FTS5 table without contents, of terms that are already made.

`detail=none` and `columnsize=0` keep no places and no lengths, a quarter of the size: phrases are looked
for in the texts themselves. Without contents a row is taken out by the terms that it was put in with. Whose
a message is is a term too: to join what is found with the owner took 2.65 s for a frequent word in
1,000,000 messages, this 16 ms.
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
    # A term holds letters and digits alone (terms.py), and in quotation marks none is an operator
    asked = " ".join(f'"{term}"' for term in (_owner(owner_id), *terms))
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
    return message_id, " ".join([_owner(owner_id), *sorted(terms)])


def _owner(owner_id: int) -> str:
    """Return the term for whose it is: with `_`, which is in no term of a text."""
    return f"_{owner_id}"
