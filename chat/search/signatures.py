"""PostgreSQL's index: beside each message the bits that its terms set (a Bloom filter), read by owner.

A search reads the signatures of one person's messages, in one index by owner, and what they pass is looked
at in the texts themselves. GIN over a `tsvector` or over hashes of the terms took 4.8 to 6.6 times the text
(Chinese has more pairs than characters, and each is kept twice); this takes half of it, and a deleted row
leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

from django.db import connection

from chat.models import SearchEntry

BITS_A_TERM = 12
HASHES = 3
"""Bits that a term sets: with 12 for each term 1 message in 100 passes that lacks it."""

SMALLEST, LARGEST = 64, 16_384
"""Bits of a signature. A row of the index holds 2,700 bytes; of longer texts more pass that lack the term."""


def signature(terms: set[str]) -> bytes:
    """Return the bits of these terms."""
    size = SMALLEST
    while size < min(LARGEST, BITS_A_TERM * len(terms)):
        size *= 2
    bits = bytearray(size // 8)
    for term in terms:
        for place in _places(term):
            bits[place % size // 8] |= 1 << place % 8
    return bytes(bits)


def find(owner_id: int, terms: Sequence[str], before: int, count: int) -> list[int]:
    """Return the ids of the owner's latest messages, below `before`, that may have all these terms."""
    places = [place for term in terms for place in _places(term)]
    has_all = " AND get_bit(signature, %s %% (8 * octet_length(signature))) = 1" * len(places)
    table = SearchEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT message_id FROM {table} WHERE owner_id = %s AND message_id < %s {has_all}"
            " ORDER BY message_id DESC LIMIT %s",
            [owner_id, before, *places, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _places(term: str) -> Iterable[int]:
    """Return numbers of 31 bits; modulo a signature's size they are the bits that the term sets."""
    encoded = term.encode()
    first, second = crc32(encoded), crc32(encoded, 0x9E3779B9) | 1
    return [(first + number * second) & 0x7FFF_FFFF for number in range(HASHES)]
