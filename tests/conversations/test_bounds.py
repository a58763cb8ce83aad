"""No page and no context is longer than there is room for, however long what people and models wrote is."""

import itertools
from typing import Any

import pytest

from chat.admin import conversations as admin_conversations
from chat.admin.about_messages import surroundings
from chat.conversations import actions as conversations
from chat.conversations import context
from chat.conversations.context import tokens
from chat.models import Conversation, Message, ModelRequest, Role, Status, User
from chat.models.branches import context_rows
from chat.moderation import actions as moderation
from chat.provider.errors import ContextTooLong
from chat.replies import actions
from chat.replies.errors import NotContinuable
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


def lengths(messages: list[Any]) -> list[int]:
    return [len(message.text) for message in messages]


def begin(conversation: Conversation, text: str = "now") -> Message:
    question = Message.objects.create(
        conversation=conversation, parent=conversation.tip, role=Role.USER, text=text
    )
    return Message.objects.create(
        conversation=conversation, parent=question, role=Role.ASSISTANT, status=Status.RUNNING
    )


# Pages


def test_a_page_of_long_messages_has_fewer_of_them_and_the_rest_is_further_up(alice: User, say: Any) -> None:
    found = say(alice, *itertools.chain(*((f"q{n}", str(n) * 100_000) for n in range(8))))
    seen: list[Message] = []
    before = None
    while page := conversations.page(alice, found, before, 30):
        assert sum(lengths(page)) <= conversations.A_PAGE
        seen, before = [*page, *seen], page[0].uuid
    assert [message.text[:1] for message in seen if message.role == Role.ASSISTANT] == list("01234567")
    assert len(seen) == 16


def test_a_message_that_is_longer_than_a_page_is_a_page(alice: User, say: Any) -> None:
    found = say(alice, "q0", "a0", "q1", "x" * 2 * MIB)
    assert lengths(conversations.page(alice, found, None, 30)) == [2 * MIB]
    page = browser_of(alice).get(found.get_absolute_url()).content.decode()
    assert "x" * 2 * MIB in page
    assert f"?before={found.tip.uuid}" in page
    assert lengths(conversations.page(alice, found, found.tip.uuid, 30)) == [2, 2, 2]


def test_thirty_answers_of_the_longest_kind_make_a_page_of_one(alice: User, say: Any) -> None:
    found = say(alice, *itertools.chain(*(("q", "word " * 100_000) for _ in range(15))))
    answer = browser_of(alice).get(found.get_absolute_url())
    assert len(answer.content) < 2 * MIB


def test_thinking_counts_too(alice: User, say: Any) -> None:
    found = say(alice, "q0", "a0", "q1", "a1")
    Message.objects.filter(role=Role.ASSISTANT).update(reasoning="x" * 200_000)
    assert lengths(conversations.page(alice, found, None, 30)) == [2, 2]


def test_short_messages_are_thirty_as_ever(alice: User, say: Any) -> None:
    found = say(alice, *["x" * 2000] * 80)
    assert len(conversations.page(alice, found, None, 30)) == 30


def test_a_page_from_a_message_on_is_no_longer_either(alice: User, say: Any) -> None:
    found = say(alice, *itertools.chain(*(("q", "x" * 300_000) for _ in range(5))))
    branch = Message.branch_to(found.tip_id, 100)
    assert len(conversations.since(alice, found, branch[4].uuid, 400)) == 6
    assert conversations.since(alice, found, branch[2].uuid, 400) == []


def test_moderators_read_long_conversations_by_pages_too(alice: User, say: Any) -> None:
    found = say(alice, *itertools.chain(*(("q", "x" * 100_000) for _ in range(5))))
    seen, before = [], ""
    while True:
        page = admin_conversations.page_of(found, before)
        assert 1 <= sum(lengths(page["thread"])) <= conversations.A_PAGE
        seen = [*page["thread"], *seen]
        if page["older"] is None:
            break
        before = str(page["older"])
    assert len(seen) == 10
    alone = say(alice, "q", "x" * 2 * MIB)
    assert lengths(admin_conversations.page_of(alone, "")["thread"]) == [2 * MIB]


def test_what_surrounds_a_reported_message_is_bounded(alice: User, say: Any) -> None:
    found = say(alice, *["x" * 200_000] * 12)
    reported = Message.branch_to(found.tip_id, 100)[5]
    complaint = moderation.report(alice, reported.uuid, "wrong")
    assert sum(lengths(surroundings(complaint.message))) <= 2 * conversations.A_PAGE


