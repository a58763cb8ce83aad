"""PostgreSQL's index: beside each message the bits that its terms set (a Bloom filter), read by owner.

A search reads the signatures of one person's messages, in one index by owner, and what they pass is looked
at in the texts themselves. GIN over a `tsvector` or over hashes of the terms took 4.8 to 6.6 times the text
(Chinese has more pairs than characters, and each is kept twice); this takes half of it, and a deleted row
leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from chat.models import SearchEntry
from chat.models.search import Place

BITS_A_TERM = 8
HASHES = 4
"""Bits that a term sets: with 8 for each term 1 message in 40 passes that lacks it. With 5 of 12 it is 1 in
200, and the index 1.6 times as large as short texts are. Signatures of other sizes may lie beside these, but
none of fewer hashes.
"""

_31_BITS, _ONE = 0x7FFF_FFFF, ord("1")

AT_FIRST, AT_MOST = 500, 5_000
"""Entries that are asked for at once: few times, since each reads the signatures from its place on."""

SMALLEST, LARGEST = 64, 16_384
"""Bits of a signature. A row of the index holds 2,700 bytes; of longer texts more pass that lack the term."""


def signature(terms: set[str]) -> bytes:
    """Return the bits of these terms."""
    size = min(LARGEST, max(SMALLEST, (BITS_A_TERM * len(terms) + 7) // 8 * 8))
    digits = bytearray(b"0" * size)  # as digits of a number: quicker than bits in their bytes
    for term in terms:
        for place in _places(term):
            digits[place % size] = _ONE
    digits.reverse()
    return int(digits, 2).to_bytes(size // 8, "little")


def find(owner_id: int, terms: Sequence[str], before: Place | None) -> Iterator[int]:
    """Yield the ids of the owner's messages before a place that may have all terms, the latest first."""
    places = [place for term in terms for place in _places(term)]
    bits = " AND ".join(["get_bit(signature, %s %% (8 * octet_length(signature))) = 1"] * len(places))
    has_all = RawSQL(bits, places, BooleanField())
    size = AT_FIRST
    while True:
        entries = SearchEntry.objects.latest_first(owner_id, before).filter(has_all)
        found = list(entries.values_list("written_at", "pk")[:size])
        yield from (pk for _, pk in found)
        if len(found) < size:
            return
        before = found[-1]
        size = min(2 * size, AT_MOST)


def _places(term: str) -> tuple[int, ...]:
    """Return numbers of 31 bits; modulo a signature's size they are the bits that the term sets."""
    encoded = term.encode()
    first, step = crc32(encoded), crc32(encoded, 0x9E3779B9) | 1
    return (
        first & _31_BITS,
        first + step & _31_BITS,
        first + 2 * step & _31_BITS,
        first + 3 * step & _31_BITS,
    )
