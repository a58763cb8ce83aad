"""A message as people see it: what of its row is shown, to whom, and in which words."""

import re
from dataclasses import FrozenInstanceError

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from chat.conversations.presenter import AssistantMessage, UserMessage, outline, present
from chat.models import Message, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(alice, say):
    return say(alice, "<b>q</b>", "**a**").tip


def test_a_persons_words_are_escaped_and_a_models_are_rendered(answer):
    assert present(answer.parent).body == "&lt;b&gt;q&lt;/b&gt;"
    assert "<strong>a</strong>" in present(answer).body
    assert present(answer).text == "**a**"


def test_of_a_hidden_message_nothing_is_there_that_was_said_but_for_moderators(answer):
    answer.hidden_at, answer.reasoning = timezone.now(), "because"
    shown = present(answer)
    assert shown.is_hidden
    assert (shown.text, shown.body, shown.thinking, shown.has_thinking) == ("", "", "", False)
    read = present(answer, with_hidden=True)
    assert read.is_hidden and read.has_thinking
    assert "<strong>a</strong>" in read.body and "because" in read.thinking


def test_a_long_question_is_folded_unless_it_is_hidden(answer):
    question = answer.parent
    question.text = "line\n" * 30
    assert present(question).is_long
    question.hidden_at = timezone.now()
    assert not present(question).is_long


def test_what_is_said_of_an_answer_is_in_the_readers_language(answer):
    answer.status, answer.requested_model, answer.model_label = Status.FAILED, "Old", "New"
    answer.generation.error, answer.generation.request_id = "storage", "abc"
    answer.generation.truncated_exchanges, answer.generation.thinking_ms = 2, 1200
    answer.generation.ignored_parameters = "top_p"
    shown = present(answer)
    with translation.override("en"):
        english = sentences(shown)
        assert english[1:4] == [
            "Request ID: abc",
            "Old is no longer available; New replied.",
            "Thought for 1 s",
        ]
    with translation.override("zh-hans"):
        chinese = sentences(shown)
    assert all(english) and all(chinese)
    assert not set(english) & set(chinese)


def sentences(shown):
    return [
        shown.error_line,
        shown.request_line,
        shown.substitution_line,
        shown.thinking_line,
        shown.ignored_line,
        shown.truncated_line,
        shown.status_label,
    ]


def test_of_an_answer_that_went_well_nothing_is_said(answer):
    answer.generation.request_id = "abc"
    with translation.override("en"):
        assert sentences(present(answer)) == ["", "", "", "Thinking", "", "", "complete"]


def test_a_code_that_nobody_knows_any_more_has_a_sentence(answer):
    answer.generation.error = "of an earlier version"
    assert present(answer).error_line


def test_an_outline_tells_the_same_of_an_answer_without_its_words(answer):
    answer.error, answer.model = "storage", "m"
    whole, brief = present(answer), outline(answer)
    assert (brief.text, brief.body) == ("", "")
    assert sentences(brief) == sentences(whole)
    assert (brief.uuid, brief.model, brief.seq) == (whole.uuid, whole.model, whole.seq)


def test_what_is_shown_cannot_be_changed_and_its_row_is_left_as_it_was(answer):
    before = dict(vars(answer))
    shown = present(answer, is_reported=True)
    assert vars(answer) == before
    with pytest.raises(FrozenInstanceError):
        shown.is_reported = False


def test_blank_ones_are_as_the_script_expects_them():
    assert (UserMessage().uuid, UserMessage().status, UserMessage().role) == ("", "complete", "user")
    blank = AssistantMessage()
    assert (blank.uuid, blank.status, blank.role, blank.body) == ("", "running", "assistant", "")


def test_a_row_and_its_siblings_cost_one_query(alice, answer, django_assert_num_queries):
    Message.objects.create(conversation=answer.conversation, parent=answer.parent, role="assistant", text="b")
    with django_assert_num_queries(1):
        places = Message.siblings_of([answer])
    place = places[answer.pk]
    assert (place.number, place.count, place.before) == (1, 2, None)
    assert Message.siblings_of([]) == {}


@pytest.mark.parametrize(
    ("text", "reader", "language"),
    [
        ("Good morning", "en", ""),
        ("Good morning", "ja", ""),  # it may be any of those in Latin letters
        ("おはようございます", "en", "ja"),
        ("おはようございます", "ja", ""),
        ("今日は良い天気", "ko", "ja"),
        ("早上好", "zh-hant", ""),
        ("早上好", "ko", "zh"),
        ("안녕하세요", "zh-hans", "ko"),
        ("Доброе утро", "ar", "ru"),
        ("", "en", ""),
    ],
)
def test_the_language_of_a_message_is_named_where_its_letters_tell_another_than_the_readers(
    text, reader, language
):
    with translation.override(reader):
        page = render_to_string("pages/_user_message.html", {"message": UserMessage(text=text)})
    assert re.findall(r' lang="([^"]*)"', page) == ([language] if language else [])
