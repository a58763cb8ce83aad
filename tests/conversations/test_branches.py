"""Walks up the message tree."""

import random

import pytest
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import context
from chat.models import Conversation, Message, Role, Status
from chat.replies import actions

pytestmark = pytest.mark.django_db


def contents(reply):
    return [message["content"] for message in actions.context_for(reply).messages()][1:]


def begin(conversation, text="now"):
    question = Message.objects.create(
        conversation=conversation, parent=conversation.tip, role=Role.USER, text=text
    )
    return Message.objects.create(
        conversation=conversation, parent=question, role=Role.ASSISTANT, status=Status.RUNNING
    )


def exchanges(count):
    return [f"{half}{n}" for n in range(count) for half in "qa"]


@pytest.mark.parametrize("count", [9, 10, 11, 1000])
def test_the_prompt_holds_ten_exchanges_by_one_query(alice, say, count, django_assert_num_queries):
    reply = begin(say(alice, *exchanges(count)))
    with django_assert_num_queries(2):  # one more for what the person tells every model
        assert contents(reply) == [*exchanges(count)[-20:], "now"]


def test_failed_answers_are_stepped_over_in_the_database_too(alice, say):
    conversation = say(alice, *exchanges(10))
    for n in range(50):
        say(alice, f"lost{n}", "", into=conversation)
    conversation.messages.filter(text="").update(status=Status.FAILED)
    assert contents(begin(conversation)) == [*exchanges(10), "now"]


def test_the_context_follows_the_branch_and_not_its_siblings(alice, say):
    conversation = say(alice, "q0", "a0", "q1", "old answer")
    question = conversation.tip.parent
    newer = Message.objects.create(
        conversation=conversation, parent=question, role=Role.ASSISTANT, text="new answer"
    )
    conversation.tip = newer
    conversation.save()
    assert contents(begin(conversation)) == ["q0", "a0", "q1", "new answer", "now"]


def test_a_hidden_message_leaves_the_context(alice, say):
    conversation = say(alice, "q0", "a0", "q1", "a1")
    conversation.messages.filter(text="a0").update(hidden_at=conversation.created_at)
    assert contents(begin(conversation)) == ["q1", "a1", "now"]


@pytest.mark.parametrize("seed", range(12))
def test_the_database_finds_what_the_rule_finds_on_the_whole_branch(alice, seed):
    chance = random.Random(seed)
    conversation = Conversation.objects.create(owner=alice)
    rows = []
    for n in range(40):
        odd = chance.random() < 0.1
        role = Role.ASSISTANT if (n % 2 == 1) != odd else Role.USER
        status = (
            chance.choice([*Status.values, Status.COMPLETE]) if role == Role.ASSISTANT else Status.COMPLETE
        )
        conversation.tip = Message.objects.create(
            conversation=conversation,
            parent=conversation.tip,
            role=role,
            text=chance.choice([f"{n}", f"{n}", ""]) if role == Role.ASSISTANT else f"{n}",
            status=status,
            hidden_at=timezone.now() if chance.random() < 0.15 else None,
        )
        rows.append(conversation.tip)
    question = begin(conversation).parent
    for count in (0, 1, 3, 10):
        found = Message.context_rows(question.pk, count)
        assert (
            context.prompt_context("", found, count).messages()
            == context.prompt_context("", [*rows, question], count).messages()
        )


def test_as_many_exchanges_as_the_operator_sets_are_found(alice, say, settings):
    settings.CONTEXT_EXCHANGES = 600
    assert contents(begin(say(alice, *exchanges(601)))) == [*exchanges(601)[2:], "now"]


def test_a_page_of_a_long_branch_is_one_query_of_that_many_rows(alice, say, django_assert_num_queries):
    conversation = say(alice, *exchanges(500))
    conversation = Conversation.objects.get(pk=conversation.pk)
    with django_assert_num_queries(1):
        page = conversations.page(alice, conversation, None, 30)
    assert [message.text for message in page] == exchanges(500)[-30:]
    before = conversations.page(alice, conversation, page[0].uuid, 30)
    assert [message.text for message in before] == exchanges(500)[-60:-30]
