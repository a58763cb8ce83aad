"""The subscribers of a reply: one that breaks disturbs nobody, and none waits for an end that has been."""

import asyncio
import json
import logging
import uuid
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from chat import replies
from chat.models import Generation, Message, Role, Status
from chat.realtime import layer
from chat.realtime.protocol import Snapshot, encode
from chat.replies.flush_clock import Interval
from chat.replies.remote import Remote
from chat.replies.running import RunningReply
from chat.replies.snapshot_parts import SnapshotChunker
from chat.replies.subscribers import WINDOW_BYTES, WINDOW_FRAMES, ReplyEnd, Subscriber
from chat.replies.writer import Writer
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


def audience_of(sent):
    """The audience of the reply that a send was acknowledged with."""
    return replies.current().running_reply(uuid.UUID(sent["reply"])).audience


class Broken:
    """A socket that raises."""

    broken = False

    async def send_frame(self, text):
        if self.broken:
            raise ConnectionResetError

    async def send_ended(self, reply, end, seq):
        await self.send_frame("")


@pytest.mark.fault(29)
async def test_a_socket_that_breaks_stops_neither_the_reply_nor_the_others(alice, open_tab, provider, caplog):
    caplog.set_level(logging.DEBUG, "chat.replies.audience")
    provider.script(play("slow", text="to the end", rate=40))
    tab, broken = await open_tab(alice), Broken()
    sent = await tab.send("Hello")
    audience = audience_of(sent)
    own = audience._subscribers.copy()
    audience._subscribers.clear()
    await audience.subscribe("broken", broken, 1)
    audience._subscribers |= own
    broken.broken = True
    assert (await tab.until("ended"))["status"] == "complete"
    assert (await Message.objects.aget(uuid=sent["reply"])).text == "to the end"
    assert [record.levelno for record in caplog.records if "is dropped" in record.message] == [logging.DEBUG]


@pytest.mark.fault(10)
async def test_a_layer_that_blocks_stops_no_reply_with_a_reader_in_another_process(
    alice, open_tab, provider, monkeypatch, caplog
):
    async def block(channel, event):
        await asyncio.Event().wait()

    monkeypatch.setattr(layer, "PATIENCE", 0.05)
    monkeypatch.setattr(layer.get_channel_layer(), "send", block)
    provider.script(play("slow", text="to the end", rate=40))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await audience_of(sent).subscribe("elsewhere", Remote("elsewhere", uuid.UUID(sent["reply"])), 1)
    assert (await tab.until("ended"))["status"] == "complete"
    assert "a frame to elsewhere was not sent" in caplog.text


class Swallower:
    """A socket below which a cancellation is lost, as in `asyncio.wait_for` on Python 3.11."""

    def __init__(self):
        self.telling = asyncio.Event()
        self.lost = 0

    async def send_frame(self, text):
        self.telling.set()
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            self.lost += 1

    async def send_ended(self, reply, end, seq):
        pass


async def test_a_reply_ends_although_the_clocks_cancellation_is_lost(alice, open_tab, provider):
    provider.script(play("slow", text="to the end", rate=40))
    tab, swallower = await open_tab(alice), Swallower()
    sent = await tab.send("Hello")
    await audience_of(sent).subscribe("swallows", swallower, 1)
    assert (await tab.until("ended"))["status"] == "complete"
    assert swallower.lost == 1


async def test_a_stop_is_obeyed_although_its_cancellation_is_lost(alice, open_tab, provider, monkeypatch):
    monkeypatch.setattr(Interval, "BUSY_FROM", 1)
    provider.script(play("slow", text="word " * 200, rate=40))
    tab, swallower = await open_tab(alice), Swallower()
    sent = await tab.send("Hello")
    await audience_of(sent).subscribe("swallows", swallower, 1)
    swallower.telling.clear()
    await swallower.telling.wait()
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    assert swallower.lost == 1
    assert len((await Message.objects.aget(uuid=sent["reply"])).text) < len("word " * 200)


class Page:
    """Keeps what it is told: frames, and ends as (end.status, seq)."""

    def __init__(self, told):
        self.told = told

    async def send_frame(self, text):
        self.told.append(text)

    async def send_ended(self, reply, end, seq):
        self.told.append((end.status, seq))


async def test_a_reader_who_is_behind_gets_the_whole_reply_before_its_end():
    told = []
    writer = Writer()
    subscriber = Subscriber(Page(told), Message(generation=Generation()), writer, 1)
    await subscriber.catch_up()
    for number in range(WINDOW_FRAMES + 5):
        writer.feed(f"word-{number} ", "")
        await subscriber.send_patches(writer.seq, await writer.flush())
    last = f"word-{WINDOW_FRAMES + 4}"
    assert not any(last in frame for frame in told)
    await subscriber.end(ReplyEnd("complete"))
    assert last in told[-2]
    assert json.loads(told[-2])["seq"] == writer.seq
    assert told[-1] == ("complete", writer.seq)