def test_what_was_sent_shows_the_beginnings_alone(alice: User, say: Any) -> None:
    found = say(alice, "q" * 60_000, "a" * MIB, "now", "answer")
    pks = [message.pk for message in Message.branch_to(found.tip_id, 3)]
    ModelRequest.objects.create(reply=found.tip, message_ids=pks, sent_at=found.created_at)
    page = browser_of(alice).get(f"/m/{found.tip.uuid}/sent/").content.decode()
    assert "a" * 4000 in page and "a" * 4001 not in page


# The context


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("word " * 100, 125),
        ("汉字" * 100, 200),
        ("слово " * 100, 338),
        ("😀" * 100, 138),
        ("naïve café", 3),
    ],
)
def test_tokens_are_estimated_by_letters_and_characters(text: str, count: int) -> None:
    assert tokens(text) == count


def test_the_oldest_exchanges_leave_first_and_are_counted(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS, settings.SYSTEM_PROMPT = 30_000, ""
    found = say(alice, *itertools.chain(*((f"q{n}", "x" * 40_000) for n in range(5))))
    view = actions.context_for(begin(found))
    assert [row.text for row in view.rows if row.role == "user"] == ["q3", "q4", "now"]
    assert (view.truncated_exchanges, view.tries) == (3, 0)
    assert sum(tokens(message["content"]) for message in view.messages()) <= 30_000


def test_chinese_fills_it_four_times_as_soon(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS, settings.SYSTEM_PROMPT = 30_000, ""
    found = say(alice, *itertools.chain(*((f"q{n}", "字" * 10_000) for n in range(5))))
    assert actions.context_for(begin(found)).truncated_exchanges == 3


def test_pinned_ones_stay_longest(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS, settings.CONTEXT_EXCHANGES, settings.SYSTEM_PROMPT = 30_000, 3, ""
    found = say(alice, *itertools.chain(*((f"q{n}", "x" * 40_000) for n in range(6))))
    Message.objects.filter(text="q0").update(pinned_at=found.created_at)
    view = actions.context_for(begin(found))
    assert [row.text for row in view.rows if row.role == "user"] == ["q0", "q5", "now"]
    assert (view.pinned, view.truncated_exchanges) == (1, 2)


def test_what_does_not_go_along_is_not_even_loaded(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS = 1000
    found = say(alice, *itertools.chain(*((f"q{n}", "x" * MIB) for n in range(5))))
    rows: Any = context_rows(Message, begin(found).parent_id or 0, 10, 4000)
    assert sum(lengths(rows)) < 20
    view = actions.context_for(begin(found, "later"))
    assert (view.truncated_exchanges, len(view.rows)) == (5, 1)


def test_without_a_limit_there_still_is_one_of_memory(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS = 0
    found = say(alice, *itertools.chain(*((f"q{n}", "x" * MIB) for n in range(6))))
    view = actions.context_for(begin(found))
    assert view.truncated_exchanges == 3
    assert sum(len(message["content"]) for message in view.messages()) <= 4_100_000


def test_within_its_limit_nothing_is_left_out(alice: User, say: Any) -> None:
    found = say(alice, *["x" * 10_000] * 20)
    assert actions.context_for(begin(found)).truncated_exchanges == 0


def test_a_question_that_is_too_long_by_itself_says_so(alice: User, say: Any, settings: Any) -> None:
    settings.CONTEXT_TOKENS = 1000
    with pytest.raises(ContextTooLong):
        actions.context_for(begin(say(alice, "q", "a"), "x" * 5000))


def test_a_reply_that_fills_the_context_alone_cannot_be_continued(
    alice: User, say: Any, settings: Any
) -> None:
    settings.CONTEXT_TOKENS = 1000
    found = say(alice, "q", "x" * 5000)
    Message.objects.filter(pk=found.tip_id).update(status=Status.STOPPED)
    with pytest.raises(NotContinuable):
        actions.continue_reply(alice, reply_uuid=found.tip.uuid, worker_id="here")


def test_a_context_that_is_too_long_for_the_model_even_so_is_shortened_further() -> None:
    row = Message(role=Role.USER, text="x" * 400)
    answer = Message(role=Role.ASSISTANT, text="y" * 400)
    view = context.PromptContext("", ((row, answer),) * 4, 0, row).within(700)
    assert view.truncated_exchanges == 1
    shorter = view.shorter()
    assert shorter is not None and (shorter.truncated_exchanges, shorter.tries) == (2, 1)
