"""How a reply ended is kept in its row, told to its pages, and decides what may be done next."""

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from chat.models import Message, Status, User
from chat.search import index
from tests.conftest import browser_of
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)

CUT = "This reply reached the maximum length."
# What is played, the state that follows, the finish reason that is kept, the error's code, and its sentence
ENDS = [
    (play("plain"), Status.COMPLETE, "stop", "", ""),
    (play("plain", finish="length"), Status.COMPLETE, "length", "", ""),
    (play("plain", finish="MAX_TOKENS"), Status.COMPLETE, "length", "", ""),
    (play("plain", finish="endTurn"), Status.COMPLETE, "stop", "", ""),
    (
        play("reasoning", answer="", finish="length"),
        Status.FAILED,
        "",
        "length_spent",
        "lower the reasoning effort",
    ),
    (play("reasoning", answer=""), Status.FAILED, "", "only_thinking", "stopped after thinking"),
    (play("tool_call"), Status.FAILED, "", "tool_called", "tried to use a tool"),
    (play("tool_call", text="Let me look."), Status.INTERRUPTED, "", "tool_called", "tried to use a tool"),
    (play("done_only"), Status.FAILED, "", "empty_reply", "sent an empty reply"),
    (play("plain", text="\n \n"), Status.FAILED, "", "empty_reply", "sent an empty reply"),
    (play("reasoning", answer="", finish="content_filter"), Status.FAILED, "", "content_filtered", "filter"),
    (play("plain", finish="content_filter"), Status.INTERRUPTED, "", "content_filtered", "filter"),
]


@pytest.mark.parametrize(("played", "status", "finish", "error", "words"), ENDS)
async def test_the_end_is_kept_and_told(alice, open_tab, provider, played, status, finish, error, words):
    provider.script(played)
    tab = await open_tab(alice)
    await tab.send("Hello")
    ended = await tab.until("ended")
    reply = await Message.objects.select_related("generation").aget(role="assistant")
    assert (reply.status, reply.finish_reason, reply.generation.error) == (status, finish, error)
    assert (ended["status"], ended.get("finish", "")) == (status, finish)
    assert words in ended.get("text", "")
    assert (reply.text == "") == (status == Status.FAILED)


@sync_to_async
def page_of(person, reply):
    return browser_of(person).get(f"/c/{reply.conversation.uuid}/").content.decode()


async def test_a_cut_reply_can_be_continued_and_says_so_until_then(alice, open_tab, provider):
    provider.script(play("plain", text="One, two, ", finish="length"), play("plain", text="three."))
    tab = await open_tab(alice)
    sent = await tab.send("Count")
    await tab.until("ended")
    reply = await Message.objects.select_related("conversation").aget(role="assistant")
    assert 'data-finish="length"' in await page_of(alice, reply)
    assert CUT in await page_of(alice, reply)
    await tab.say(type="continue", reply=sent["reply"])
    await tab.until("ended")
    await reply.arefresh_from_db()
    assert (reply.text, reply.finish_reason, reply.status) == ("One, two, three.", "stop", Status.COMPLETE)
    assert 'data-finish="length"' not in await page_of(alice, reply)


async def test_a_whole_reply_cannot_be_continued(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await tab.say(type="continue", reply=sent["reply"])
    assert (await tab.until("error"))["code"] == "not_continuable"


async def test_a_broken_reply_that_had_been_whole_is_complete_when_nothing_is_added(
    alice, open_tab, provider
):
    provider.script(play("fin", at="middle"), play("done_only"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await tab.say(type="continue", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "complete"
    assert (await Message.objects.aget(role="assistant")).text == "ab"


@pytest.mark.parametrize("played", [play("done_only"), play("reasoning", answer=""), play("tool_call")])
async def test_the_question_of_a_reply_without_words_is_sent_again_with_a_retry(
    alice, open_tab, provider, played
):
    provider.script(play("plain", text="First answer"), played, play("plain", text="At last"))
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    second = await tab.send("Two", first["conversation"], first["reply"])
    await tab.until("ended")
    await tab.say(type="retry", client_id=uuid.uuid4(), reply=second["reply"])
    await tab.until("ended")
    said = [message["content"] for message in provider.requests[-1].messages if message["role"] != "system"]
    assert said == ["One", "First answer", "Two"]


async def test_an_administrator_sees_that_it_was_cut(alice, open_tab, provider):
    provider.script(play("plain", finish="length"))
    tab = await open_tab(alice)
    await tab.send("Hello")
    await tab.until("ended")
    reply = await Message.objects.aget(role="assistant")

    @sync_to_async
    def page():
        boss = User.objects.create_superuser("root@example.org")
        address = f"/admin/chat/conversation/{reply.conversation_id}/change/"
        return browser_of(boss).get(address).content.decode()

    assert "cut off at the maximum length" in await page()


async def test_an_end_that_was_undone_with_what_can_be_searched_is_told_once_it_is_kept(
    alice, open_tab, provider, monkeypatch
):
    insert, cut = index._insert, []

    def insert_and_be_cut_off(rows, are_new):
        if not are_new and not cut:
            cut.append(rows)
            connection.connection.rollback()  # as where the connection is gone: no savepoint can be undone
            raise OperationalError("cut off")
        insert(rows, are_new)

    monkeypatch.setattr(index, "_insert", insert_and_be_cut_off)
    tab = await open_tab(alice)
    await tab.send("Hello")
    assert (await tab.until("ended"))["status"] == Status.COMPLETE
    assert cut
    assert (await Message.objects.aget(role="assistant")).status == Status.COMPLETE
