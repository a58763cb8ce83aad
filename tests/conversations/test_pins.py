"""Pinning an exchange into the model's view."""

import random
import uuid

import pytest
from django.utils import timezone

from chat.conversations import context, pins
from chat.conversations import errors as conversations_errors
from chat.core.errors import NotFound
from chat.models import Conversation, Message, Role, Status
from chat.replies import actions
from tests.conftest import browser_of
from tests.conversations.test_branches import begin, contents, exchanges

pytestmark = pytest.mark.django_db


def message(conversation, text):
    return Message.objects.get(conversation=conversation, text=text)


def pin(client, row, on="1"):
    return client.post(f"/m/{row.uuid}/pin/", {"on": on}, headers={"X-Fragment": "1"})


@pytest.mark.parametrize("half", ["q1", "a1"])
def test_a_pinned_message_brings_its_whole_exchange_before_the_latest_ones(
    alice, say, half, django_assert_num_queries
):
    conversation = say(alice, *exchanges(1000))
    pins.pin(alice, message(conversation, half).uuid)
    reply = begin(conversation)
    with django_assert_num_queries(2):  # one more for what the person tells every model
        assert contents(reply) == ["q1", "a1", *exchanges(1000)[-20:], "now"]
    pins.unpin(alice, message(conversation, half).uuid)
    assert contents(reply) == [*exchanges(1000)[-20:], "now"]


def test_a_pinned_one_that_is_in_view_anyway_goes_once(alice, say):
    conversation = say(alice, *exchanges(12))
    pins.pin(alice, message(conversation, "q11").uuid)
    assert contents(begin(conversation)) == [*exchanges(12)[-20:], "now"]


def test_what_is_hidden_leaves_although_it_is_pinned(alice, say):
    conversation = say(alice, *exchanges(12))
    pins.pin(alice, message(conversation, "q0").uuid)
    Message.objects.filter(text="a0").update(hidden_at=timezone.now())
    assert "q0" not in contents(begin(conversation))
    assert Message.count_pinned(conversation.tip_id) == 0


def test_what_is_pinned_on_another_branch_does_not_go(alice, say):
    conversation = say(alice, "q0", "a0", "q1", "a1")
    pins.pin(alice, message(conversation, "q1").uuid)
    conversation.tip = message(conversation, "a0")
    say(alice, *[f"{half}{n}" for n in range(20, 40) for half in "qa"], into=conversation)
    assert "q1" not in contents(begin(conversation))


def test_another_answer_to_a_pinned_question_is_pinned_too(alice, say):
    conversation = say(alice, "q0", "a0")
    pins.pin(alice, conversation.tip.uuid)
    conversation.tip = Message.objects.create(
        conversation=conversation, parent=conversation.tip.parent, role=Role.ASSISTANT, text="another"
    )
    say(alice, *exchanges(30)[2:], into=conversation)
    assert contents(begin(conversation))[:2] == ["q0", "another"]


@pytest.mark.parametrize("seed", range(12))
def test_the_database_finds_what_the_rule_finds_in_order_and_no_row_twice(alice, seed):
    chance = random.Random(seed)
    conversation = Conversation.objects.create(owner=alice)
    rows = []
    for n in range(60):
        odd = chance.random() < 0.1
        role = Role.ASSISTANT if (n % 2 == 1) != odd else Role.USER
        conversation.tip = Message.objects.create(
            conversation=conversation,
            parent=conversation.tip,
            role=role,
            text=chance.choice([f"{n}", f"{n}", ""]) if role == Role.ASSISTANT else f"{n}",
            status=chance.choice([*Status.values, Status.COMPLETE]) if role == Role.ASSISTANT else "complete",
            hidden_at=timezone.now() if chance.random() < 0.1 else None,
            pinned_at=timezone.now() if role == Role.USER and chance.random() < 0.3 else None,
        )
        rows.append(conversation.tip)
    question = begin(conversation).parent
    for count in (0, 1, 3, 10):
        found = context.prompt_context("", Message.context_rows(question.pk, count), count)
        whole = context.prompt_context("", [*rows, question], count)
        ids = [row.pk for row in found.rows]
        assert ids == [row.pk for row in whole.rows]
        assert ids == sorted(set(ids))
        assert found.pinned == whole.pinned


def test_at_most_twenty_exchanges_are_pinned(alice, say):
    conversation = say(alice, *exchanges(21))
    for n in range(20):
        pins.pin(alice, message(conversation, f"q{n}").uuid)
        pins.pin(alice, message(conversation, f"a{n}").uuid)
    refused = pin(browser_of(alice), message(conversation, "q20"))
    assert (refused.status_code, refused.json()["code"]) == (409, conversations_errors.TooManyPins.code)
    assert message(conversation, "q20").pinned_at is None
    assert Message.count_pinned(conversation.tip_id) == 20


def test_what_is_hidden_running_or_without_text_is_not_pinned(alice, say):
    conversation = say(alice, "q0", "a0")
    for change in ({"hidden_at": timezone.now()}, {"status": Status.RUNNING}, {"text": ""}):
        answer = say(alice, "q", "a").tip
        Message.objects.filter(pk=answer.pk).update(**change)
        with pytest.raises(NotFound):
            pins.pin(alice, answer.uuid)
    assert conversation.messages.exclude(pinned_at=None).count() == 0


def test_nobody_else_pins_or_unpins(alice, bob, charlie, say):
    row = say(alice, "q", "a").tip.parent
    for person in (bob, charlie):
        assert (
            pin(browser_of(person), row).content
            == pin(browser_of(person), Message(uuid=uuid.uuid4())).content
        )
    pins.pin(alice, row.uuid)
    for person in (bob, charlie):
        assert pin(browser_of(person), row, on="0").status_code == 404
    row.refresh_from_db()
    assert row.pinned_at is not None


def test_the_page_says_how_many_are_pinned(alice, say):
    conversation = say(alice, *exchanges(30))
    client = browser_of(alice)
    assert pin(client, message(conversation, "q0")).status_code == 204
    assert "1 pinned exchange is always included" in client.get(f"/c/{conversation.uuid}/").content.decode()
    pin(client, message(conversation, "a1"))
    assert (
        ">2 pinned exchanges are always included" in client.get(f"/c/{conversation.uuid}/").content.decode()
    )


def test_a_plain_form_pins_too_and_comes_back_to_the_message(alice, say):
    row = say(alice, "q", "a").tip
    answer = browser_of(alice).post(f"/m/{row.uuid}/pin/", {"on": "1"})
    assert (answer.status_code, answer.url) == (303, f"/c/{row.conversation.uuid}/#m-{row.uuid}")


def test_the_oldest_go_first_when_it_is_too_much_and_pinned_ones_last(alice, say):
    conversation = say(alice, *exchanges(30))
    for text in ("q0", "q5"):
        pins.pin(alice, message(conversation, text).uuid)
    view = actions.context_for(begin(conversation))
    left = []
    while shorter := view.shorter():
        view = shorter
        left.append([row.text for row in view.rows if row.role == "user"])
    assert left == [
        ["q0", "q5", *[f"q{n}" for n in range(23, 30)], "now"],
        ["q0", "q5", *[f"q{n}" for n in range(26, 30)], "now"],
        ["now"],
    ]
    assert (view.truncated_exchanges, view.pinned) == (12, 0)
