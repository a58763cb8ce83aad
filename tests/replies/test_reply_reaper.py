"""Replies that nobody writes any more are marked interrupted, by exactly one party."""

import asyncio
import threading
import time
import uuid
from datetime import timedelta

import pytest
from aiohttp import web
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from chat import replies
from chat.core import database
from chat.models import Generation, Message, ModelRequest, Role, SearchEntry, Status
from chat.replies import actions, reaper
from chat.replies.checkpoint import Checkpoint, Checkpointer, Ending
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT


def running(conversation, worker, age=0):
    reply = Message.objects.create(
        conversation=conversation, parent=conversation.tip, role=Role.ASSISTANT, status=Status.RUNNING
    )
    Generation.objects.create(reply=reply, worker=worker, heartbeat=Now() - timedelta(seconds=age))
    return reply


def state(reply):
    return Message.objects.get(pk=reply.pk).status


@pytest.mark.fault(5)
@pytest.mark.django_db
def test_a_reply_with_a_cold_heartbeat_is_interrupted_and_a_warm_one_left_alone(alice, say):
    conversation = say(alice, "q")
    stale, fresh = running(conversation, "a:1", age=11), running(conversation, "b:1", age=5)
    assert reaper.reap_stale() == [(conversation.pk, stale.pk)]
    assert (state(stale), state(fresh)) == (Status.INTERRUPTED, Status.RUNNING)


@pytest.mark.fault(17)
@pytest.mark.django_db
def test_a_process_does_not_take_its_own_replies_for_dead_after_the_database_was_locked(alice, say):
    conversation = say(alice, "q")
    mine, orphan = (running(conversation, "a:1", age=11) for _ in range(2))
    assert reaper.reap_stale([mine.pk]) == [(conversation.pk, orphan.pk)]
    assert state(mine) == Status.RUNNING


@pytest.mark.fault(2)
@pytest.mark.django_db
def test_a_process_ends_what_its_predecessor_left_in_the_same_slot_only(alice, say):
    conversation = say(alice, "q")
    mine, before, other = (running(conversation, name) for name in ("a:new", "a:old", "ab:old"))
    assert reaper.interrupt_predecessors("a", "a:new") == [(conversation.pk, before.pk)]
    assert [state(reply) for reply in (mine, before, other)] == [
        Status.RUNNING,
        Status.INTERRUPTED,
        Status.RUNNING,
    ]


@pytest.mark.django_db(transaction=True)
async def test_stopping_the_engine_writes_down_what_was_said_so_far(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    while not isinstance(await tab.event(), list):
        pass
    await replies.shut_down()
    reply = await Message.objects.aget(uuid=sent["reply"])
    assert (reply.status, reply.text) == (Status.INTERRUPTED, "ab")
    await asyncio.wait_for(provider.closed_by_client.wait(), 1)


@pytest.fixture
async def checkpointer():
    lost = []
    made = Checkpointer("a:1", lambda: [], lambda: made.ids, lambda ids, _: lost.extend(ids))
    made.ids, made.told = [], lost
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await made.close()


@pytest.mark.fault(7)
@pytest.mark.django_db(transaction=True)
async def test_of_two_endings_one_wins(alice, say, checkpointer):
    conversation = await sync_to_async(say)(alice, "q")
    reply = await sync_to_async(running)(conversation, "a:1")
    endings = [Ending(reply.pk, {"status": status}, {}) for status in (Status.COMPLETE, Status.STOPPED)]
    assert await asyncio.gather(*map(checkpointer.finish, endings)) == [True, False]
    assert await sync_to_async(state)(reply) == Status.COMPLETE


@pytest.mark.django_db(transaction=True)
async def test_of_endings_that_come_together_each_gets_what_is_its_own(alice, say, checkpointer):
    conversation = await sync_to_async(say)(alice, "q")
    replies = [await sync_to_async(running)(conversation, worker) for worker in ("a:1", "b:1", "a:1", "a:1")]
    await Message.objects.filter(pk=replies[2].pk).aupdate(status=Status.INTERRUPTED, text="so far")
    endings = [
        Ending(
            reply.pk,
            {"status": Status.COMPLETE, "text": f"answer {number}"},
            {"seq": number},
            {"provider": "p", "model": "m", "sent_at": timezone.now(), "message_ids": [number]},
        )
        for number, reply in enumerate(replies)
    ]
    assert await asyncio.gather(*map(checkpointer.finish, endings)) == [True, False, False, True]
    requests = {row.reply_id: row.message_ids async for row in ModelRequest.objects.all()}
    assert requests == {replies[number].pk: [number] for number in (0, 2, 3)}
    entries = SearchEntry.objects.filter(message__in=replies).order_by("pk")
    assert [row.message_id async for row in entries] == [replies[number].pk for number in (0, 2, 3)]
    rows = Message.objects.filter(pk__in=[reply.pk for reply in replies]).order_by("pk")
    found = [(row.status, row.text, row.generation.seq) async for row in rows.select_related("generation")]
    assert found == [
        (Status.COMPLETE, "answer 0", 0),
        (Status.RUNNING, "", 0),
        (Status.INTERRUPTED, "answer 2", 2),
        (Status.COMPLETE, "answer 3", 3),
    ]


@pytest.mark.fault(7)
@pytest.mark.django_db(transaction=True)
async def test_a_reply_that_another_process_ended_is_neither_written_nor_revived(alice, say, checkpointer):
    conversation = await sync_to_async(say)(alice, "q")
    reply = await sync_to_async(running)(conversation, "a:1")
    await Message.objects.filter(pk=reply.pk).aupdate(status=Status.INTERRUPTED, text="kept")
    checkpointer.ids = [reply.pk]
    point = Checkpoint(reply.pk, "overwritten", "", 9)
    lost = await asyncio.to_thread(checkpointer._transaction, [point], [reply.pk], [])
    assert lost == {reply.pk}
    assert (await Message.objects.aget(pk=reply.pk)).text == "kept"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [Status.INTERRUPTED, Status.STOPPED])
