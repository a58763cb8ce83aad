"""A context that moves on in steps, for providers that reuse the beginning of what they have read."""

import random
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chat.conversations import pins
from chat.conversations.context import Steps, context_start, prompt_context
from chat.models import Conversation, Message, Role, Status, User
from chat.pages.messages import present_branch
from chat.replies import actions
from tests.conversations.test_branches import begin, exchanges
from tests.conversations.test_context import branch

pytestmark = pytest.mark.django_db


def questions(view: Any) -> list[str]:
    """The questions of earlier exchanges in a context, oldest first."""
    return [row.text for row in view.rows[:-1] if row.role == "user"]


def sent(reply: Message) -> list[str]:
    return [message["content"] for message in actions.context_for(reply, in_steps=True).messages()]


def ask(owner: User, conversation: Conversation, words: str = "now") -> Message:
    """The running reply to another message, which the conversation now ends with."""
    place = {"conversation_uuid": conversation.uuid, "parent_uuid": conversation.tip.uuid}
    saved = actions.send(owner, client_id=uuid4(), words=words, worker_id="w", **place)
    conversation.refresh_from_db()
    return saved.reply


def end(reply: Message, text: str, status: str = Status.COMPLETE) -> Message:
    Message.objects.filter(pk=reply.pk).update(status=status, text=text)
    return Message.objects.select_related("conversation").get(pk=reply.pk)


def numbers(there: int, count: int = 10) -> list[int]:
    """Which of `there` exchanges are sent, from 1 on."""
    rows = branch(there)
    view = prompt_context("", rows, count, steps=Steps.of(count, len(rows) - 1))
    return [int(text.removeprefix("user ")) for text in questions(view)]


def test_ten_grow_to_fifteen_and_are_ten_again() -> None:
    sizes = [len(numbers(there)) for there in range(30)]
    assert sizes == [*range(10), *[*range(10, 16)] * 3, 10, 11]
    assert all(numbers(there)[-1:] == ([there] if there else []) for there in range(30))


def test_five_turns_of_six_begin_with_what_the_provider_has_seen() -> None:
    starts = [numbers(there)[0] for there in range(10, 70)]
    assert [starts.count(start) for start in sorted(set(starts))] == [6] * 10


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, {0}), (1, {1}), (2, {2, 3}), (3, {3, 4}), (50, {*range(50, 76)})]
)
def test_any_number_grows_by_half(count: int, sizes: set[int]) -> None:
    seen = [len(numbers(there, count)) for there in range(count, count + 120)]
    assert set(seen) == sizes


def test_what_may_not_be_shown_costs_no_place() -> None:
    for there in range(12, 40):
        rows = branch(there)
        rows[-4].text, rows[-4].status = "", "failed"
        rows[-9].is_hidden = True
        view = prompt_context("", rows, 10, steps=Steps.of(10, len(rows) - 1))
        assert 10 <= len(questions(view)) <= 15


def test_a_branch_that_begins_with_an_answer_moves_on_in_the_same_steps() -> None:
    starts = []
    for there in range(12, 60):
        rows = branch(there)[1:]
        view = prompt_context("", rows, 10, steps=Steps.of(10, len(rows) - 1))
        assert 10 <= len(questions(view)) <= 15
        starts.append(questions(view)[0])
    assert [starts.count(start) for start in dict.fromkeys(starts)][1:-1] == [6] * 7


def test_the_line_is_where_the_next_context_begins_however_much_of_the_branch_is_here() -> None:
    """Unless that is above what is here: then it comes into view with it."""
    for there in range(45):
        rows = branch(there)
        view = prompt_context("", rows, 10, steps=Steps.of(10, len(rows) - 1))
        first = view.exchanges[0][0] if view.exchanges else rows[-1]
        for shown in (20, 30, 1000):
            here = rows[:-1][-shown:]
            whole = len(here) == len(rows) - 1
            line = context_start(here, 10, whole=whole, steps=Steps.of(10, len(rows) - 2))
            is_above = first not in here
            assert line is (None if is_above or first is rows[0] else first), (there, shown)


