"""What may be stored of a text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.core.text import (
    MOST_MARKS,
    clean,
    find_bad,
    first_words,
    has_hidden,
    is_blank,
    is_long,
    normalized,
)
from chat.search.excerpts import excerpt
from chat.search.query import parse
from chat.search.terms import terms
from chat.sharing.redaction import Redaction


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("世界 🙂", "世界 🙂"),
        ("a\0b", "a\ufffdb"),
        ("a\ud83d", "a\ufffd"),
        ("\ude42a", "\ufffda"),
        ("\ud83d\ude42", "🙂"),
        ("\0\ud800é", "\ufffd\ufffdé"),
    ],
    ids=ascii,
)
def test_what_cannot_be_stored_is_replaced(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_cleaned_text_holds_nothing_bad_and_good_text_stays(text):
    cleaned = clean(text)
    assert not find_bad(cleaned)
    cleaned.encode()
    if not find_bad(text):
        assert cleaned == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u3000",
        "\u200b\u2060\ufeff",
        "\u202e",
        "\u3164",
        "\u2800\u2800",
        "\u115f\u1160\uffa0",
        "\u0301\u20dd",
        "\ufe0f",
        "\U000e0100",
        "\U000e0020",
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize(
    "text", ["e\u0301", "\u3164한", "❤\ufe0f", "👨‍👩‍👧", "\u2801", ".", "\U0001fae8"], ids=ascii
)
def test_what_can_be_seen_in_part_is_not_blank(text):
    assert not is_blank(text)


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200f", "\u200b", "\u200d", "\xad", "\ufeff", "\u3164", "\n", "\x7f"]
)
def test_a_name_with_what_cannot_be_seen_is_told(char):
    assert has_hidden(f"gpt-{char}4") and has_hidden(f"模型{char}")


@pytest.mark.parametrize("name", ["gpt-4o", "org/model:7b", "two words", "模型", "e\u0301", "❤\ufe0f", "مدل"])
def test_a_name_that_is_all_seen_has_nothing_hidden(name):
    assert not has_hidden(name)


def test_a_text_that_begins_with_much_space_still_has_first_words():
    assert first_words(" \n" * 1000 + "Hello there") == "Hello there"


@pytest.mark.parametrize("text", ["x" * 1201, "x\n" * 20], ids=["characters", "lines"])
def test_a_message_of_many_characters_or_lines_is_long(text):
    assert is_long(text)
    assert not is_long(text[:-1])


_ACCENTS = st.text("aé=가\u0315\u0300\u0327\u0f73\uff9e-", max_size=80)


@given(_ACCENTS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_a_text_with_few_marks_on_a_letter_is_normalised_as_unicode_says(text, form):
    letters = "".join(char + "b" * (place % 20 == 0) for place, char in enumerate(text))
    assert normalized(form, letters) == unicodedata.normalize(form, letters)


@pytest.mark.parametrize(
    "marks", ["\u0315\u0300", "\uff9e\u0300", "\u0f73\u0327", "─\u0315\u0300"], ids=ascii
)
def test_of_many_marks_on_a_letter_never_more_than_some_are_put_in_order_together(marks, monkeypatch):
    orders, normalize = [], unicodedata.normalize

    def watch(form, text):
        runs = "".join("m" if unicodedata.combining(char) else " " for char in normalize("NFKD", text))
        orders.append(max(map(len, runs.split()), default=0))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", watch)
    text = "secret a" + marks * 200
    assert "secret" in terms(text)
    assert "secret" not in Redaction(["secret"]).of_line(text)
    assert excerpt(text, parse("secret").finder())
    assert 1 < max(orders) <= 2 * MOST_MARKS
