"""A temporary chat over the socket: it streams as any other, and nobody is told of it."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from django.test import AsyncClient
from django.utils import timezone

from chat.conversations import temporary
from chat.conversations.errors import TemporaryChatsOff
from chat.models import Conversation, Message, ModelRequest, PushSubscription, SearchEntry, Status
from chat.models.limits import Counter
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


async def begin(tab, text="A question"):
    """Return the `sent` of a first message, or what is said instead."""
    await tab.say(type="send", client_id=str(uuid.uuid4()), text=text, temporary=True)
    return await tab.until("sent", "error")


async def events_until_quiet(tab):
    found = []
    while not await tab.socket.receive_nothing(timeout=0.3):
        found.append(await tab.event())
    return {event["type"] for event in found if isinstance(event, dict)}


async def test_it_streams_and_is_told_to_no_list_no_index_and_no_notifier(alice, open_tab, provider):
    provider.script(play("plain", text="An answer"))
    tab, other = await open_tab(alice), await open_tab(alice)
    sent = await begin(tab)
    await tab.until("ended")
    row = await Conversation.objects.aget(uuid=sent["conversation"])
    assert (row.temporary, row.recorded, row.title, row.reply_unseen) == (True, False, "", False)
    assert await events_until_quiet(other) == set()
    assert not await SearchEntry.objects.aexists()
    # One request: none for a title, and none counted
    assert len(provider.requests) == 1
    assert await ModelRequest.objects.acount() == 1
    assert {counter.count async for counter in Counter.objects.all()} == {1}


async def test_its_second_message_edit_retry_and_continue_are_as_quiet(alice, open_tab, provider):
    tab, other = await open_tab(alice), await open_tab(alice)
    sent = await begin(tab)
    await tab.until("ended")
    provider.script(play("hang", at="middle"))
    second = await tab.send("More", sent["conversation"], sent["reply"])
    # Stopped before it is asked for, what hangs would be left for the next
    await until(lambda: len(provider.requests) == 2)
    await tab.say(type="stop", reply=second["reply"])
    await tab.until("ended")
    await tab.say(type="continue", reply=second["reply"])
    await tab.until("ended")
    await tab.say(type="retry", client_id=str(uuid.uuid4()), reply=second["reply"])
    retried = await tab.until("sent")
    await tab.until("ended")
    edit = {"message": second["message"], "text": "Other words", "tip": retried["reply"]}
    await tab.say(type="edit", client_id=str(uuid.uuid4()), **edit)
    assert (await tab.until("sent", "error"))["type"] == "sent"
    await tab.until("ended")
    assert await events_until_quiet(other) == set()
    assert not await SearchEntry.objects.aexists()
    assert (await Conversation.objects.aget()).title == ""


async def test_another_device_of_its_owner_follows_it_live_by_its_address(alice, charlie, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab, phone, stranger = await open_tab(alice), await open_tab(alice), await open_tab(charlie)
    sent = await begin(tab)
    for other in (phone, stranger):
        await other.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    assert (await phone.until("snapshot"))["reply"] == sent["reply"]
    assert (await stranger.until("error"))["code"] == "not_found"
    await phone.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == Status.STOPPED


async def test_it_stays_while_a_page_shows_it_and_an_hour_from_its_closing(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(temporary, "BEAT", timedelta(seconds=0.05))
    tab = await open_tab(alice)
    sent = await begin(tab)
    await tab.until("ended")
    rows = Conversation.objects.filter(uuid=sent["conversation"])
    for close in (False, True):
        before = timezone.now()
        await rows.aupdate(page_seen_at=before - temporary.UNSEEN_FOR)
        if close:
            monkeypatch.setattr(temporary, "BEAT", timedelta(hours=1))
            await tab.say(type="watch", conversation=None)
        async with asyncio.timeout(LIMIT):
            while (await rows.aget()).page_seen_at < before:
                await asyncio.sleep(0.01)
        assert await rows.filter(page_seen_at__gte=before, deleted_at=None).aexists()


async def test_nobody_is_pushed_a_note_of_it(alice, open_tab, provider, monkeypatch):
    told = []
    monkeypatch.setattr(
        "chat.notifications.sender.Notifier.reply_ended", lambda *told_of: told.append(told_of)
    )
    await PushSubscription.objects.acreate(owner=alice, endpoint="https://push.example/1", session="s")
    tab = await open_tab(alice)
    await begin(tab)
    await tab.until("ended")
    await events_until_quiet(tab)
    assert told == []


async def test_where_it_is_forbidden_the_words_are_refused_and_nothing_is_kept(
    alice, open_tab, provider, settings
):
    settings.TEMPORARY_CHATS = "off"
    tab = await open_tab(alice)
    assert (await begin(tab))["code"] == TemporaryChatsOff.code
    assert not await Message.objects.aexists()


async def test_without_a_script_it_is_begun_by_its_form(alice, provider):
    provider.script(play("plain", text="An answer"))
    client = AsyncClient()
    await client.aforce_login(alice)
    page = (await client.get("/?temporary=1")).content.decode()
    assert 'action="/?temporary=1"' in page
    answer = await client.post("/?temporary=1", {"text": "", "client_id": str(uuid.uuid4())})
    assert 'action="/?temporary=1"' in answer.content.decode()
    answer = await client.post("/?temporary=1", {"text": "Plain words", "client_id": str(uuid.uuid4())})
    assert answer.status_code == 303
    assert (await Conversation.objects.aget()).temporary
    page = (await client.get(answer.url)).content.decode()
    assert "Plain words" in page
    assert str(await Conversation.objects.aget()) in page
