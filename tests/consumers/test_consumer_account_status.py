"""Open sockets obey: log-out, new password, deactivation, suspension."""

import asyncio
import threading
from collections import OrderedDict
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from chat.accounts.adapter import end_sessions
from chat.conversations import actions as conversations
from chat.models import Message
from chat.moderation import actions as moderation
from chat.realtime import layer, layer_messages
from chat.web import sessions
from gptsite.asgi import application
from tests.conftest import PASSWORD, Tab, browser_of
from tests.support.scripted_provider import play
from tests.support.voice_tab import VoiceTab
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_without_a_session_the_socket_closes_with_log_in(provider):
    tab = Tab(Client())
    connected, _ = await tab.socket.connect(timeout=LIMIT)
    assert connected
    assert await tab.closed() == 4401


@pytest.mark.fault(34)
async def test_logging_out_closes_the_tabs_of_that_session_only(alice, open_tab):
    client = await sync_to_async(browser_of)(alice)
    here, elsewhere = await open_tab(alice, client), await open_tab(alice)
    await sync_to_async(client.post)("/accounts/logout/")
    assert await here.closed() == 4401
    assert (await elsewhere.send("Still in"))["type"] == "sent"


async def test_a_new_password_closes_the_other_sessions_sockets(alice, open_tab):
    client = await sync_to_async(browser_of)(alice)
    other = await open_tab(alice)
    form = {
        "oldpassword": PASSWORD,
        "password1": "another horse 8 battery",
        "password2": "another horse 8 battery",
    }
    answer = await sync_to_async(client.post)("/accounts/password/change/", form)
    assert answer.status_code == 302
    assert await other.closed() == 4401


async def test_a_deactivated_person_is_out_at_their_next_command(alice, open_tab):
    tab = await open_tab(alice)
    alice.is_active = False
    await alice.asave()
    await tab.say(type="watch")
    assert await tab.closed() == 4401


async def test_a_session_that_ended_without_a_word_is_noticed_by_the_watchdog(alice, open_tab, monkeypatch):
    monkeypatch.setattr("chat.consumers.person.ACCOUNT_STATUS_INTERVAL", 0.1)
    client = await sync_to_async(browser_of)(alice)
    tab = await open_tab(alice, client)
    await sync_to_async(lambda: client.session.delete())()
    assert await tab.closed() == 4401


async def test_a_suspended_person_is_told_at_once_can_read_and_cannot_send(alice, bob, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("Before")
    await tab.until("ended")
    until = timezone.now() + timedelta(days=2)
    await sync_to_async(moderation.suspend)(alice, until, "Spam", bob)
    status = await tab.until("standing")
    assert status["may_send"] is False
    assert "Spam" in status["text"]
    refused = await tab.send("After", sent["conversation"], sent["reply"])
    assert refused["code"] == "suspended"
    assert not await Message.objects.filter(text="After").aexists()
    await tab.say(type="watch", conversation=sent["conversation"])
    assert (await tab.until("stale", "error"))["type"] == "stale"


async def test_a_lifted_suspension_is_told_too(alice, bob, open_tab):
    tab = await open_tab(alice)
    until = timezone.now() + timedelta(days=2)
    await sync_to_async(moderation.suspend)(alice, until, "Spam", bob)
    await tab.until("standing")
    await sync_to_async(moderation.lift_suspension)(alice, bob)
    assert (await tab.until("standing"))["may_send"] is True


async def test_a_suspension_that_is_over_is_told_by_the_watchdog(alice, open_tab, monkeypatch):
    monkeypatch.setattr("chat.consumers.person.ACCOUNT_STATUS_INTERVAL", 0.1)
    alice.suspended_until = timezone.now() + timedelta(seconds=1)
    await alice.asave()
    tab = await open_tab(alice)
    told = [(await tab.until("standing"))["may_send"] for _ in range(2)]
    assert told == [False, True]


async def test_a_hidden_message_is_shown_as_such_at_once(alice, bob, open_tab, provider):
    provider.script(play("plain", text="something awful"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    message = await Message.objects.select_related("conversation").aget(uuid=sent["reply"])
    await sync_to_async(moderation.hide)(message, bob)
    replaced = await tab.until("replaced")
    assert replaced["message"] == sent["reply"]
    assert "something awful" not in replaced["html"]


async def test_another_origin_is_refused(alice):
    client = await sync_to_async(browser_of)(alice)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"origin", b"https://evil.example"), (b"host", b"127.0.0.1"), (b"cookie", cookie)]
    socket = WebsocketCommunicator(application, "/ws/chat/", headers)
    connected, _ = await asyncio.wait_for(socket.connect(), 5)
    assert not connected


async def test_a_suspended_person_is_told_the_time_by_their_own_clock(alice, bob, open_tab):
    client = await sync_to_async(browser_of)(alice)
    client.cookies["timezone"] = "Asia/Tokyo"
    tab = await open_tab(alice, client)
    until = timezone.now().replace(hour=12, minute=34) + timedelta(days=3)
    await sync_to_async(moderation.suspend)(alice, until, "Enough", by=bob)
    assert "9:34 PM JST" in (await tab.until("standing"))["text"]


async def being_written(tab, provider):
    provider.script(play("hang", at="middle"))
    sent = await tab.send("Hello")
    while "b</p>" not in str(await tab.event()):
        pass
    return sent["reply"]


async def ended_as(reply):
    message = await Message.objects.aget(uuid=reply)
    return message.status, message.text


@pytest.mark.fault(34)
async def test_logging_out_ends_what_was_asked_for_in_that_session(alice, open_tab, provider):
    client = await sync_to_async(browser_of)(alice)
    here, elsewhere = await open_tab(alice, client), await open_tab(alice)
    mine, theirs = await being_written(here, provider), await being_written(elsewhere, provider)
    await sync_to_async(client.post)("/accounts/logout/")
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)
    while await ended_as(mine) != ("interrupted", "ab"):
        await asyncio.sleep(0.02)
    assert (await ended_as(theirs))[0] == "running"