@pytest.mark.parametrize("seed", range(8))
def test_the_database_finds_what_the_rule_finds_on_the_whole_branch(alice: User, seed: int) -> None:
    chance = random.Random(seed)
    conversation = Conversation.objects.create(owner=alice)
    rows: list[Message] = []
    for n in range(70):
        role = Role.ASSISTANT if (n % 2 == 1) != (chance.random() < 0.1) else Role.USER
        is_answer = role == Role.ASSISTANT
        conversation.tip = Message.objects.create(
            conversation=conversation,
            parent=conversation.tip,
            role=role,
            text="" if is_answer and chance.random() < 0.2 else f"{n}",
            status=chance.choice([*Status.values, *["complete"] * 5]) if is_answer else Status.COMPLETE,
            hidden_at=timezone.now() if chance.random() < 0.1 else None,
            pinned_at=timezone.now() if chance.random() < 0.1 and not is_answer else None,
        )
        rows.append(conversation.tip)
    question = begin(conversation).parent
    for count in (0, 1, 3, 10):
        steps = Steps.of(count, 70)
        found = Message.context_rows(question.pk, count + steps.growth)
        bounded = prompt_context("", found, count, steps=steps)
        whole = prompt_context("", [*rows, question], count, steps=steps)
        assert bounded.messages() == whole.messages()


def test_rows_of_a_version_that_did_not_know_how_deep_they_are_are_counted(
    alice: User, say: Any, django_assert_num_queries: Any
) -> None:
    conversation = say(alice, *exchanges(20))
    Message.objects.update(depth=None)
    tip = Message.objects.get(pk=conversation.tip_id)
    with django_assert_num_queries(1):
        assert tip.get_depth() == 39
    reply = ask(alice, conversation)
    assert (reply.parent.depth, reply.depth) == (40, 41)
    known = sent(reply)
    Message.objects.filter(pk=reply.pk).update(depth=None)
    Message.objects.filter(pk=tip.pk).update(depth=39)
    assert known[1] == "q6"
    assert sent(Message.objects.get(pk=reply.pk)) == known
    assert Message.objects.get(pk=reply.pk).get_depth() == 41


def test_a_retry_an_edit_and_a_continued_reply_are_shown_the_same(alice: User, say: Any) -> None:
    conversation = say(alice, *exchanges(22))
    reply = ask(alice, conversation)
    first = sent(reply)
    assert first[1] == "q12"
    half = end(reply, "Half", Status.STOPPED)
    assert sent(half)[: len(first)] == first
    by = {"client_id": uuid4(), "tip": reply.uuid, "worker_id": "w"}
    again = actions.retry(alice, reply_uuid=reply.uuid, **by).reply
    assert sent(again) == first
    end(again, "Whole")
    by = {"client_id": uuid4(), "tip": again.uuid, "worker_id": "w"}
    edited = actions.edit(alice, message_uuid=reply.parent.uuid, words="Now", **by).reply
    assert sent(edited) == [*first[:-1], "Now"]
    assert (reply.depth, again.depth, edited.depth) == (45, 45, 45)


def test_the_next_request_begins_with_the_one_before(alice: User, say: Any, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1000
    conversation = say(alice, *exchanges(9))
    kept, before = 0, sent(ask(alice, conversation))
    for turn in range(30):
        end(conversation.tip, f"answer {turn}")
        now = sent(ask(alice, conversation, f"question {turn}"))
        kept += now[: len(before)] == before
        before = now
    assert kept == 26  # of 30, four begin a step


def test_pinned_ones_stand_before_the_step_and_stay_there(alice: User, say: Any) -> None:
    conversation = say(alice, *exchanges(25))
    pins.pin(alice, Message.objects.get(text="q3").uuid)
    view = actions.context_for(ask(alice, conversation), in_steps=True)
    assert questions(view) == ["q3", *(f"q{n}" for n in range(12, 25))]
    assert view.pinned == 1


def test_a_context_that_is_too_small_leaves_the_oldest_out_as_ever(
    alice: User, say: Any, settings: Any
) -> None:
    settings.CONTEXT_TOKENS, settings.SYSTEM_PROMPT = 400, ""
    conversation = say(alice, *(text + " word" * 20 for text in exchanges(15)))
    view = actions.context_for(begin(conversation), in_steps=True)
    assert (len(view.exchanges), view.truncated_exchanges) == (7, 8)
    assert view.shorter().truncated_exchanges > 8


def test_the_page_says_where_it_begins(alice: User, say: Any) -> None:
    """With the rows of the version before as well; and with one query more for those alone."""
    conversation = say(alice, *exchanges(23))
    for depth in ("counted", "known"):
        rows = Message.branch_to(conversation.tip_id, 30)
        thread = present_branch(conversation, rows, in_steps=True)
        lines = {message.text: message.context_line for message in thread if message.context_line}
        assert lines == {"q12": "starts"}, depth
        assert (thread[-1].depth, thread[-2].depth) == (45, None)
        Message.objects.filter(pk=conversation.tip_id).update(depth=45)
    page = present_branch(conversation, rows[:-2], in_steps=True)  # of another branch, or above
    assert [message.context_line for message in page if message.context_line] == []
    assert page[-1].depth == 43
    thread = present_branch(conversation, rows)
    assert {message.text for message in thread if message.context_line} == {"q13"}
    assert thread[-1].depth is None