async def test_the_text_that_was_shown_is_kept_when_another_process_ended_the_reply(
    alice, say, checkpointer, status
):
    conversation = await sync_to_async(say)(alice, "q")
    reply = await sync_to_async(running)(conversation, "a:1")
    await Message.objects.filter(pk=reply.pk).aupdate(status=status, text="so far")
    ending = Ending(
        reply.pk, {"status": Status.COMPLETE, "text": "so far, and more"}, {"seq": 9, "tokens_out": 4}
    )
    assert await checkpointer.finish(ending) is False
    reply = await Message.objects.select_related("generation").aget(pk=reply.pk)
    assert (reply.status, reply.text) == (status, "so far, and more")
    assert (reply.generation.seq, reply.generation.tokens_out) == (9, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", [{"worker": "b:1"}, {"status": Status.COMPLETE}])
async def test_a_reply_that_another_process_writes_or_has_ended_well_is_left_as_it_is(
    alice, say, checkpointer, taken
):
    conversation = await sync_to_async(say)(alice, "q")
    reply = await sync_to_async(running)(conversation, "a:1")
    status = taken.get("status", Status.INTERRUPTED)
    await Message.objects.filter(pk=reply.pk).aupdate(text="theirs", status=status)
    await Generation.objects.filter(reply=reply).aupdate(worker=taken.get("worker", "a:1"))
    ending = Ending(reply.pk, {"status": Status.STOPPED, "text": "ours"}, {})
    assert await checkpointer.finish(ending) is False
    assert (await Message.objects.aget(pk=reply.pk)).text == "theirs"


@pytest.mark.django_db(transaction=True)
async def test_an_ending_that_the_database_refuses_does_not_hold_up_the_others(alice, say, checkpointer):
    conversation = await sync_to_async(say)(alice, "q")
    good, bad = [await sync_to_async(running)(conversation, "a:1") for _ in range(2)]
    checkpointer.ids = [good.pk, bad.pk]
    endings = [
        Ending(bad.pk, {"status": Status.COMPLETE, "text": "\ud800"}, {}),
        Ending(good.pk, {"status": Status.COMPLETE, "text": "whole"}, {}),
    ]
    async with asyncio.timeout(LIMIT):
        assert await asyncio.gather(*map(checkpointer.finish, endings)) == [True, True]
    assert (await Message.objects.aget(pk=good.pk)).text == "whole"
    assert await sync_to_async(state)(bad) == Status.FAILED
    assert checkpointer.told == []


@pytest.mark.fault(17)
@pytest.mark.django_db(transaction=True)
async def test_a_checkpoint_that_a_locked_database_did_not_take_is_written_later(
    alice, say, checkpointer, monkeypatch
):
    conversation = await sync_to_async(say)(alice, "q")
    reply = await sync_to_async(running)(conversation, "a:1")
    transaction = checkpointer._transaction

    def locked(*arguments):
        monkeypatch.setattr(checkpointer, "_transaction", transaction)
        raise OperationalError("database is locked")

    monkeypatch.setattr(checkpointer, "_transaction", locked)
    await checkpointer._write([Checkpoint(reply.pk, "kept", "", 1)])
    checkpointer.ids = [reply.pk]
    await checkpointer._write([])
    assert (await Message.objects.aget(pk=reply.pk)).text == "kept"


async def test_an_engine_that_cannot_start_leaves_no_demo_behind(settings, monkeypatch):
    def locked(*_):
        raise OperationalError("database is locked")

    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    settings.OLLAMA_BASE_URL = "http://127.0.0.1:9/v1"
    stopped = []
    clean_up = web.AppRunner.cleanup

    async def clean_up_and_tell(runner):
        await clean_up(runner)
        stopped.append(runner)

    monkeypatch.setattr(web.AppRunner, "cleanup", clean_up_and_tell)
    monkeypatch.setattr(reaper, "interrupt_predecessors", locked)
    with pytest.raises(OperationalError):
        await replies.start_up()
    assert len(stopped) == 1
    assert replies.current() is None


@pytest.mark.django_db(transaction=True)
async def test_stopping_the_engine_waits_for_what_is_being_saved(alice, open_tab, provider, monkeypatch):
    begun, saved = threading.Event(), []

    def save_slowly(*_):
        begun.set()
        time.sleep(0.2)
        saved.append(True)

    monkeypatch.setattr("chat.conversations.actions.set_made_titles", save_slowly)
    tab = await open_tab(alice)
    await tab.send("Hello")
    await asyncio.to_thread(begun.wait, 5)
    await replies.shut_down()
    assert saved


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command",
    [{"type": "send", "client_id": uuid.uuid4(), "text": "Hello"}, {"type": "watch"}],
    ids=["send", "watch"],
)
async def test_what_is_asked_while_the_engine_stops_is_left_for_the_next_process(
    alice, open_tab, provider, caplog, command
):
    tab = await open_tab(alice)
    await replies.shut_down()
    await tab.say(**command)
    assert await tab.closed() == 4012
    assert "failed" not in caplog.text
    assert not await Message.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_a_reply_that_is_being_saved_when_the_engine_stops_ends_with_it(
    alice, open_tab, provider, monkeypatch
):
    begun, send = threading.Event(), actions.send

    def save_slowly(*arguments, **more):
        begun.set()
        time.sleep(0.2)
        return send(*arguments, **more)

    monkeypatch.setattr(actions, "send", save_slowly)
    tab = await open_tab(alice)
    await tab.say(type="send", client_id=uuid.uuid4(), text="Hello")
    await asyncio.to_thread(begun.wait, 5)
    await replies.shut_down()
    reply = await Message.objects.aget(role=Role.ASSISTANT)
    assert reply.status == Status.INTERRUPTED


