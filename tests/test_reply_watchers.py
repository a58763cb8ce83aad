"""Whoever watches a reply: one that breaks disturbs nobody, and none waits for an end that has been."""

import asyncio
import logging
import uuid

import pytest
from asgiref.sync import sync_to_async

from chat import broadcast, replies
from chat.models import Message, Role, Status
from chat.replies import run as runs
from chat.replies.run import Outcome, Run
from chat.replies.watchers import WINDOW_BYTES, WINDOW_FRAMES, Watcher
from chat.replies.writer import Writer
from tests.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


class Broken:
    """A socket that raises, or blocks."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.broken = False

    async def send_frame(self, text):
        if self.broken and self.blocks:
            await asyncio.Event().wait()
        elif self.broken:
            raise ConnectionResetError

    async def send_ended(self, reply, status, error):
        await self.send_frame("")


@pytest.mark.fault(29)
@pytest.mark.parametrize(("blocks", "level"), [(False, logging.DEBUG), (True, logging.WARNING)])
async def test_a_socket_that_breaks_or_blocks_stops_neither_the_reply_nor_the_others(
    alice, open_tab, provider, monkeypatch, caplog, blocks, level
):
    caplog.set_level(logging.DEBUG, "chat.replies.run")
    monkeypatch.setattr(runs, "TELL_LIMIT", 0.05)
    provider.script(play("slow", text="to the end", rate=40))
    tab, audience = await open_tab(alice), Broken(blocks)
    sent = await tab.send("Hello")
    run = replies.current().run_of(uuid.UUID(sent["reply"]))
    own = run._watchers.copy()
    run._watchers.clear()
    await run.watch("broken", audience, 1)
    run._watchers |= own
    audience.broken = True
    assert (await tab.until("ended"))["status"] == "complete"
    assert (await Message.objects.aget(uuid=sent["reply"])).text == "to the end"
    assert [record.levelno for record in caplog.records if "is dropped" in record.message] == [level]


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

    async def send_ended(self, reply, status, error):
        pass


async def test_a_reply_ends_although_the_clocks_cancellation_is_lost(alice, open_tab, provider):
    provider.script(play("slow", text="to the end", rate=40))
    tab, audience = await open_tab(alice), Swallower()
    sent = await tab.send("Hello")
    await replies.current().run_of(uuid.UUID(sent["reply"])).watch("swallows", audience, 1)
    assert (await tab.until("ended"))["status"] == "complete"
    assert audience.lost == 1


async def test_a_stop_is_obeyed_although_its_cancellation_is_lost(alice, open_tab, provider, monkeypatch):
    monkeypatch.setattr(runs.Interval, "BUSY_FROM", 1)
    provider.script(play("slow", text="word " * 200, rate=40))
    tab, audience = await open_tab(alice), Swallower()
    sent = await tab.send("Hello")
    await replies.current().run_of(uuid.UUID(sent["reply"])).watch("swallows", audience, 1)
    audience.telling.clear()
    await audience.telling.wait()
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    assert audience.lost == 1
    assert len((await Message.objects.aget(uuid=sent["reply"])).text) < len("word " * 200)


async def test_a_reader_who_is_behind_gets_the_whole_reply_before_its_end():
    told = []

    class Page:
        async def send_frame(self, text):
            told.append(text)

        async def send_ended(self, reply, status, error):
            told.append(status)

    writer = Writer()
    watcher = Watcher(Page(), Message(), writer, 1)
    await watcher.catch_up()
    for number in range(WINDOW_FRAMES + 5):
        writer.feed(f"word-{number} ", "")
        await watcher.offer(writer.seq, await writer.flush())
    last = f"word-{WINDOW_FRAMES + 4}"
    assert not any(last in frame for frame in told)
    await watcher.end("complete", "")
    assert last in told[-2]
    assert told[-1] == "complete"


async def test_a_socket_that_comes_to_watch_after_the_end_is_told_of_it(alice, say, provider):
    conversation = await sync_to_async(say)(alice, "q", "a")
    told = []

    class Page:
        async def send_frame(self, text):
            told.append("snapshot")

        async def send_ended(self, reply, status, error):
            told.append(status)

    run = Run(conversation, conversation.tip)
    await run.announce_end(Outcome(Status.FAILED, "error"), "here")
    await run.watch("late", Page(), 1)
    assert told == ["snapshot", "failed"]


async def test_a_page_that_hears_of_a_reply_after_its_end_is_shown_it_whole(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await one.send("Hello")
    await one.until("ended")
    await two.say(type="watch", conversation=sent["conversation"], tip=sent["reply"])
    reply = await Message.objects.aget(uuid=sent["reply"])
    await two.say(type="stop", reply=sent["reply"])
    await two.until("error")
    await broadcast.reply_began(reply.conversation_id, reply.pk, "next", "")
    assert 'data-status="complete"' in (await two.until("replaced"))["html"]


async def test_a_text_that_cannot_be_rendered_ends_and_is_kept(alice, open_tab, provider, monkeypatch):
    def fail(*_):
        raise RuntimeError("a fault of the renderer")

    monkeypatch.setattr("chat.markdown.live.LiveHtml.feed", fail)
    provider.script(play("plain", text="kept"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
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
    gone = {"status": Status.RUNNING, "instance": "gone:1", "heartbeat": "2020-01-01T00:00:00Z"}
    await Message.objects.filter(pk=reply.pk).aupdate(**gone)
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
    await broadcast.reply_ended(reply.conversation_id, reply.pk, "another:1")
    assert (await tab.until("ended", "replaced"))["type"] == "ended"
    shown = await tab.until("replaced")
    assert "ab" in shown["html"]
    assert 'data-status="interrupted"' in shown["html"]


async def test_one_frame_that_does_not_fit_beside_what_is_under_way_waits_for_the_reader():
    told = []

    class Reader:
        async def send_frame(self, text):
            told.append(text)

    reply = Message(role=Role.ASSISTANT)
    watcher = Watcher(Reader(), reply, Writer(), 1)
    await watcher.catch_up()
    await watcher.offer(1, "x" * WINDOW_BYTES)
    assert len(told) == 1
    await watcher.acknowledge(0)
    assert len(told) == 2
    assert '"snapshot"' in told[1]


async def test_a_reader_who_keeps_up_gets_a_frame_of_any_length():
    told = []

    class Reader:
        async def send_frame(self, text):
            told.append(text)

    watcher = Watcher(Reader(), Message(role=Role.ASSISTANT), Writer(), 1)
    await watcher.catch_up()
    await watcher.acknowledge(0)
    await watcher.offer(1, "x" * 2 * WINDOW_BYTES)
    assert len(told) == 2
