"""Sending: a message is saved, acknowledged, and its reply streams."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async

from chat import markdown
from chat.core.text import MAX_MESSAGE
from chat.models import Conversation, Message, Status
from chat.replies import naming
from chat.replies.flush_clock import Interval
from tests.conftest import browser_of
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)


async def read_reply(tab, reply):
    """Follow a reply to its end as the browser does; gives its blocks, thinking and last event."""
    blocks, thoughts, seq, handle = [], [], None, None
    while True:
        event = await tab.event()
        if isinstance(event, list):
            assert event[0] == handle
            assert event[1] == seq + 1
            seq = event[1]
            patches = [markdown.Patch(*change) for change in event[2:] if len(change) == 3]
            blocks = markdown.apply(blocks, patches)
            thinking = [markdown.Patch(*change[:3]) for change in event[2:] if len(change) == 4]
            thoughts = markdown.apply(thoughts, thinking)
        elif event["type"] == "snapshot" and event["reply"] == reply:
            blocks, thoughts = event["blocks"], event["thoughts"]
            seq, handle = event["seq"], event["handle"]
        elif event["type"] == "ended" and event["reply"] == reply:
            return "".join(blocks), "".join(thoughts), event


async def test_a_message_gets_an_answer_that_streams_and_is_saved(alice, open_tab, provider):
    text = "# Title\n\nSome **bold** words.\n\n```python\nx = 1\n```\n"
    provider.script(play("plain", text=text, rate=100))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    html, _, ended = await read_reply(tab, sent["reply"])
    assert html == markdown.render(text)
    assert ended["status"] == "complete"
    reply = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    assert (reply.text, reply.html, reply.status) == (text, html, Status.COMPLETE)
    assert (reply.model, reply.generation.tokens_in) == ("scripted-1", 11)
    assert reply.generation.first_token_ms is not None
    message = await Message.objects.aget(uuid=sent["message"])
    assert message.text == "Hello"


async def test_the_next_message_follows_and_the_model_sees_what_was_said(alice, open_tab, provider):
    provider.script(play("plain", text="First answer"), play("plain", text="Second answer"))
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    second = await tab.send("Two", conversation=first["conversation"], parent=first["reply"])
    await tab.until("ended")
    said = [message["content"] for message in provider.requests[-1].body["messages"]]
    assert said[1:] == ["One", "First answer", "Two"]
    assert second["conversation"] == first["conversation"]


async def test_the_title_comes_from_the_model_and_the_list_hears_of_it(alice, open_tab, provider):
    provider.title = '"A fine title."'
    tab = await open_tab(alice)
    sent = await tab.send("What is the first thing that one should know about rainbows?")
    titles = [(await tab.until("listed"))["title"] for _ in range(2)]
    assert titles[1] == "A fine title"
    conversation = await Conversation.objects.aget(uuid=sent["conversation"])
    assert conversation.title == "A fine title"


async def test_a_title_waits_while_many_replies_are_written(alice, open_tab, provider, monkeypatch):
    monkeypatch.setattr(Interval, "BUSY_FROM", 1)
    monkeypatch.setattr(naming, "AGAIN", 0.05)
    provider.script(play("slow", text="word " * 20, rate=20), play("plain", text="Short"))
    slow, quick = await open_tab(alice), await open_tab(alice)
    await slow.send("Tell me much")
    await quick.send("Tell me little")
    await quick.until("ended")
    await asyncio.sleep(0.2)
    assert provider.title_requests == []
    await slow.until("ended")
    while (await slow.until("listed"))["title"] != provider.title:
        pass


async def test_without_a_title_from_the_model_the_first_words_stay(alice, open_tab, provider):
    provider.title = " "
    tab = await open_tab(alice)
    sent = await tab.send("What is the first thing that one should know about rainbows and their colours?")
    await tab.until("ended")
    conversation = await Conversation.objects.aget(uuid=sent["conversation"])
    assert conversation.title == "What is the first thing that one should know about…"


async def test_a_title_is_asked_for_once_however_a_person_calls_the_conversation(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("One")
    await tab.until("ended")
    while (await Conversation.objects.aget()).title != provider.title:
        await asyncio.sleep(0.02)
    await Conversation.objects.aupdate(title="Two")
    await tab.send("Two", conversation=sent["conversation"], parent=sent["reply"])
    await tab.until("ended")
    await asyncio.sleep(0.1)
    assert len(provider.title_requests) == 1


@pytest.mark.fault(31)
async def test_the_same_send_five_times_makes_one_message_and_one_reply(alice, open_tab, provider):
    provider.default = play("plain", text="Once only", rate=20)
    tabs = [await open_tab(alice) for _ in range(5)]
    client_id = uuid.uuid4()
    answers = await asyncio.gather(*(tab.send("Hello", client_id=client_id) for tab in tabs))
    assert {answer["type"] for answer in answers} == {"sent"}
    assert len({answer["reply"] for answer in answers}) == 1
    assert await Message.objects.acount() == 2
    await tabs[0].until("ended")
    assert len(provider.requests) == 1


@pytest.mark.fault(31)
async def test_sending_again_after_the_end_gives_the_finished_answer(alice, open_tab, provider):
    provider.script(play("plain", text="Here it is"))
    tab = await open_tab(alice)
    client_id = uuid.uuid4()
    await tab.send("Hello", client_id=client_id)
    await tab.until("ended")
    await tab.send("Hello", client_id=client_id)
    replaced = await tab.until("replaced")
    assert "Here it is" in replaced["html"]
    assert len(provider.requests) == 1


async def test_a_second_tab_sees_the_message_and_the_reply_live(alice, open_tab, provider):
    provider.default = play("plain", text="Seen by both", rate=50)
    one, two = await open_tab(alice), await open_tab(alice)
    first = await one.send("Begin")
    await one.until("ended")
    await two.say(type="watch", conversation=first["conversation"], tip=first["reply"])
    await two.say(type="stop", reply=first["reply"])
    await two.until("error")  # so it watches by now
    second = await one.send("Go on", conversation=first["conversation"], parent=first["reply"])
    seen = await two.until("sent")
    assert seen["reply"] == second["reply"]
    assert "Go on" in seen["message_html"]
    html, _, _ = await read_reply(two, second["reply"])
    assert html == markdown.render("Seen by both")


async def test_a_tab_that_comes_late_gets_a_snapshot_and_the_rest(alice, open_tab, provider):
    text = "word " * 60
    provider.script(play("plain", text=text, rate=100))
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await one.send("Hello")
    for _ in range(6):
        await one.event()
    await two.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    html, _, _ = await read_reply(two, sent["reply"])
    assert html == markdown.render(text)


async def test_thinking_is_kept_apart_from_the_answer(alice, open_tab, provider):
    provider.script(play("reasoning"))
    tab = await open_tab(alice)
    sent = await tab.send("Think")
    html, thinking, _ = await read_reply(tab, sent["reply"])
    assert (html, thinking) == (markdown.render("Then I answer."), markdown.render("First I think. "))
    reply = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    assert (reply.text, reply.reasoning) == ("Then I answer.", "First I think. ")
    assert (reply.html, reply.thinking_html) == (html, thinking)
    assert reply.generation.thinking_ms is not None


async def test_what_was_shown_as_the_answer_moves_into_the_thinking_when_only_its_end_is_marked(
    alice, open_tab, provider
):
    said = "* First I **think**.\n* So it is.\n</think>\n\nThen I *answer*."
    provider.script(play("plain", text=said, size=5, rate=40))
    tab = await open_tab(alice)
    sent = await tab.send("Think")
    html, thinking, _ = await read_reply(tab, sent["reply"])
    assert html == markdown.render("Then I *answer*.")
    assert thinking == markdown.render("* First I **think**.\n* So it is.\n")
    reply = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    assert (reply.text, reply.reasoning) == ("Then I *answer*.", "* First I **think**.\n* So it is.\n")
    assert (reply.html, reply.thinking_html) == (html, thinking)
    assert reply.generation.thinking_ms > 0


async def test_thinking_is_not_sent_back(alice, open_tab, provider):
    provider.script(play("reasoning"))
    tab = await open_tab(alice)
    first = await tab.send("Think")
    await tab.until("ended")
    await tab.send("And now?", first["conversation"], first["reply"])
    await tab.until("ended")
    said = [message["content"] for message in provider.requests[-1].body["messages"]]
    assert said[1:] == ["Think", "Then I answer.", "And now?"]


async def test_a_stale_tab_is_refused_and_nothing_is_saved(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    await tab.send("Two", conversation=first["conversation"], parent=first["reply"])
    await tab.until("ended")
    refused = await tab.send("Late", conversation=first["conversation"], parent=first["reply"])
    assert refused["code"] == "newer_messages"
    assert not await Message.objects.filter(text="Late").aexists()


@pytest.mark.fault(32)
async def test_a_send_while_a_reply_is_written_is_refused(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("One")
    refused = await tab.send("Two", conversation=sent["conversation"], parent=sent["reply"])
    assert refused["code"] == "reply_running"


async def test_another_text_under_the_same_client_id_is_refused_and_not_taken_for_the_first(
    alice, open_tab, provider
):
    tab, client_id = await open_tab(alice), uuid.uuid4()
    first = await tab.send("Hello", client_id=client_id)
    await tab.until("ended")
    answer = await tab.send("Something else", first["conversation"], first["reply"], client_id=client_id)
    assert answer["code"] == "sent_before"
    await tab.say(type="retry", client_id=client_id, reply=first["reply"])
    assert (await tab.until("sent", "error"))["code"] == "sent_before"
    assert await Message.objects.acount() == 2


async def test_a_queued_message_may_name_the_client_id_sent_before_it(alice, open_tab, provider):
    tab = await open_tab(alice)
    client_id = uuid.uuid4()
    first = await tab.send("One", client_id=client_id)
    await tab.until("ended")
    second = await tab.send("Two", conversation=first["conversation"], parent=client_id)
    assert second["type"] == "sent"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_message"),
        (" \n\t ", "empty_message"),
        ("\u200b\u200d\ufeff", "empty_message"),
        ("\u3164\u2800\ufe0f", "empty_message"),
        ("a\0b", "bad_text"),
        ("x" * (MAX_MESSAGE + 1), "message_too_long"),
    ],
)
async def test_unfit_text_is_refused_with_a_sentence_and_nothing_is_saved(alice, open_tab, text, code):
    tab = await open_tab(alice)
    refused = await tab.send(text)
    assert (refused["type"], refused["code"]) == ("error", code)
    assert refused["text"].endswith(".")
    assert await Conversation.objects.acount() == 0


async def test_a_message_of_exactly_the_limit_is_taken(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("x" * MAX_MESSAGE)
    assert sent["type"] == "sent"


async def test_too_many_messages_in_a_minute_are_refused_with_the_wait(alice, open_tab, provider, settings):
    settings.MESSAGES_PER_MINUTE = 2
    tab = await open_tab(alice)
    for _ in range(2):
        assert (await tab.send("Hello"))["type"] == "sent"
    refused = await tab.send("Hello")
    assert refused["code"] == "too_many_messages"
    assert 0 < refused["retry_after"] <= 60


async def test_too_many_replies_at_once_are_refused(alice, open_tab, provider, settings):
    settings.REPLIES_AT_ONCE = 2
    provider.default = play("hang", at="middle")
    tab = await open_tab(alice)
    for _ in range(2):
        assert (await tab.send("Hello"))["type"] == "sent"
    assert (await tab.send("Hello"))["code"] == "too_many_replies"


async def test_limits_of_0_are_none(alice, open_tab, provider, settings):
    settings.MESSAGES_PER_MINUTE = settings.REPLIES_AT_ONCE = 0
    provider.default = play("hang", at="middle")
    tab = await open_tab(alice)
    for _ in range(5):
        assert (await tab.send("Hello"))["type"] == "sent"


async def test_the_reply_outlives_its_tab(alice, open_tab, provider):
    provider.script(play("plain", text="Still written", rate=20))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.close()
    reply = Message.objects.filter(uuid=sent["reply"], status=Status.COMPLETE)
    async with asyncio.timeout(LIMIT):
        while not await reply.aexists():
            await asyncio.sleep(0.05)
    assert (await reply.aget()).text == "Still written"


async def test_a_running_reply_is_on_disk_within_about_a_second(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    row = Message.objects.filter(uuid=sent["reply"]).exclude(text="")
    async with asyncio.timeout(LIMIT):
        while not await row.aexists():
            await asyncio.sleep(0.05)
    assert (await row.aget()).status == Status.RUNNING


@pytest.mark.fault(34)
async def test_a_deleted_conversation_interrupts_its_reply(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    client = await sync_to_async(browser_of)(alice)
    deed = {"do": "delete", "conversation": sent["conversation"]}
    await sync_to_async(client.post)("/conversations/arrange/", deed)
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)
    assert (await tab.until("ended"))["status"] == "interrupted"
    reply = await Message.objects.aget(uuid=sent["reply"])
    assert (reply.status, reply.text) == (Status.INTERRUPTED, "ab")