async def test_a_snapshot_that_waits_for_a_render_is_sent_once_although_the_end_asks_for_it_too():
    told = []
    writer = Writer()
    writer.feed("All of it", "")
    await writer.flush()
    subscriber = Subscriber(Page(told), Message(generation=Generation()), writer, 1)
    async with writer._rendering:
        joining = asyncio.create_task(subscriber.catch_up())
        ending = asyncio.create_task(subscriber.end(ReplyEnd("complete")))
        await asyncio.sleep(0)
    await asyncio.gather(joining, ending)
    [snapshot, end] = told
    assert json.loads(snapshot)["blocks"] == ['<p dir="auto">All of it</p>']
    assert end == ("complete", writer.seq)


async def test_a_reader_who_is_far_behind_a_long_reply_is_told_how_far_it_goes_and_nothing_more():
    told, ends = [], []

    class Page:
        async def send_frame(self, text):
            told.append(text)

        async def send_ended(self, reply, end, seq):
            ends.append((end.status, seq))

    writer = Writer()
    subscriber = Subscriber(Page(), Message(generation=Generation()), writer, 1)
    await subscriber.catch_up()
    for _ in range(10):
        writer.feed("\u4e00" * 20_000 + "\n\n", "")
        await subscriber.send_patches(writer.seq, await writer.flush())
    before = len(told)
    await subscriber.end(ReplyEnd("complete"))
    assert ends == [("complete", writer.seq)]
    assert len(told) == before
    assert seq_of(told[-1]) < writer.seq
    assert sum(len(frame.encode()) for frame in told) <= WINDOW_BYTES


def seq_of(frame):
    """Of a snapshot or of patches."""
    event = json.loads(frame)
    return event[1] if isinstance(event, list) else event["seq"]


async def test_a_long_reply_that_another_process_ended_is_left_to_the_page_to_fetch(alice, say, open_tab):
    conversation = await sync_to_async(say)(alice, "q", "word " * 120_000)
    tip = conversation.tip
    await Generation.objects.filter(reply=tip).aupdate(seq=7)
    tab = await open_tab(alice)
    await tab.say(type="watch", conversation=conversation.uuid, tip=tip.uuid)
    await tab.say(type="stop", reply=tip.uuid)
    await tab.until("error")
    await layer.announce_end(conversation.pk, tip.pk, "another:1")
    ended = await tab.until("ended", "replaced")
    assert (ended["type"], ended["status"], ended["seq"]) == ("ended", "complete", 7)


async def test_a_socket_that_comes_to_watch_after_the_end_is_told_of_it(alice, say, provider):
    conversation = await sync_to_async(say)(alice, "q", "a")
    told = []

    class Page:
        async def send_frame(self, text):
            told.append("snapshot")

        async def send_ended(self, reply, end, seq):
            told.append(end.status)

    audience = RunningReply(conversation, conversation.tip).audience
    await audience.announce_end(ReplyEnd(Status.FAILED, "error"), "here")
    await audience.subscribe("late", Page(), 1)
    assert told == ["snapshot", "failed"]


