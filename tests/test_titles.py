"""What models put around a title is taken off."""

import pytest

from chat.text import first_words, is_blank
from chat.titles import tidy


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("A plain title", "A plain title"),
        ('"In quotation marks."', "In quotation marks"),
        ("# **A heading**", "A heading"),
        ("And `code`.", "And code"),
        ("The **bold** `one`", "The bold one"),
        ("Here is a title:\n\nRainbows", "Rainbows"),
        ("「彩虹的形成」。", "彩虹的形成"),
        ("two\u2028lines", "lines"),
        ("nul\0", "nul\N{REPLACEMENT CHARACTER}"),
        ("", ""),
        (" \n\u200b\n", ""),
        ("x" * 300, "x" * 119 + "…"),
    ],
)
def test_a_title_is_one_tidy_line(said, title):
    assert tidy(said) == title


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello", "Hello"),
        ("  two\n words ", "two words"),
        ("a" * 80, "a" * 59 + "…"),
        ("word " * 20, "word word word word word word word word word word word…"),
    ],
)
def test_first_words_end_at_a_word(text, words):
    assert first_words(text) == words


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u200d", "\u3000", "\u2028\ufeff"])
def test_what_cannot_be_seen_is_blank(text):
    assert is_blank(text)
    assert not is_blank(text + "é")
