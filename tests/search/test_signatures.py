"""PostgreSQL's signatures: a term that was put in is always there, one that was not nearly never.

tests/gptsite/test_other_stores.py searches through them.
"""

from random import Random

import pytest

from chat.search.signatures import LARGEST, SMALLEST, _shares, signature


def has(bits: bytes, term: str) -> bool:
    """What the database asks for: `get_bit` of `bytea` counts from each byte's lowest bit."""
    places = [8 * share * len(bits) >> 16 for share in _shares(term)]
    return all(bits[place // 8] >> place % 8 & 1 for place in places)


@pytest.mark.parametrize("count", [0, 1, 5, 50, 500, 5000])
def test_no_term_is_missed(count):
    terms = {f"term{number}" for number in range(count)}
    bits = signature(terms)
    assert SMALLEST <= 8 * len(bits) <= LARGEST
    assert all(has(bits, term) for term in terms)


@pytest.mark.parametrize("count", [5, 50, 500])
def test_few_others_pass(count):
    random = Random(count)
    bits = signature({f"term{random.random()}" for _ in range(count)})
    assert sum(has(bits, f"other{number}") for number in range(10_000)) < 400
