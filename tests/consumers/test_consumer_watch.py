"""Looking at a conversation over the socket."""

import asyncio
import gc
import uuid

import pytest

from chat import replies
from chat.consumers.subscription import Subscription
from chat.models import Message
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_that_shows_less_than_there_is_hears_that_it_is_stale(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    first = await one.send("One")
    await one.until("ended")
    await one.send("Two", conversation=first["conversation"], parent=first["reply"])
    await two.say(type="watch", conversation=first["conversation"], tip=first["reply"])
    assert (await two.until("stale"))["conversation"] == first["conversation"]


async def test_a_reply_that_ended_while_nobody_looked_comes_whole(alice, open_tab, provider):
    provider.script(play("plain", text="All of it"))
    one, two = await open_tab(alice), await open_tab(alice)
    first = await one.send("One")
    await one.until("ended")
    await two.say(type="watch", conversation=first["conversation"], tip=first["reply"], running=True)
    replaced = await two.until("replaced")
    assert replaced["message"] == first["reply"]
    assert "All of it" in replaced["html"]


async def test_a_stranger_sees_nothing_of_a_reply_and_the_same_refusal_as_for_a_random_id(
    alice, charlie, open_tab, provider
):
    provider.default = play("plain", text="secret " * 40, rate=40)
    owner, stranger = await open_tab(alice), await open_tab(charlie)
    sent = await owner.send("Hello")
    refusals = []
    for conversation in (sent["conversation"], uuid.uuid4()):
        await stranger.say(type="watch", conversation=conversation, tip=sent["reply"], running=True)
        error = await stranger.until("error")
        refusals.append((error["code"], error["text"]))
    assert refusals[0] == refusals[1]
    await stranger.say(type="ack", handle=1, seq=1)
    await owner.until("ended")
    assert await stranger.socket.receive_nothing(0.1)


async def test_a_stranger_can_neither_send_into_a_conversation_nor_after_its_messages(
    alice, charlie, open_tab, provider
):
    owner, stranger = await open_tab(alice), await open_tab(charlie)
    sent = await owner.send("Hello")
    await owner.until("ended")
    refused = await stranger.send("Mine", conversation=sent["conversation"], parent=sent["reply"])
    assert refused["code"] == "not_found"
    theirs = await stranger.send("My own")
    await stranger.until("ended")
    refused = await stranger.send("Mine", conversation=theirs["conversation"], parent=sent["reply"])
    assert refused["code"] == "newer_messages"
    assert not await Message.objects.filter(text="Mine").aexists()


@pytest.mark.fault(29)
async def test_a_reader_who_lags_gets_no_more_patches_but_a_snapshot_once_it_catches_up(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr("chat.replies.subscribers.WINDOW_FRAMES", 2)
    provider.script(play("plain", text="word " * 60, rate=40))
    tab = await open_tab(alice)
    await tab.send("Hello")
    snapshot = await tab.until("snapshot")
    patch = await tab.event()
    while not isinstance(patch, list):
        patch = await tab.event()
    writer = replies.current().running_reply(uuid.UUID(snapshot["reply"])).writer
    while writer.seq < patch[1] + 3:
        await asyncio.sleep(0.01)
    await tab.say(type="ack", handle=snapshot["handle"], seq=patch[1])
    later = await tab.until("snapshot")
    assert later["seq"] > patch[1] + 1
    assert "word" in later["blocks"][0]


async def test_a_socket_remembers_no_reply_that_has_ended(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent, handles = {"conversation": None, "reply": None}, []
    for text in ("One", "Two", "Three"):
        sent = await tab.send(text, conversation=sent["conversation"], parent=sent["reply"])
        handles.append((await tab.until("snapshot"))["handle"])
        await tab.until("ended")
    # None is given twice: what comes late of an ended reply would be taken for another
    assert handles == [1, 2, 3]
    # By type(): isinstance() would ask lazy objects of others for their class, which evaluates them
    of_all_sockets = [found._handles for found in gc.get_objects() if type(found) is Subscription]
    assert {uuid.UUID(sent["reply"]): 3} in of_all_sockets
