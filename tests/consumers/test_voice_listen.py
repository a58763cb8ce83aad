"""Recordings: their words come back, what is too much is refused, and nothing of them stays."""

import asyncio
import json

import pytest

from chat.models import SpeechUsage
from chat.provider.speech.errors import SpeechDown
from chat.voice import clips
from chat.voice.clips import BYTES_A_SECOND, memory
from tests.support.scripted_speech import play
from tests.support.voice_tab import SECOND
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_is_held_in_the_end():
    yield
    assert memory.held == 0


async def final_words(tab):
    while not (words := await tab.until("words"))["final"]:
        pass
    return words


async def test_the_words_of_a_recording_come_while_they_are_found_and_then_all(alice, open_voice, speech):
    speech.words = play("words", text="Please remind me", form="events", pause=0.2)
    tab = await open_voice(alice)
    pcm = bytes(range(256)) * 250
    clip = await tab.record(pcm, language="en")
    so_far = await tab.next()
    assert so_far == {"type": "words", "id": clip, "text": "Please", "final": False}
    final = await final_words(tab)
    assert final == {"type": "words", "id": clip, "text": "Please remind me", "final": True}
    [heard] = speech.clips
    assert (heard.pcm, heard.rate, heard.fields["language"]) == (pcm, 16_000, "en")


async def test_a_recording_without_a_word_in_it_says_so_without_asking_a_service(alice, open_voice, speech):
    tab = await open_voice(alice)
    clip = await tab.record(b"")
    assert await tab.next() == {"type": "words", "id": clip, "text": "", "final": True}
    assert speech.clips == []


async def test_silence_gives_no_words_and_no_error(alice, open_voice, speech):
    speech.words = play("words", text="")
    tab = await open_voice(alice)
    clip = await tab.record(bytes(60 * SECOND))
    assert await tab.next() == {"type": "words", "id": clip, "text": "", "final": True}


async def test_a_recording_that_is_thrown_away_is_asked_of_nobody(alice, open_voice, speech):
    tab = await open_voice(alice)
    await tab.say(type="listen", id=7)
    await tab.sound(7, bytes(SECOND))
    await tab.say(type="discard", id=7)
    await tab.say(type="finish", id=7)
    refused = await tab.next()
    assert (refused["type"], refused["code"], refused["id"]) == ("error", "unknown_clip", 7)
    assert refused["text"].endswith(".")
    assert speech.clips == []


async def test_one_that_is_being_recognised_can_be_thrown_away_too(alice, open_voice, speech):
    speech.words = play("hang", at="headers")
    tab = await open_voice(alice)
    clip = await tab.record()
    await until(lambda: speech.clips)
    await tab.say(type="discard", id=clip)
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)
    assert await tab.is_silent()


async def test_a_page_that_goes_away_takes_its_recordings_along(alice, open_voice, speech):
    speech.words = play("hang", at="headers")
    tab = await open_voice(alice)
    await tab.record()
    await tab.say(type="listen", id=99)
    await tab.sound(99, bytes(SECOND))
    await until(lambda: speech.clips and memory.held == 2 * SECOND)
    await tab.close()
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)
    await until(lambda: memory.held == 0)
    assert len(speech.clips) == 1, "the one that was not finished is asked of nobody"


async def test_eleven_minutes_are_told_once_and_ten_are_recognised(alice, open_voice, speech, monkeypatch):
    monkeypatch.setattr(clips, "LONGEST_CLIP", 2)
    tab = await open_voice(alice)
    await tab.say(type="listen", id=1)
    for _ in range(4):
        await tab.sound(1, bytes(SECOND))
    await tab.say(type="finish", id=1)
    refused = await tab.next()
    assert (refused["code"], refused["id"]) == ("clip_too_long", 1)
    assert (await tab.until("words", "error"))["type"] == "words"
    assert [len(clip.pcm) for clip in speech.clips] == [2 * BYTES_A_SECOND]


async def test_recordings_at_once_have_a_limit(alice, open_voice, speech):
    tab = await open_voice(alice)
    for clip in range(clips.MOST_CLIPS + 1):
        await tab.say(type="listen", id=clip)
    refused = await tab.next()
    assert (refused["code"], refused["id"]) == ("too_many_clips", clips.MOST_CLIPS)


