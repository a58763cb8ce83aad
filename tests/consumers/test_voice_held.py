"""What recordings hold, and for how long: each person's share, and the end of what nobody uses."""

import tracemalloc
from types import SimpleNamespace

import pytest

from chat.realtime.voice_protocol import Listen, Sound
from chat.voice import clips
from chat.voice.clips import BYTES_A_SECOND, Clips, memory
from chat.voice.errors import TooManyClips
from tests.support.scripted_speech import play
from tests.support.voice_tab import SECOND
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_is_held_in_the_end():
    yield
    assert memory.held == 0


async def test_a_recording_that_gets_no_sound_any_more_ends_and_comes_anew_under_another_number(
    alice, charlie, open_voice, speech, monkeypatch
):
    monkeypatch.setattr("chat.consumers.voice.LOOK", 0.02)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(clips, "time", SimpleNamespace(monotonic=lambda: clock.now))
    owner, stranger = await open_voice(alice), await open_voice(charlie)
    for tab in (owner, stranger):
        await tab.say(type="listen", id=1)
        await tab.sound(1, bytes(SECOND))
    await until(lambda: memory.held == 2 * SECOND)
    clock.now = clips.IDLE_CLIP - 1
    await stranger.sound(1, bytes(SECOND))
    await until(lambda: memory.held == 3 * SECOND)
    clock.now = clips.IDLE_CLIP + 1
    refused = await owner.next()
    assert (refused["type"], refused["code"], refused["id"]) == ("error", "clip_idle", 1)
    assert memory.held == 2 * SECOND
    await stranger.say(type="finish", id=1)
    assert (await stranger.until("words", "error"))["type"] == "words"  # which goes on: its sound came
    await owner.record()
    assert (await owner.until("words", "error"))["type"] == "words"


async def test_a_recording_that_is_being_recognised_is_not_idle(alice, open_voice, speech, monkeypatch):
    monkeypatch.setattr("chat.consumers.voice.LOOK", 0.01)
    speech.words = play("words", delay=0.3)
    tab = await open_voice(alice)
    await tab.record()
    await until(lambda: speech.clips)
    monkeypatch.setattr(clips, "IDLE_CLIP", 0.0)
    assert (await tab.until("words", "error"))["type"] == "words"


async def test_a_socket_that_is_used_for_nothing_is_closed_and_those_of_others_stay(
    alice, charlie, open_voice, speech, monkeypatch
):
    monkeypatch.setattr("chat.consumers.voice.LOOK", 0.02)
    idle, busy = await open_voice(alice), await open_voice(charlie)
    await busy.say(type="listen", id=1)
    await busy.sound(1, bytes(SECOND))
    await until(lambda: memory.held == SECOND)
    monkeypatch.setattr("chat.consumers.voice.IDLE", 0.2)
    await idle.say(type="played", id=5, sentence=0)  # of no reading: this keeps nothing open
    assert await idle.closed() == 1000
    await busy.say(type="finish", id=1)
    assert (await busy.until("words", "error"))["type"] == "words"
    assert await busy.closed() == 1000  # and then has nothing to do either


def test_one_person_can_hold_two_of_the_longest_recordings_and_no_more_than_a_sixth_of_all():
    longest = clips.LONGEST_CLIP * BYTES_A_SECOND
    assert 2 * longest <= clips.MOST_OF_ONE <= 3 * longest
    assert clips.MOST_HELD >= 6 * clips.MOST_OF_ONE
    held = [Clips(1), Clips(1), Clips(1), Clips(2)]
    for recordings in held:
        recordings.begin(Listen(id=1))
    sound = Sound(1, bytes(longest // 10))
    try:
        for recordings in held[:2]:
            for _ in range(10):
                recordings.add(sound)
        with pytest.raises(TooManyClips):
            for _ in range(2):
                held[2].add(sound)
        held[3].add(sound)
    finally:
        for recordings in held:
            recordings.close()


async def test_recordings_of_one_person_leave_room_for_those_of_others(
    alice, charlie, open_voice, monkeypatch
):
    monkeypatch.setattr(clips, "MOST_OF_ONE", SECOND)
    tabs = [await open_voice(person) for person in (alice, alice, charlie)]
    for tab in tabs:
        await tab.say(type="listen", id=1)
    await tabs[0].sound(1, bytes(SECOND))
    await until(lambda: memory.held >= SECOND)
    for tab in tabs[1:]:
        await tab.sound(1, bytes(SECOND))
        await tab.say(type="finish", id=1)
    assert (await tabs[1].next())["code"] == "too_many_clips"
    assert (await tabs[2].next())["type"] == "words"


async def test_all_recordings_of_the_process_have_a_limit(alice, charlie, open_voice, monkeypatch):
    monkeypatch.setattr(clips, "MOST_HELD", SECOND)
    first, second = await open_voice(alice), await open_voice(charlie)
    await first.say(type="listen", id=1)
    await first.sound(1, bytes(SECOND))
    await until(lambda: memory.held >= SECOND)
    await second.say(type="listen", id=1)
    await second.sound(1, bytes(SECOND))
    refused = await second.next()
    assert (refused["code"], refused["id"]) == ("voice_busy", 1)
    await first.say(type="finish", id=1)
    assert (await first.until("words", "error"))["type"] == "words"


def test_a_recording_is_held_once_while_it_is_recognised():
    held = Clips(1)
    held.begin(Listen(id=1))
    tracemalloc.start()
    try:
        held.add(Sound(1, bytes(100 * SECOND)))
        clip = held.finish(1)
        pcm = clip.take()
        taken, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 1.5 * len(pcm) == 1.5 * clip.size
    held.close()
