"""The exception tree: every code and sentence of its own, and what a person reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from chat.core import errors as core_errors
from chat.core.text import MAX_MESSAGE
from chat.provider import errors as provider_errors
from chat.replies import errors as replies_errors


def tree(root):
    """Return an error and all of its kinds, as Python knows them."""
    return [root, *(error for child in root.__subclasses__() for error in tree(child))]


TREE = tree(core_errors.ChatError)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_every_code_and_every_sentence_is_of_its_own():
    assert len({error.code for error in TREE}) == len(TREE)
    assert len({str(error.sentence) for error in TREE}) == len(TREE)


@pytest.mark.parametrize("error", TREE, ids=lambda error: error.code)
def test_a_stored_code_finds_its_sentence_again(error):
    assert core_errors.for_code(error.code) is error
    assert core_errors.for_code(error.code)().user_text() == str(error.sentence)


def test_an_unknown_code_gets_the_plain_sentence():
    assert core_errors.for_code("from-a-newer-version") is core_errors.ChatError


def test_the_operators_detail_is_not_in_the_users_text():
    error = provider_errors.ProviderDown("upstream sk-123 exploded")
    assert "exploded" not in error.user_text()
    assert str(error) == "provider_down: upstream sk-123 exploded"


def test_the_sentence_on_length_names_the_limit():
    assert f"{MAX_MESSAGE:,}" in replies_errors.MessageTooLong().user_text()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (30, "30 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3600, "60 minutes"),
        (7200, "2 hours"),
    ],
)
def test_a_wait_is_said_as_people_say_it(seconds, words):
    assert core_errors.wait_words(seconds) == words
    assert words in replies_errors.TooManyMessages(retry_after=seconds).user_text()


def test_a_suspension_says_until_when_and_why():
    until = datetime(2031, 5, 17, 12, tzinfo=UTC)
    text = core_errors.Suspended(until, "Spam in many chats").user_text()
    assert "2031" in text and "Spam in many chats" in text
    assert "until" not in core_errors.Suspended().user_text()


def test_the_word_until_of_a_reason_is_taken_as_it_is():
    assert "100% %(until)s" in core_errors.Suspended(None, "100% %(until)s").user_text()