async def test_recordings_that_are_recognised_at_once_have_one_too(alice, open_voice, speech, settings):
    settings.VOICE_CLIPS_AT_ONCE = 1
    speech.hear(play("hang", at="headers"))
    first, second = await open_voice(alice), await open_voice(alice)
    clip = await first.record()
    await until(lambda: speech.clips)
    await second.record()
    assert (await second.next())["code"] == "too_many_clips"
    await first.say(type="discard", id=clip)
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)
    await second.record()
    assert (await second.next())["type"] == "words"


async def test_dictation_of_a_day_has_a_limit_and_is_counted(alice, open_voice, speech, settings):
    settings.VOICE_MINUTES_A_DAY = 1
    tab = await open_voice(alice)
    await tab.record(bytes(61 * SECOND))
    await final_words(tab)
    async with asyncio.timeout(LIMIT):
        while not await SpeechUsage.objects.filter(person=alice, milliseconds=61_000).aexists():
            await asyncio.sleep(0.01)
    await tab.say(type="listen", id=90)
    refused = await tab.next()
    assert (refused["code"], refused["id"]) == ("voice_minutes_used_up", 90)
    assert refused["retry_after"] > 0


async def test_a_recording_that_is_thrown_away_while_it_is_recognised_counts_too(alice, open_voice, speech):
    speech.words = play("hang", at="headers")
    tab = await open_voice(alice)
    clip = await tab.record(bytes(2 * SECOND))
    await until(lambda: speech.clips)
    await tab.say(type="discard", id=clip)
    async with asyncio.timeout(LIMIT):
        while not await SpeechUsage.objects.aexists():
            await asyncio.sleep(0.01)
    counted = await SpeechUsage.objects.aget()
    assert (counted.person_id, counted.milliseconds) == (alice.pk, 2000)


async def test_what_a_service_fails_at_is_not_counted(alice, open_voice, speech):
    speech.hear(play("status", code=500))
    tab = await open_voice(alice)
    await tab.record()
    assert (await tab.next())["type"] == "error"
    assert not await SpeechUsage.objects.aexists()


async def test_recordings_begun_before_the_day_was_used_up_are_not_recognised_after_it(
    alice, open_voice, speech, settings
):
    settings.VOICE_MINUTES_A_DAY = 1
    tab = await open_voice(alice)
    await tab.say(type="listen", id=90)
    await tab.sound(90, bytes(SECOND))
    await tab.record(bytes(61 * SECOND))
    await final_words(tab)
    async with asyncio.timeout(LIMIT):
        while not await SpeechUsage.objects.aexists():
            await asyncio.sleep(0.01)
    await tab.say(type="finish", id=90)
    refused = await tab.next()
    assert (refused["code"], refused["id"]) == ("voice_minutes_used_up", 90)
    assert len(speech.clips) == 1
    assert memory.held == 0


async def test_what_a_service_does_wrong_has_its_sentence_and_the_socket_lives(alice, open_voice, speech):
    speech.hear(play("status", code=500, message="boom"))
    tab = await open_voice(alice)
    clip = await tab.record()
    refused = await tab.next()
    assert (refused["type"], refused["code"], refused["id"]) == ("error", SpeechDown.code, clip)
    assert "boom" not in refused["text"]
    assert refused["request_id"]
    await tab.record()
    assert (await tab.until("words", "error"))["type"] == "words"


async def test_without_a_service_it_is_said(alice, open_voice, settings):
    settings.SPEECH_TO_TEXT_URL = "off"
    tab = await open_voice(alice)
    await tab.record()
    assert (await tab.next())["code"] == "no_recognition"


async def test_what_a_service_sends_is_fit_to_be_stored(alice, open_voice, speech):
    speech.words = play("words", text="a\0b \ud800c")
    tab = await open_voice(alice)
    await tab.record()
    assert (await final_words(tab))["text"] == "a\ufffdb \ufffdc"


async def test_two_recordings_go_their_ways_at_once(alice, open_voice, speech):
    tab = await open_voice(alice)
    await tab.say(type="listen", id=1)
    await tab.say(type="listen", id=2)
    for clip, value in ((1, b"\1\1"), (2, b"\2\2"), (1, b"\1\1")):
        await tab.sound(clip, value * SECOND)
    await tab.say(type="finish", id=2)
    await tab.say(type="finish", id=1)
    assert {(await final_words(tab))["id"] for _ in range(2)} == {1, 2}
    assert {(len(clip.pcm), clip.pcm[:1]) for clip in speech.clips} == {
        (2 * SECOND, b"\2"),
        (4 * SECOND, b"\1"),
    }