@pytest.mark.fault(34)
async def test_a_suspension_ends_what_is_being_written_and_keeps_it(alice, bob, open_tab, provider):
    tab = await open_tab(alice)
    reply = await being_written(tab, provider)
    until = timezone.now() + timedelta(days=1)
    await sync_to_async(moderation.suspend)(alice, until, "Enough", by=bob)
    assert (await tab.until("ended"))["status"] == "interrupted"
    assert await ended_as(reply) == ("interrupted", "ab")
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)


@pytest.mark.fault(34)
async def test_a_deactivation_ends_what_is_being_written(alice, open_tab, provider):
    tab = await open_tab(alice)
    reply = await being_written(tab, provider)
    alice.is_active = False
    await alice.asave()
    assert (await tab.until("ended"))["status"] == "interrupted"
    assert await ended_as(reply) == ("interrupted", "ab")
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)


@pytest.mark.fault(34)
async def test_an_account_that_is_removed_takes_its_reply_with_it(alice, open_tab, provider):
    tab = await open_tab(alice)
    await being_written(tab, provider)
    await alice.adelete()
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)
    assert not await Message.objects.aexists()


@pytest.fixture
def held(monkeypatch):
    """Hold what a tab asks for when it comes into view; gives what is set when that has begun, and lets it go."""
    begun, may_end = threading.Event(), threading.Event()
    progress = conversations.progress

    def hold(user):
        begun.set()
        may_end.wait(30)
        return progress(user)

    monkeypatch.setattr(conversations, "progress", hold)
    yield begun, may_end
    may_end.set()


async def test_nothing_is_sent_after_the_end_of_a_session_that_was_under_way_before_or_comes_later(
    alice, open_tab, provider, held
):
    provider.script(play("slow", text="word " * 400, rate=20))
    client = await sync_to_async(browser_of)(alice)
    here, elsewhere = await open_tab(alice, client), await open_tab(alice)
    sent = await elsewhere.send("Hello")
    await here.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    while not isinstance(await here.event(), list):  # a patch
        pass
    begun, may_end = held
    await here.say(type="presence", visible=True)
    await until(begun.is_set)
    group, hint = layer.person_group(alice.pk), layer_messages.Frame('{"type":"projects"}')
    await layer.publish(group, hint)  # waits for the end of the command
    await sync_to_async(client.post)("/accounts/logout/")
    await layer.publish(group, hint)
    assert await here.closed() == 4401
    may_end.set()
    assert await here.socket.receive_nothing(timeout=0.5)
    await elsewhere.say(type="stop", reply=sent["reply"])
    await elsewhere.until("ended")


def once_looked_up(monkeypatch, do):
    """Do something as soon as a socket that opens has been told whose it is."""
    look = sessions.reader_of

    def then(session):
        found = look(session)
        do()
        return found

    monkeypatch.setattr(sessions, "reader_of", then)


@pytest.mark.parametrize("kind", [Tab, VoiceTab])
@pytest.mark.parametrize("how", ["log out", "deactivate", "new password"])
@pytest.mark.parametrize("known", [True, False])
async def test_a_session_that_ends_while_its_socket_opens_is_noticed_at_once(
    alice, provider, monkeypatch, kind, how, known
):
    """Also where the process has made pages for the session, and knows whose it was."""
    client = await sync_to_async(browser_of)(alice)
    await sync_to_async(client.get)("/")
    if not known:
        monkeypatch.setattr(sessions, "_known", OrderedDict())

    def end():
        if how == "log out":
            client.post("/accounts/logout/")
            return
        alice.is_active = how != "deactivate"
        alice.set_password("another horse 8 battery")
        alice.save()
        end_sessions(alice)

    once_looked_up(monkeypatch, end)
    tab = kind(client)
    await tab.socket.connect(timeout=LIMIT)
    said = await tab.socket.receive_output(LIMIT)
    assert (said["type"], said.get("code")) == ("websocket.close", 4401)
    await tab.close()


async def test_a_suspension_that_begins_while_a_socket_opens_is_told_at_once(
    alice, bob, provider, open_tab, monkeypatch
):
    until = timezone.now() + timedelta(days=2)
    once_looked_up(monkeypatch, lambda: moderation.suspend(alice, until, "Spam", bob))
    tab = await open_tab(alice)
    assert (await tab.until("standing"))["may_send"] is False
