"""The built-in voice, by the real library: its sound, its languages, and what becomes of its processes."""

import asyncio
import os
import signal
import subprocess
import sys
from array import array
from contextlib import aclosing
from pathlib import Path

import espeakng_loader
import pytest

from chat.provider.speech import Audio
from chat.provider.speech.errors import SpeechBusy, SpeechDown, SpeechSlow, SpeechTooMuch, VoiceUnknown
from chat.voice import environment, espeak, providers
from chat.voice.builtin import BuiltinSpeaker
from chat.voice.espeak import MOST_AT_ONCE, Espeak, parts
from tests.support.server import ROOT
from tests.support.waiting import until

TEXT = "Please remind me to call the doctor tomorrow morning."
CHINESE = "今天北京的天气怎么样？"
PATIENT = 60.0
"""Seconds, for what should not run out of time on a busy machine."""


@pytest.fixture
def speaker():
    speaker = BuiltinSpeaker(Espeak(PATIENT))
    yield speaker
    speaker.end()


async def said_by(speaker, text=TEXT, **options) -> list[Audio]:
    async with aclosing(speaker.speak(text, **{"language": "en"} | options)) as sound:
        return [audio async for audio in sound]


def seconds(sound: list[Audio]) -> float:
    return sum(audio.seconds for audio in sound)


async def length(speaker, text=TEXT, **options) -> float:
    return seconds(await said_by(speaker, text, **options))


def about(length: float) -> object:
    """The same text is a few samples longer or shorter each time."""
    return pytest.approx(length, abs=0.03)


def loudness(sound: list[Audio]) -> float:
    """The root of the mean square, of at most 32767."""
    samples = array("h", b"".join(audio.pcm for audio in sound))
    return (sum(sample * sample for sample in samples) / len(samples)) ** 0.5


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", TEXT),
        ("zh-hans", CHINESE),
        ("ja", "こんにちは、世界。"),
        ("ko", "안녕하세요."),
        ("ar", "مرحبا بالعالم"),
    ],
)
async def test_a_sentence_sounds_in_its_language(speaker, language, text):
    sound = await said_by(speaker, text, language=language)
    assert 0.5 < seconds(sound) < 10
    assert loudness(sound) > 1000
    assert {audio.rate for audio in sound} == {22_050}


async def test_twice_the_speed_takes_about_half_the_time(speaker):
    usual, fast, slow = [await length(speaker, speed=speed) for speed in (1, 2, 0.5)]
    assert 0.4 < fast / usual < 0.7
    assert 1.6 < slow / usual < 2.4


async def test_a_long_text_sounds_part_by_part(speaker):
    sound = await said_by(speaker, f"{TEXT} " * 20)
    assert len(sound) >= 3
    assert seconds(sound) > 40


async def test_marks_that_the_library_could_obey_are_only_text(speaker):
    plain = await said_by(speaker, "hello")
    assert seconds(await said_by(speaker, "[[h@'loU]] <speak>hello</speak>")) > 2 * seconds(plain)


async def test_a_voice_of_the_language_can_be_chosen_and_another_is_passed_over(speaker):
    usual = await length(speaker)
    assert await length(speaker, voice="en-GB-scotland") != about(usual)
    assert await length(speaker, voice="af_bella") == about(usual)
    chinese = await length(speaker, CHINESE, language="zh")
    assert await length(speaker, CHINESE, language="zh", voice="en-US") == about(chinese)


async def test_each_language_has_its_usual_voice_first(speaker):
    voices = await speaker.voices()
    assert len(voices) > 100
    assert len({voice.name for voice in voices}) == len(voices)
    first = {voice.language.partition("-")[0]: voice for voice in reversed(voices)}
    assert {first[tag].name for tag in ("en", "zh", "pt", "es", "fr")} == {"en-US", "cmn", "pt", "es", "fr"}
    labels = {voice.name: (voice.language, voice.label) for voice in voices}
    assert labels["cmn"] == ("zh-cmn", "eSpeak NG")  # the page names a language as its reader does
    assert labels["en-GB-scotland"] == ("en-gb-scotland", "English (Scotland), eSpeak NG")
    assert labels["ru-cl"] == ("ru", "Russian (Classic), eSpeak NG")  # not of Chile
    assert not [label for _, label in labels.values() if "/" in label]


async def test_a_language_that_nobody_speaks_here_is_refused(speaker):
    assert not speaker.speaks("tlh")
    assert not speaker.speaks("")
    with pytest.raises(VoiceUnknown):
        await said_by(speaker, language="tlh")


