"""Processes of two versions at one channel layer, as during a rolling restart.

`recorded_messages.json` holds what the version of November 2026 sent, one of each kind and shape, and so what it reads.
"""

import asyncio
import json
import logging
import uuid
from contextvars import ContextVar
from pathlib import Path

import pytest
from channels.layers import get_channel_layer

from chat import replies
from chat.models import Message
from chat.realtime import layer, layer_messages
from chat.realtime.layer_messages import ForEngine, ForSocket
from tests.support.scripted_provider import play
from tests.support.waiting import until

RECORDED = json.loads(Path(__file__).with_name("recorded_messages.json").read_text(encoding="utf-8"))
# A page in view of the version before says nothing: its person is told once more than they need
PASSED_OVER = {"looking"}
STRANGE = {
    "a kind of message": {"type": "reply.painted", "reply": 1},
    "a field": {"type": "frame", "text": '{"type":"hello"}', "skip": "", "colour": "red"},
    "the type of a field": {"type": "reply.ended", "reply": "first", "instance": ""},
    "a field left out": {"type": "reply.ended", "instance": ""},
}

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_logged_yet(monkeypatch):
    monkeypatch.setattr(layer_messages, "_logged", set())


def shape(message):
    """What a reader of it relies on."""
    return message["type"], {name: type(value) for name, value in message.items()}


@pytest.fixture
def sent(monkeypatch):
    """All that goes through the channel layer, each message once: to a group or to one channel."""
    messages = []
    there = get_channel_layer()
    to_group, to_channel = there.group_send, there.send
    is_for_group = ContextVar("is_for_group", default=False)  # the layer in memory sends to each by `send`

    async def group_send(group, message):
        messages.append(message)
        before = is_for_group.set(True)
        try:
            await to_group(group, message)
        finally:
            is_for_group.reset(before)

    async def send(channel, message):
        if not is_for_group.get():
            messages.append(message)
        await to_channel(channel, message)

    monkeypatch.setattr(there, "group_send", group_send)
    monkeypatch.setattr(there, "send", send)
    return messages


@pytest.mark.parametrize("event", RECORDED, ids=lambda event: event["type"])
def test_a_message_of_the_version_before_is_understood_and_said_as_it_says_it(event, caplog):
    message = layer_messages.decode(event)
    assert message.__struct_config__.tag == event["type"]
    assert layer_messages.encode(message) == event
    assert caplog.records == []


def test_each_kind_of_message_is_one_that_the_version_before_knows_or_may_pass_over():
    kinds = {kind.__struct_config__.tag for kind in (ForEngine | ForSocket).__args__}
    assert kinds == {event["type"] for event in RECORDED} | PASSED_OVER


@transactional
async def test_all_that_a_replys_life_sends_is_shaped_as_in_the_version_before(
    alice, open_tab, provider, sent
):
    provider.default = play("slow", text="word " * 200, rate=40)
    tab = await open_tab(alice)
    acknowledged = await tab.send("Hello")
    while not isinstance(await tab.event(), list):
        pass
    await tab.say(type="stop", reply=acknowledged["reply"])
    await tab.until("ended")
    await tab.say(type="continue", reply=acknowledged["reply"])
    await tab.until("snapshot")
    reply = await Message.objects.aget(uuid=acknowledged["reply"])
    await asyncio.to_thread(layer.announce_session_end, alice.pk)
    assert await tab.closed() == 4401
    await until(lambda: [m["type"] for m in sent].count("reply.ended") == 2)
    known = [shape(event) for event in RECORDED]
    assert [message for message in sent if shape(message) not in known] == []
    assert {message["type"] for message in sent} >= {"frame", "reply.began", "reply.ended", "session.ended"}
    assert {message["reply"] for message in sent if message["type"] == "reply.began"} == {reply.pk}


@transactional
async def test_a_socket_does_what_the_version_before_tells_it(alice, open_tab, provider):
    tab = await open_tab(alice)
    acknowledged = await tab.send("Hello")
    await tab.until("ended")
    reply = await Message.objects.aget(uuid=acknowledged["reply"])
    group, tell = layer.conversation_group(reply.conversation_id), get_channel_layer().group_send
    await tell(group, {"type": "frame", "text": '{"type":"stale"}', "skip": ""})
    await tab.until("stale")
    await tell(group, {"type": "reply.began", "reply": reply.pk, "kind": "next", "skip": ""})
    assert (await tab.until("sent"))["reply"] == str(reply.uuid)
    await tell(group, {"type": "reply.ended", "reply": reply.pk, "instance": "another:1"})
    assert (await tab.until("replaced"))["message"] == str(reply.uuid)
    await tell(group, {"type": "message.changed", "message": reply.pk, "uuid": str(reply.uuid)})
    assert (await tab.until("replaced"))["message"] == str(reply.uuid)
    await tell(layer.person_group(alice.pk), {"type": "session.ended", "person": alice.pk, "session": None})
    assert await tab.closed() == 4401