@pytest.mark.django_db(transaction=True)
async def test_what_breaks_in_the_checkpoints_thread_leaves_no_broken_connection_there(checkpointer):
    def find_it_broken():
        connection.ensure_connection()
        connection.connection.close()
        raise OperationalError("the connection is closed")

    with pytest.raises(OperationalError):
        await checkpointer.in_thread(find_it_broken)
    assert await checkpointer.in_thread(Message.objects.count) == 0


async def test_when_the_database_breaks_off_what_waits_in_the_pool_is_renewed(checkpointer, monkeypatch):
    drained = []

    class Pool:
        closed = False

        def drain(self):
            drained.append(True)

    def break_off():
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(database, "_pool", Pool)
    with pytest.raises(OperationalError):
        await checkpointer.in_thread(break_off)
    assert drained == [True]


async def test_the_checkpoints_thread_does_without_the_pool_which_rests_when_a_connection_is_broken(
    checkpointer, monkeypatch
):
    options = connections.settings["default"]["OPTIONS"]
    monkeypatch.setitem(options, "pool", {"max_size": 8})
    own = await checkpointer.in_thread(lambda: dict(connection.settings_dict["OPTIONS"]))
    kept = {name: value for name, value in options.items() if name != "pool"}
    assert own == kept | {"options": "-c lock_timeout=1s"}
