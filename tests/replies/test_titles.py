"""What models put around a title is taken off."""

import pytest

from chat.core.text import first_words, is_blank
from chat.replies.titles import clean_title


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
        ("two\u2028lines", "two"),
        ("nul\0", "nul\N{REPLACEMENT CHARACTER}"),
        ('**Title:** "Sky and colours"', "Sky and colours"),
        ("Title: Sky and colours", "Sky and colours"),
        ("标题：彩虹的形成", "彩虹的形成"),
        ("Titre : Le ciel", "Le ciel"),
        ("Here's a title: Sky and colours", "Sky and colours"),
        ("Sure! Here is the title:\nSky and colours", "Sky and colours"),
        ("Sky and colours\n\nThis title says what it is about.", "Sky and colours"),
        ('{"title": "Sky and colours"}', "Sky and colours"),
        ('```json\n{"title": "Sky and colours"}\n```', "Sky and colours"),
        ("```\nSky and colours\n```", "Sky and colours"),
        ("<title>Sky and colours</title>", "Sky and colours"),
        ("- Sky and colours", "Sky and colours"),
        ("1. *Sky and colours*", "Sky and colours"),
        ("\u202eSky\x1b[0m and\u2066 colours\r", "Sky[0m and colours"),
        ("Let's Cook: A Guide", "Let's Cook: A Guide"),
        ("👩\u200d🔬 at work", "👩\u200d🔬 at work"),
        ("Title-case rules, x < y and y > z", "Title-case rules, x < y and y > z"),
        ("Okay, so I need to write a title for this conversation.", ""),
        ("The user asks about the sky", ""),
        ("Let me think about a title", ""),
        ("嗯，用户想要一个标题", ""),
        ("I'm sorry, but I can't help with that.", ""),
        ("抱歉，我无法回答", ""),
        ("The sky is blue. It scatters light.", ""),
        ("天空是蓝色的。因为散射。", ""),
        ("The sky is blue because the air scatters short waves of light more than it does long ones", ""),
        ("", ""),
        (" \n\u200b\n", ""),
        ("x" * 300, ""),
    ],
)
def test_a_title_is_one_tidy_line(said, title):
    assert clean_title(said) == title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Okay, so I need to write a title for this conversation. Let me look at what the user", ""),
        ("Sky and col", ""),
        ("Sky and colours\n\nThis title", "Sky and colours"),
        ('{"title": "Sky and', ""),
    ],
)
def test_of_what_was_cut_only_whole_lines_count(said, title):
    assert clean_title(said, is_cut=True) == title


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