@transactional
async def test_an_engine_does_what_the_version_before_asks_of_it(alice, open_tab, provider, monkeypatch):
    provider.script(play("slow", text="word " * 200, rate=40))
    tab = await open_tab(alice)
    acknowledged = await tab.send("Hello")
    engine, reply = replies.current(), acknowledged["reply"]
    subscribers = engine.running_reply(uuid.UUID(reply)).audience._subscribers
    async with layer.mailbox() as (channel, receive):

        async def ask(kind, **fields):
            message = {"type": kind, "reply": reply, **fields}
            await get_channel_layer().group_send(layer.engine_group(engine.worker_id), message)

        await ask("watch", channel=channel, handle=7)
        frame = await asyncio.wait_for(receive(), 5)
        assert shape(frame) in [shape(event) for event in RECORDED]
        snapshot = json.loads(frame["text"])
        assert (frame["reply"], snapshot["handle"]) == (reply, 7)
        under_way = subscribers[channel]._under_way
        await ask("ack", channel=channel, seq=snapshot["seq"])
        await until(lambda: all(seq > snapshot["seq"] for seq, _ in under_way))
        await ask("unwatch", channel=channel)
        await until(lambda: channel not in subscribers)
    await ask("stop")
    assert (await tab.until("ended"))["status"] == "stopped"


@transactional
@pytest.mark.parametrize("event", STRANGE.values(), ids=STRANGE)
async def test_what_a_socket_does_not_know_is_logged_once_and_passed_over(alice, open_tab, event, caplog):
    tab = await open_tab(alice)
    for _ in range(3):
        await get_channel_layer().group_send(layer.person_group(alice.pk), event)
    assert (await tab.send("Still here"))["type"] == "sent"
    logged = [record for record in caplog.records if "another version" in record.message]
    assert [(record.levelno, record.exc_info) for record in logged] == [(logging.WARNING, None)]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@transactional
async def test_a_field_that_is_not_known_keeps_nobody_from_reading_the_others(alice, open_tab):
    tab = await open_tab(alice)
    await get_channel_layer().group_send(layer.person_group(alice.pk), STRANGE["a field"])
    assert await tab.event() == {"type": "hello"}


@transactional
async def test_an_engine_that_is_asked_what_it_does_not_know_goes_on_listening(
    alice, open_tab, provider, caplog
):
    provider.script(play("slow", text="word " * 200, rate=40))
    tab = await open_tab(alice)
    acknowledged = await tab.send("Hello")
    group = layer.engine_group(replies.current().worker_id)
    for event in [*STRANGE.values(), *STRANGE.values(), {"type": "stop", "reply": "no uuid"}]:
        await get_channel_layer().group_send(group, event)
    await get_channel_layer().group_send(group, {"type": "stop", "reply": acknowledged["reply"]})
    assert (await tab.until("ended"))["status"] == "stopped"
    logged = [record.message for record in caplog.records if "channel layer" in record.message]
    assert (
        len(logged) == len(set(logged)) == len(STRANGE) + 2
    )  # of "a field" also that it is not for an engine
    assert "not heard" not in caplog.text


def test_who_floods_the_layer_with_nonsense_does_not_flood_the_log(caplog):
    for number in range(3 * layer_messages.MOST_LOGGED):
        assert layer_messages.decode({"type": f"nonsense.{number}"}) is None
    assert len(caplog.records) == layer_messages.MOST_LOGGED


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_cancelled_as_a_page_says_that_it_is_looking_does_not_go_on(alice, turns):
    """As a process that ends cancels what it was about to tell a person."""
    async with layer.mailbox() as (page, receive):
        await get_channel_layer().group_add(layer.person_group(alice.pk), page)
        asking = asyncio.create_task(layer.is_looking(alice.pk, 5))
        asked = layer_messages.decode(await receive())
        await layer.answer(asked.channel)
        for _ in range(turns):
            await asyncio.sleep(0)
        if asking.cancel():
            with pytest.raises(asyncio.CancelledError):
                await asking
        else:
            assert asking.result()