BAD_SOUND = {
    "nothing": (b"", "bad_audio"),
    "half a header": (b"\1\0", "bad_audio"),
    "a header alone": (b"\1\0\0\0", "bad_audio"),
    "half a sample": (b"\1\0\0\0\0", "bad_audio"),
    "more than a frame may have": (b"\1\0\0\0" + bytes(64 * 1024 + 2), "frame_too_large"),
    "a recording that nobody began": (b"\x09\0\0\0\0\0", "unknown_clip"),
}


async def test_frames_that_are_no_sound_get_typed_errors_and_the_socket_lives(alice, open_voice, speech):
    tab = await open_voice(alice)
    await tab.say(type="listen", id=1)
    for name, (frame, code) in BAD_SOUND.items():
        await tab.socket.send_input({"type": "websocket.receive", "bytes": frame})
        refused = await tab.next()
        assert (refused["type"], refused["code"]) == ("error", code), name
        assert refused["text"].endswith(".")
    await tab.sound(1, bytes(SECOND))
    await tab.say(type="finish", id=1)
    assert (await tab.until("words", "error"))["type"] == "words"


BAD_COMMANDS = {
    "no JSON": ("{type:", "bad_frame"),
    "null": ("null", "bad_frame"),
    "a command of the other socket": ('{"type":"send"}', "unknown_command"),
    "a field too many": ('{"type":"finish","id":1,"now":true}', "bad_frame"),
    "an id that is negative": ('{"type":"finish","id":-1}', "bad_frame"),
    "an id of 33 bits": ('{"type":"finish","id":4294967296}', "bad_frame"),
    "an id that is a word": ('{"type":"finish","id":"one"}', "bad_frame"),
    "a language that is none": ('{"type":"listen","id":1,"language":"../en"}', "bad_frame"),
    "a language with a line after it": ('{"type":"listen","id":1,"language":"en\\n"}', "bad_frame"),
    "a purpose that is none": ('{"type":"listen","id":1,"purpose":"spy"}', "bad_frame"),
    "a speed of nothing": ('{"type":"try","id":1,"text":"a","speed":0}', "bad_frame"),
    "a speed that is no number": ('{"type":"try","id":1,"text":"a","speed":NaN}', "bad_frame"),
    "a sample that is long": (json.dumps({"type": "try", "id": 1, "text": "a" * 201}), "bad_frame"),
    "a command that is long": ('{"type":"finish","id":1' + " " * 9000 + "}", "frame_too_large"),
    "a share beyond all": ('{"type":"quiet","id":1,"share":1.5}', "bad_frame"),
    "a message that is no id": ('{"type":"read","id":1,"message":"../../etc"}', "bad_frame"),
}


async def test_malformed_commands_get_typed_errors_and_the_socket_lives(alice, open_voice):
    tab = await open_voice(alice)
    for name, (frame, code) in BAD_COMMANDS.items():
        await tab.socket.send_to(text_data=frame)
        assert (await tab.next())["code"] == code, name
    await tab.record()
    assert (await tab.until("words", "error"))["type"] == "words"


async def test_a_flood_of_sound_for_no_recording_is_slowed_down_and_then_cut_off(alice, open_voice):
    tab = await open_voice(alice)
    for _ in range(400):
        await tab.sound(5, b"\0\0")
    assert await tab.closed(timeout=20) == 4403


async def test_a_recording_may_come_anew_all_at_once_but_not_for_ever(alice, open_voice, speech, monkeypatch):
    monkeypatch.setattr("chat.consumers.voice.SOUND_BURST", 20)
    monkeypatch.setattr("chat.consumers.voice.SOUND_PACE", 0)
    tab = await open_voice(alice)
    await tab.say(type="listen", id=1)
    for _ in range(20):
        await tab.sound(1, bytes(3200))
    await tab.say(type="finish", id=1)
    assert (await tab.until("words", "error"))["type"] == "words"
    await tab.say(type="listen", id=2)
    await tab.sound(2, bytes(3200))
    assert (await tab.until("words", "error"))["code"] == "too_fast"
    await tab.say(type="finish", id=2)  # with its gap it is nothing that could be recognised
    assert (await tab.next())["code"] == "unknown_clip"
