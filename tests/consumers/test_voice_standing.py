"""Open voice sockets obey: log-out, suspension, the end of the process, and the number of sockets."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from chat import replies
from chat.moderation import actions as moderation
from chat.voice.clips import memory
from gptsite.asgi import application
from tests.conftest import browser_of
from tests.support.scripted_speech import play
from tests.support.voice_tab import SECOND, VoiceTab
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_without_a_session_the_socket_closes_with_log_in(provider):
    tab = VoiceTab(Client())
    connected, _ = await tab.socket.connect(timeout=LIMIT)
    assert connected
    assert await tab.closed() == 4401


async def test_another_origin_is_refused(alice, provider):
    client = await sync_to_async(browser_of)(alice)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"origin", b"https://evil.example"), (b"host", b"127.0.0.1"), (b"cookie", cookie)]
    socket = WebsocketCommunicator(application, "/ws/voice/", headers)
    connected, _ = await asyncio.wait_for(socket.connect(), 5)
    assert not connected


async def test_logging_out_closes_the_voice_of_that_session_only_and_ends_what_it_does(
    alice, say, open_voice, speech
):
    client = await sync_to_async(browser_of)(alice)
    here, elsewhere = await open_voice(alice, client), await open_voice(alice)
    speech.hear(play("hang", at="headers"))
    await here.record()
    await until(lambda: speech.clips)
    await sync_to_async(client.post)("/accounts/logout/")
    assert await here.closed() == 4401
    await here.close()
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)
    assert memory.held == 0
    await elsewhere.record()
    assert (await elsewhere.until("words", "error"))["type"] == "words"


async def test_a_deactivated_person_is_out_at_their_next_command(alice, open_voice):
    tab = await open_voice(alice)
    alice.is_active = False
    await alice.asave()
    await tab.say(type="listen", id=1)
    assert await tab.closed() == 4401


async def test_a_suspension_ends_recordings_and_reading_and_says_why(alice, bob, say, open_voice, speech):
    speech.words = speech.sound = play("hang", at="headers")
    answer = (await sync_to_async(say)(alice, "Count", "One. Two.")).tip
    tab = await open_voice(alice)
    await tab.say(type="listen", id=50)
    await tab.sound(50, bytes(SECOND))
    clip, reading = await tab.record(), await tab.read(answer.uuid)
    await until(lambda: speech.clips and speech.texts)
    ends_at = timezone.now() + timedelta(days=2)
    await sync_to_async(moderation.suspend)(alice, ends_at, "Spam", bob)
    told = [await tab.next() for _ in range(3)]
    assert {event["id"] for event in told} == {50, clip, reading}
    assert {(event["type"], event["code"]) for event in told} == {("error", "suspended")}
    assert all("Spam" in event["text"] for event in told)
    await until(lambda: speech.client_closes >= 2)
    assert memory.held == 0


@pytest.mark.parametrize(
    "command",
    [
        {"type": "listen"},
        {"type": "finish"},
        {"type": "read", "message": "6f0c1f0e-0000-4000-8000-000000000000"},
        {"type": "try", "text": "Hello"},
    ],
    ids=lambda command: command["type"],
)
async def test_a_suspended_person_has_nothing_recognised_or_read(alice, open_voice, speech, command):
    alice.suspended_until = timezone.now() + timedelta(days=2)
    await alice.asave()
    tab = await open_voice(alice)
    await tab.say(id=1, **command)
    refused = await tab.next()
    assert (refused["type"], refused["code"], refused["id"]) == ("error", "suspended", 1)
    assert refused["text"].endswith(".")
    assert speech.clips == speech.texts == []


async def test_sound_of_a_suspended_person_is_for_no_recording(alice, open_voice, speech):
    alice.suspended_until = timezone.now() + timedelta(days=2)
    await alice.asave()
    tab = await open_voice(alice)
    await tab.sound(1, bytes(SECOND))
    assert (await tab.next())["code"] == "unknown_clip"
    assert memory.held == 0


async def test_a_process_that_ends_takes_no_more_recordings(alice, open_voice):
    tab = await open_voice(alice)
    engine = replies.current()
    engine.is_draining = True
    await tab.say(type="listen", id=1)
    assert await tab.closed() == 4012


async def test_voice_sockets_count_as_a_persons_sockets(alice, open_tab, open_voice, settings):
    settings.SOCKETS_PER_PERSON = 2
    client = await sync_to_async(browser_of)(alice)
    await open_tab(alice, client)
    await open_voice(alice, client)
    third = VoiceTab(client)
    connected, _ = await third.socket.connect(timeout=LIMIT)
    assert connected
    assert await third.closed() == 4429


async def test_sound_of_a_stranger_is_in_nobodys_recording(alice, charlie, open_voice, speech):
    hers, his = await open_voice(alice), await open_voice(charlie)
    await hers.say(type="listen", id=1)
    await hers.sound(1, b"\1\1" * (SECOND // 2))
    await until(lambda: memory.held >= SECOND)
    await his.sound(1, b"\2\2" * (SECOND // 2))
    await his.say(type="finish", id=1)
    assert [(await his.next())["code"] for _ in range(2)] == ["unknown_clip"] * 2
    await hers.say(type="finish", id=1)
    await hers.until("words")
    assert [set(clip.pcm) for clip in speech.clips] == [{1}]


async def test_sound_of_nobody_is_not_taken(provider):
    tab = VoiceTab(Client())
    await tab.socket.connect(timeout=LIMIT)
    await tab.sound(1, bytes(SECOND))
    assert await tab.closed() == 4401
    assert memory.held == 0