def test_chinese_is_read_as_chinese_by_its_sounds():
    """Debian's build reads the pinyin as English letters, which no measure of the sound would tell."""
    program = f"""
import ctypes
library = ctypes.CDLL({espeakng_loader.get_library_path()!r})
library.espeak_TextToPhonemes.restype = ctypes.c_char_p
library.espeak_Initialize(2, 0, {espeakng_loader.get_data_path()!r}.encode(), 0x8000)
library.espeak_SetVoiceByName({espeak.voice_for("zh-hans").identifier!r}.encode())
text = ctypes.c_char_p("今天北京的天气怎么样".encode())
print(library.espeak_TextToPhonemes(ctypes.byref(text), 1, 0).decode())
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "tS;'i55n" in told and "p'ei214" in told, told


async def test_two_speak_at_once_and_more_wait_for_them(speaker):
    texts = [f"{TEXT} " * n for n in (1, 2, 3, 4, 1, 2, 3, 4)]
    lengths = await asyncio.gather(*(length(speaker, text) for text in texts))
    assert len(speaker.synthesizer.ids) == 2
    assert lengths == [about(await length(speaker, text)) for text in texts]


async def test_when_too_many_wait_the_next_gets_a_sentence(speaker, monkeypatch):
    monkeypatch.setattr(espeak, "MOST_WAITING", 3)
    results = await asyncio.gather(*(said_by(speaker) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [list, list, list, SpeechBusy, SpeechBusy]


async def test_a_process_that_was_killed_is_replaced(speaker):
    usual = await length(speaker)
    [process] = speaker.synthesizer.ids
    os.kill(process, signal.SIGKILL)
    assert await length(speaker) == about(usual)
    assert speaker.synthesizer.ids != [process]


async def test_one_that_cannot_live_is_told_as_a_sentence(speaker, monkeypatch):
    monkeypatch.setattr(espeak, "_ROOT", ROOT / "docs")  # where there is no such module
    with pytest.raises(SpeechDown) as refused:
        await said_by(speaker)
    assert str(refused.value.sentence).startswith("The speech service is having problems.")


async def test_a_process_that_hangs_is_killed_and_the_next_text_sounds(speaker):
    usual = await length(speaker)
    [process] = speaker.synthesizer.ids
    os.kill(process, signal.SIGSTOP)
    speaker.synthesizer._seconds = 0.2
    with pytest.raises(SpeechSlow):
        await said_by(speaker)
    assert not is_alive(process)
    speaker.synthesizer._seconds = PATIENT
    assert await length(speaker) == about(usual)


async def test_no_process_runs_before_it_is_needed_or_long_after():
    speaker = BuiltinSpeaker(Espeak(PATIENT, idle=0.05))
    assert await speaker.voices()
    assert speaker.synthesizer.ids == []
    await said_by(speaker, "Yes.")
    [process] = speaker.synthesizer.ids
    await asyncio.sleep(1.1)
    await until(lambda: speaker.synthesizer.ids == [])
    assert not is_alive(process)


async def test_no_process_is_left_when_the_site_ends(speaker):
    await said_by(speaker)
    [process] = speaker.synthesizer.ids
    speaker.end()
    assert not is_alive(process)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
async def test_the_process_has_none_of_the_site_s_secrets(speaker, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    await said_by(speaker)
    [process] = speaker.synthesizer.ids
    assert b"sk-secret" not in await asyncio.to_thread(Path(f"/proc/{process}/environ").read_bytes)


async def test_the_site_itself_comes_before_its_voice(speaker):
    await said_by(speaker)
    [process] = speaker.synthesizer.ids
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process) == min(19, mine + 5)


async def test_a_text_of_more_than_4096_characters_is_refused_at_once(speaker):
    with pytest.raises(SpeechTooMuch):
        await said_by(speaker, "a" * 4097)
    assert speaker.synthesizer.ids == []


@pytest.mark.parametrize(
    "text", ["a" * 700, "word " * 200, "今" * 700, "One. Two! " * 100, "a\n\n\nb", " ", ""]
)
def test_no_part_is_too_long_and_no_character_is_lost(text):
    found = list(parts(text))
    assert all(0 < len(part) <= MOST_AT_ONCE for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", " ", "…", "😀", "\x00\x01", "a\x00b", "<", "&#0;", "\u202e", "\ud800"])
async def test_odd_texts_are_said_or_are_silent(speaker, text):
    assert await length(speaker, text) < 5


@pytest.mark.django_db(transaction=True)
async def test_the_demo_reads_aloud_without_any_service():
    found = await providers.speaker("zh-hans")
    assert found.label == "eSpeak NG"
    assert (await asyncio.to_thread(providers.available)).speaking == "builtin"
    assert await providers.speaker("tlh") is None


@pytest.mark.django_db(transaction=True)
async def test_off_is_off_and_where_it_is_not_installed_the_browser_speaks(settings, monkeypatch):
    monkeypatch.setattr(espeak, "_package", lambda: None)
    assert (await asyncio.to_thread(providers.available)).speaking == "browser"
    monkeypatch.undo()
    settings.TEXT_TO_SPEECH_URL = environment.OFF
    assert await providers.speaker("en") is None
    assert (await asyncio.to_thread(providers.available)).speaking == "browser"