async def test_a_page_that_hears_of_a_reply_after_its_end_is_shown_it_whole(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await one.send("Hello")
    await one.until("ended")
    await two.say(type="watch", conversation=sent["conversation"], tip=sent["reply"])
    reply = await Message.objects.aget(uuid=sent["reply"])
    await two.say(type="stop", reply=sent["reply"])
    await two.until("error")
    await layer.announce_reply(reply.conversation_id, reply.pk, "next", "")
    assert 'data-status="complete"' in (await two.until("replaced"))["html"]


async def test_a_text_that_cannot_be_rendered_ends_and_is_kept(alice, open_tab, provider, monkeypatch):
    def fail(*_):
        raise RuntimeError("a fault of the renderer")

    monkeypatch.setattr("chat.markdown.live.LiveHtml.feed", fail)
    provider.script(play("plain", text="kept"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    snapshot = await tab.until("snapshot")
    assert (await tab.until("ended"))["seq"] > snapshot["seq"]  # by which a page fetches what it lacks
    reply = await Message.objects.aget(uuid=sent["reply"])
    assert (reply.text, reply.html) == ("kept", "")


@pytest.mark.fault(5)
async def test_the_pages_that_wait_for_a_dead_process_hear_of_its_end(alice, say, open_tab, monkeypatch):
    monkeypatch.setattr("chat.replies.engine.SWEEP_INTERVAL", 0.1)
    conversation = await sync_to_async(say)(alice, "q")
    tab = await open_tab(alice)
    reply = await Message.objects.acreate(
        conversation=conversation, parent=conversation.tip, role=Role.ASSISTANT, text="so far"
    )
    conversation.tip = reply
    await conversation.asave()
    await tab.say(type="watch", conversation=conversation.uuid, tip=reply.uuid)
    await tab.say(type="stop", reply=reply.uuid)
    await tab.until("error")
    await Generation.objects.acreate(reply=reply, worker="gone:1", heartbeat="2020-01-01T00:00:00Z")
    await Message.objects.filter(pk=reply.pk).aupdate(status=Status.RUNNING)
    assert 'data-status="interrupted"' in (await tab.until("replaced"))["html"]


async def test_a_reply_that_was_taken_for_dead_loses_nothing_that_was_seen(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    while not isinstance(await tab.event(), list):
        pass
    rows = Message.objects.filter(uuid=sent["reply"])
    await rows.aupdate(status=Status.INTERRUPTED, text="")
    reply = await rows.aget()
    await layer.announce_end(reply.conversation_id, reply.pk, "another:1")
    assert (await tab.until("ended", "replaced"))["type"] == "ended"
    shown = await tab.until("replaced")
    assert "ab" in shown["html"]
    assert 'data-status="interrupted"' in shown["html"]


async def test_one_frame_that_does_not_fit_beside_what_is_under_way_waits_for_the_reader():
    told = []

    class Reader:
        async def send_frame(self, text):
            told.append(text)

    reply = Message(role=Role.ASSISTANT, generation=Generation())
    subscriber = Subscriber(Reader(), reply, Writer(), 1)
    await subscriber.catch_up()
    await subscriber.send_patches(1, "x" * WINDOW_BYTES)
    assert len(told) == 1
    await subscriber.acknowledge(0)
    assert len(told) == 2
    assert '"snapshot"' in told[1]


async def test_a_reader_who_keeps_up_gets_a_flush_that_is_too_long_for_one_frame_in_parts():
    shown, told = [], []

    class Reader:
        async def send_frame(self, text):
            told.append(text)

    writer = Writer()
    subscriber = Subscriber(Reader(), Message(role=Role.ASSISTANT, generation=Generation()), writer, 1)
    await subscriber.catch_up()
    await subscriber.acknowledge(0)
    writer.feed("\u4e00" * WINDOW_BYTES, "")
    await subscriber.send_patches(1, await writer.flush())
    told.pop(0)
    for frame in told:  # each acknowledgement brings another
        assert len(frame.encode()) <= WINDOW_BYTES
        part = json.loads(frame)
        shown = placed(shown, part.get("block", 0), part.get("keep", 0), part["blocks"])
        await subscriber.acknowledge(1)
    assert shown == [f'<p dir="auto">{WINDOW_BYTES * chr(0x4E00)}</p>']
    writer.feed(" end", "")
    await subscriber.send_patches(2, await writer.flush())
    assert told[-1].startswith("[1,2,")


def placed(blocks, first, keep, pieces):
    """What a page shows that has `blocks` and gets these, which go on after `keep` units of the `first`."""
    begun = [*blocks[first:], ""][0].encode("utf-16-le")[: 2 * keep].decode("utf-16-le", "surrogatepass")
    return [*blocks[:first], *(begun + piece for piece in pieces[:1]), *pieces[1:]]


def page_after(page, part):
    """The same for the answer and the thinking."""
    part = json.loads(encode(part))
    answer, thoughts = page
    answer = placed(answer, part.get("block", 0), part.get("keep", 0), part["blocks"])
    return answer, placed(thoughts, part.get("thought", 0), part.get("thought_keep", 0), part["thoughts"])


BLOCKS = st.lists(st.text(max_size=30), max_size=6)


@given(st.lists(st.tuples(BLOCKS, BLOCKS), min_size=1))
def test_parts_give_the_whole_however_it_changes_between_them(moments):
    parts, page = SnapshotChunker(), ([], [])
    with mock.patch.object(replies.snapshot_parts, "PART", 8):
        for now in moments:
            whole = Snapshot(uuid.uuid4(), 1, 1, *now)
            part = parts.after(whole)
            page = page_after(page, part)
            assert sum(map(len, [*part.blocks, *part.thoughts])) <= 8
        while part.more:
            part = parts.after(whole)
            page = page_after(page, part)
    assert page == now
