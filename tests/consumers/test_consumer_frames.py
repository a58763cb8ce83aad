"""Frames that no page of ours sends: each gets a typed error, and the socket lives on."""

import asyncio
import json
import uuid

import pytest

from chat.models import Message
from chat.realtime import layer
from chat.realtime.layer_messages import ReplyEnded
from chat.realtime.protocol import MAX_FRAME
from chat.web.rate_limit import BURST, PATIENCE
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)

ID = str(uuid.uuid4())

BAD_FRAMES = {
    "white space": " ",
    "no JSON": "{type:",
    "half a frame": '{"type":"send","text":"a',
    "a number": "12",
    "a string": '"send"',
    "null": "null",
    "an array": "[1,0]",
    "a hundred thousand brackets": "[" * 100_000,
    "no type": "{}",
    "a type that is no word": '{"type":1}',
    "a missing field": '{"type":"send","text":"a"}',
    "a field too many": f'{{"type":"stop","reply":"{ID}","force":true}}',
    "a text that is a list": f'{{"type":"send","client_id":"{ID}","text":["a"]}}',
    "an id that is a number": '{"type":"stop","reply":1}',
    "an id that is no UUID": '{"type":"stop","reply":"../../etc"}',
    "NaN": '{"type":"ack","handle":NaN,"seq":1}',
    "Infinity": '{"type":"ack","handle":Infinity,"seq":1}',
    "a number out of range": '{"type":"ack","handle":1e400,"seq":1}',
    "a number of 100,000 digits": '{"type":"ack","handle":' + "9" * 100_000 + ',"seq":1}',
    "a fraction": '{"type":"ack","handle":1.5,"seq":1}',
    "a lone surrogate": f'{{"type":"send","client_id":"{ID}","text":"\\ud800"}}',
}
UNKNOWN = ["_send", "disconnect", "receive", "frame", "standing.changed", "websocket.receive", "SEND", ""]


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
async def test_a_malformed_frame_gets_a_typed_error_and_the_socket_lives(alice, open_tab, frame):
    tab = await open_tab(alice)
    await tab.socket.send_to(text_data=frame)
    refused = await tab.event()
    assert (refused["type"], refused["code"]) == ("error", "bad_frame")
    assert refused["text"].endswith(".")
    assert refused["request_id"]
    assert (await tab.send("Still here"))["type"] == "sent"


@pytest.mark.parametrize("kind", UNKNOWN)
async def test_an_unknown_command_is_named_as_such(alice, open_tab, kind):
    tab = await open_tab(alice)
    await tab.say(type=kind)
    assert (await tab.event())["code"] == "unknown_command"


async def test_a_binary_frame_is_refused(alice, open_tab):
    tab = await open_tab(alice)
    await tab.socket.send_to(bytes_data=b"\xff\xfe\x00")
    assert (await tab.event())["code"] == "bad_frame"


async def test_a_frame_over_the_limit_is_refused_unread(alice, open_tab):
    tab = await open_tab(alice)
    await tab.socket.send_to(text_data='"' + "x" * MAX_FRAME)
    assert (await tab.event())["code"] == "frame_too_large"


async def test_of_a_key_given_twice_the_last_counts(alice, open_tab, provider):
    tab = await open_tab(alice)
    await tab.socket.send_to(text_data=f'{{"type":"send","client_id":"{ID}","text":"a","text":"b"}}')
    await tab.until("sent")
    assert [message.text async for message in Message.objects.filter(role="user")] == ["b"]


async def test_a_flood_is_slowed_down_and_then_cut_off_while_others_stream_on(
    alice, charlie, open_tab, provider
):
    provider.default = play("plain", text="word " * 20, rate=40)
    calm, flood = await open_tab(charlie), await open_tab(alice)
    await calm.send("Hello")
    for _ in range(2 * (BURST + PATIENCE)):
        await flood.socket.send_to(text_data="{}")
    codes = {(await flood.event())["code"] for _ in range(BURST + PATIENCE)}
    assert codes == {"bad_frame", "too_fast"}
    assert await flood.closed() == 4403
    assert (await calm.until("ended"))["status"] == "complete"


@pytest.mark.parametrize(
    "text",
    [
        "\u202eright to left\u2066isolate\u2069",
        "a" + "\u0301" * 10_000,
        "line\u2028separator\u2029paragraph",
        "mixed\r\nends\r\x0b\x0c\x85",
        "x" * 60_000,
        "👩‍👩‍👧‍👦" * 500,
        "</script><!-- ]]>",
        "{{ 7*7 }} {% debug %} ${SECRET_KEY} %(x)s {0}",
        "'; DROP TABLE chat_message; -- %_",
        "\n[ERROR] forged \x1b[31mred",
    ],
)
async def test_odd_text_is_kept_to_the_letter_and_shown_as_text(alice, open_tab, provider, text):
    tab = await open_tab(alice)
    sent = await tab.send(text)
    assert (await Message.objects.aget(uuid=sent["message"])).text == text
    await tab.until("ended")
    assert provider.requests[-1].last_text == text


async def test_a_command_waits_for_nobody_elses_reply(alice, open_tab, provider):
    provider.default = play("hang", at="headers")
    tab = await open_tab(alice)
    await tab.send("Hello")
    await asyncio.wait_for(tab.socket.send_to(text_data=json.dumps({"type": "watch"})), 1)
    assert (await tab.send("Another"))["type"] == "sent"


async def test_a_send_that_came_too_fast_is_named(alice, open_tab, monkeypatch):
    monkeypatch.setattr("chat.web.rate_limit.PACE", 0)  # a slow machine would earn new ones meanwhile
    tab = await open_tab(alice)
    ids = [str(uuid.uuid4()) for _ in range(BURST + 20)]
    for client_id in ids:
        await tab.say(type="send", client_id=client_id, text=" ")
    refused = [await tab.until("error") for _ in ids]
    assert [event["client_id"] for event in refused] == ids
    assert "too_fast" in {event["code"] for event in refused}


async def test_a_hint_that_cannot_be_told_leaves_the_socket_open(alice, open_tab, monkeypatch):
    async def fail(*_):
        raise RuntimeError("a fault of ours")

    tab = await open_tab(alice)
    monkeypatch.setattr("chat.consumers.subscription.Subscription.reply_ended", fail)
    await layer.publish(layer.person_group(alice.pk), ReplyEnded(1, ""))
    assert (await tab.send("Still here"))["type"] == "sent"
