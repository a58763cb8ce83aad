"""PostgreSQL's index: beside each message the bits that its terms set (a Bloom filter), read by owner.

A search reads the signatures of one person's messages, in one index by owner, and what they pass is looked
at in the texts themselves. GIN over a `tsvector` or over hashes of the terms took 4.8 to 6.6 times the text
(Chinese has more pairs than characters, and each is kept twice); this takes 1.2 times messages of 220 bytes,
less of longer ones, and a deleted row leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from chat.models import SearchEntry
from chat.models.search import Place

BITS_A_TERM = 8
"""Of which a term sets four: 1 message in 50 passes that lacks it. With five of 12 it is 1 in 150, and the
index 1.6 times as large as texts of 220 bytes are; this is 1.2.
"""

_ONE, _ODD, _64_BITS = ord("1"), 0x9E37_79B9_7F4A_7C15, 0xFFFF_FFFF_FFFF_FFFF

AT_FIRST, AT_MOST = 500, 5_000
"""Entries that are asked for at once: few times, since each reads the signatures from its place on."""

SMALLEST, LARGEST = 64, 16_384
"""Bits of a signature. A row of the index holds 2,700 bytes; of longer texts more pass that lack the term."""


def signature(terms: set[str]) -> bytes:
    """Return the bits of these terms."""
    size = min(LARGEST, max(SMALLEST, (BITS_A_TERM * len(terms) + 7) // 8 * 8))
    digits = bytearray(b"0" * size)  # as digits of a number: quicker than bits in their bytes
    for term in terms:
        for share in _shares(term):
            digits[share * size >> 16] = _ONE
    digits.reverse()
    return int(digits, 2).to_bytes(size // 8, "little")


def find(owner_id: int, terms: Sequence[str], before: Place | None) -> Iterator[int]:
    """Yield the ids of the owner's messages before a place that may have all terms, the latest first."""
    shares = [8 * share for term in terms for share in _shares(term)]
    bits = " AND ".join(["get_bit(signature, %s * octet_length(signature) >> 16) = 1"] * len(shares))
    has_all = RawSQL(bits, shares, BooleanField())
    size = AT_FIRST
    while True:
        entries = SearchEntry.objects.latest_first(owner_id, before).filter(has_all)
        found = list(entries.values_list("written_at", "pk")[:size])
        yield from (pk for _, pk in found)
        if len(found) < size:
            return
        before = found[-1]
        size = min(2 * size, AT_MOST)


@lru_cache(maxsize=8192)  # most words are among these
def _shares(term: str) -> tuple[int, int, int, int]:
    """Return where in a signature the bits are that a term sets, in 65536ths of its length.

    The sum is mixed, since its own parts go together: of places by two sums, as usual, twice as many pass.
    """
    mixed = crc32(term.encode()) * _ODD & _64_BITS
    mixed = (mixed ^ mixed >> 32) * _ODD
    return mixed & 0xFFFF, mixed >> 16 & 0xFFFF, mixed >> 32 & 0xFFFF, mixed >> 48 & 0xFFFF
