"""What a service repeats of a request's messages is known again, in time and whatever it looks like."""

import time

import pytest

from chat.provider.echoes import MOST, Echoes


def echoes_of(*texts):
    return Echoes([{"role": "user", "content": text} for text in texts])


@pytest.mark.parametrize(
    ("said", "words", "shown"),
    [
        ("Where is the treasure buried?", "400: Where is the treasure buried? no", "400: … no"),
        ("Where is the treasure buried?", "400: here is the treasure buri...", "400: …..."),
        ("Where is the treasure buried?", "the treasure buried", "the treasure buried"),
        ("the treasure", "bad: 'the treasure', \"the treasure\"", "bad: '…', \"…\""),
        ("one line\nanother \u2028line", r"bad: one line\nanother \u2028line", "bad: …"),
        (
            "一个人在北京的街道上走了很久很久很久很久",
            r"x \u4e00\u4e2a\u4eba\u5728" + "北京的街道上走了很久很久很久很久",
            "x …",
        ),
        ("🙂" * 30, r"x " + r"\ud83d\ude42" * 30 + " y", "x … y"),
        ("", "'' is not a number", "'' is not a number"),
    ],
)
def test_a_run_of_a_message_is_blanked(said, words, shown):
    assert echoes_of("Another message", said).blank(words) == shown


@pytest.mark.parametrize(("words", "held"), [("only THE default", True), ("unknown", False), ("a\nb", True)])
def test_words_are_found_in_any_case_and_spacing(words, held):
    assert echoes_of("x", "Only  the\ndefault; A  b").holds(words) is held


def test_of_more_than_is_looked_through_every_word_may_be_an_echo():
    echoes = echoes_of("x" * MOST, "y")
    assert (echoes.blank("Nothing of it"), echoes.holds("Nothing of it")) == ("…", True)


@pytest.mark.parametrize("piece", ["a", "\\", "0123456789", "word and "])
def test_two_million_characters_take_little_time(piece):
    text = piece * (2_000_000 // len(piece))
    before = time.process_time()
    echoes_of(text).blank(text[:2000] + " of its own " * 100)
    assert time.process_time() - before < 1
