"""Words into speech, by services of every kind, over real TCP."""

import asyncio
import base64
import json
from array import array
from contextlib import aclosing

import pytest

from chat.provider.speech import Audio, Deadlines, ServiceSpeaker, SpeechEndpoint, Voice
from chat.provider.speech.errors import (
    NoSound,
    NotASpeechService,
    SpeechBusy,
    SpeechCut,
    SpeechDown,
    SpeechError,
    SpeechKeyRejected,
    SpeechModelUnknown,
    SpeechSlow,
    SpeechTooMuch,
    UnusableSound,
    VoiceUnknown,
)
from chat.provider.speech.synthesis import ANY_MODEL, ANY_VOICE
from tests.support.scripted_speech import RATE, ScriptedSpeech, doubled, play, samples, wav_of

KEY = "sk-speech-0123456789"
TEXT = "The doctor is in."
HASTY = Deadlines(0.3, 0.3, 5)


def speaker_at(service: ScriptedSpeech, deadlines: Deadlines | None = None, **changes) -> ServiceSpeaker:
    fields = {"key": KEY, "model": "kokoro", "label": "scripted", "voice": "af_bella"} | changes
    return ServiceSpeaker(SpeechEndpoint(service.base_url, **fields), deadlines or Deadlines(20, 20, 60))


async def said_by(speaker: ServiceSpeaker, text: str = TEXT, **options) -> list[Audio]:
    """All of the sound; what came before an error is on the error as `sound`."""
    found: list[Audio] = []
    try:
        async with aclosing(speaker.speak(text, **{"language": "en"} | options)) as sound:
            async for audio in sound:
                found.append(audio)
    except SpeechError as error:
        error.sound = found
        raise
    finally:
        await speaker.connection.aclose()
    return found


def pcm_of(sound: list[Audio]) -> bytes:
    return b"".join(audio.pcm for audio in sound)


async def test_a_text_is_asked_for_as_wav_with_model_voice_speed_and_key():
    async with ScriptedSpeech() as service:
        found = await said_by(speaker_at(service), speed=1.5)
    assert pcm_of(found) == samples(TEXT)
    assert {audio.rate for audio in found} == {RATE}
    assert service.texts == [
        {"input": TEXT, "voice": "af_bella", "response_format": "wav", "model": "kokoro", "speed": 1.5}
    ]
    assert service.headers[0]["authorization"] == f"Bearer {KEY}"


async def test_sound_is_heard_while_the_rest_of_it_is_made():
    async with ScriptedSpeech() as service:
        service.say(play("sound", piece=4800, pause=0.05))
        speaker = speaker_at(service)
        async with aclosing(speaker.speak(TEXT, language="en")) as sound:
            first = await anext(sound)
            rest = [audio async for audio in sound]
        await speaker.connection.aclose()
    assert 0 < first.seconds < 0.2
    assert pcm_of([first, *rest]) == samples(TEXT)


@pytest.mark.parametrize("piece", [1, 7, 9600])
@pytest.mark.parametrize("form", ["wav", "endless", "zero", "pcm", "stereo", "events"])
async def test_sound_is_the_same_in_every_form_and_however_it_is_cut(form, piece):
    async with ScriptedSpeech() as service:
        service.say(play("sound", form=form, piece=piece))
        found = await said_by(speaker_at(service), text="Hi.")
    assert pcm_of(found) == samples("Hi.")
    assert {audio.rate for audio in found} == {RATE}


def event(**fields) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


WHOLE = samples("Hi.")
WAV = wav_of(WHOLE)
HALVES = wav_of(WHOLE[: len(WHOLE) // 4 * 2]), wav_of(WHOLE[len(WHOLE) // 4 * 2 :])
BASE64 = base64.b64encode(WAV).decode()
DONE = event(type="speech.audio.done")
ODDITIES = {
    "a WAV for each sentence": ("audio/wav", b"".join(HALVES)),
    "a length that stands for none": ("audio/wav", wav_of(WHOLE, size=2_000_000_000)),
    "a WAV called MP3": ("audio/mpeg", WAV),
    "a WAV called JSON": ("application/json", WAV),
    "a WAV called events": ("text/event-stream", WAV),
    "events called a WAV": ("audio/wav", event(type="speech.audio.delta", audio=BASE64) + DONE),
    "a WAV in JSON": ("application/json", json.dumps({"audio": BASE64}).encode()),
    "a WAV in an address in JSON": ("application/json", json.dumps({"data": "data:audio/wav;base64," + BASE64}).encode()),
    "a WAV in each event": ("text/event-stream", b"".join(event(audio=base64.b64encode(half).decode()) for half in HALVES) + DONE),
    "base64 with line ends": ("text/event-stream", event(audio=base64.encodebytes(WAV).decode()) + DONE),
    "base64 without its padding": ("text/event-stream", event(audio=base64.b64encode(WAV + b"\0\0").decode().rstrip("=")) + DONE),
    "a last event without a blank line": ("text/event-stream", event(audio=BASE64) + DONE.strip()),
    "pings": ("text/event-stream", b": ping\n\n" + event(audio=BASE64) + b": ping\n\n" + DONE),
    "samples called by another name": ("application/x-octet-stream", WHOLE),
    "samples of two sides": ("audio/pcm; rate=24000; channels=2", doubled(WHOLE)),
    "half a sample at the end": ("audio/pcm", WHOLE + b"\0"),
}  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_sound_is_found_by_what_it_is_and_not_by_what_it_is_called(oddity):
    """As in https://github.com/remsky/Kokoro-FastAPI/issues/57, https://github.com/kyutai-labs/pocket-tts/issues/229
    and https://github.com/tenstorrent/tt-inference-server/pull/1776.
    """
    kind, body = ODDITIES[oddity]
    async with ScriptedSpeech() as service:
        service.sound = answered(body, kind)
        found = await said_by(speaker_at(service), text="Hi.")
    assert (pcm_of(found), {audio.rate for audio in found}) == (WHOLE, {RATE})
    assert len(service.texts) == 1


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
async def test_the_rate_is_what_the_wav_says(rate):
    async with ScriptedSpeech() as service:
        service.say(play("sound", rate=rate))
        found = await said_by(speaker_at(service))
    assert {audio.rate for audio in found} == {rate}
    assert pcm_of(found) == samples(TEXT, rate)


@pytest.mark.parametrize("kind", ["audio/pcm; rate=16000", "audio/x-raw;sample_rate=16000;channels=1"])
async def test_bare_samples_have_the_rate_that_their_content_type_names(kind):
    async with ScriptedSpeech() as service:
        service.say(play("sound", form="pcm", rate=16_000, kind=kind))
        found = await said_by(speaker_at(service))
    assert {audio.rate for audio in found} == {16_000}


async def test_eight_bits_become_sixteen():
    async with ScriptedSpeech() as service:
        service.say(play("sound", form="eight_bit"))
        found = await said_by(speaker_at(service))
    assert pcm_of(found) == array("h", (value >> 8 << 8 for value in array("h", samples(TEXT)))).tobytes()


async def test_a_service_without_wav_is_asked_for_bare_samples_from_then_on():
    async with ScriptedSpeech() as service:
        refusal = "stream=true is only supported with response_format pcm"
        service.say(play("status", code=400, message=refusal))
        speaker = speaker_at(service)
        for _ in range(2):
            async with aclosing(speaker.speak(TEXT, language="en")) as sound:
                assert pcm_of([audio async for audio in sound]) == samples(TEXT)
        await speaker.connection.aclose()
    assert [text["response_format"] for text in service.texts] == ["wav", "pcm", "pcm"]


async def test_a_service_that_sends_mp3_for_wav_is_asked_for_bare_samples():
    """As servers without ffmpeg do: https://github.com/travisvn/openai-edge-tts."""
    async with ScriptedSpeech() as service:
        service.say(play("sound", form="mp3"))
        assert pcm_of(await said_by(speaker_at(service))) == samples(TEXT)
    assert [text["response_format"] for text in service.texts] == ["wav", "pcm"]


async def test_a_service_that_wants_a_model_is_told_the_one_that_all_know():
    missing = '{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}'
    async with ScriptedSpeech() as service:
        service.say(play("status", code=422, message=missing))
        assert pcm_of(await said_by(speaker_at(service, model=""))) == samples(TEXT)
    assert [text.get("model") for text in service.texts] == [None, ANY_MODEL]


async def test_a_service_without_speeds_is_asked_without_one():
    async with ScriptedSpeech() as service:
        service.sound = play("strict", names="speed")
        assert pcm_of(await said_by(speaker_at(service), speed=2.0)) == samples(TEXT)
    assert ["speed" in text for text in service.texts] == [True, False]


async def test_one_persons_voice_or_speed_changes_nothing_for_others():
    async with ScriptedSpeech() as service:
        speaker = speaker_at(service)

        async def spoken(**options):
            async with aclosing(speaker.speak(TEXT, language="en", **options)) as sound:
                return pcm_of([audio async for audio in sound])

        service.say(*(play("status", code=400, message="there is no voice 'wav'"),) * 2)
        with pytest.raises(VoiceUnknown):
            await spoken(voice="wav")
        service.say(play("status", code=400, message="speed can be 2 at most"))
        assert await spoken(speed=4.0) == samples(TEXT)
        assert await spoken(speed=1.5) == samples(TEXT)
        await speaker.connection.aclose()
    asked = [(text["response_format"], text.get("speed")) for text in service.texts]
    assert asked == [("wav", None), ("pcm", None), ("wav", 4.0), ("wav", None), ("wav", 1.5)]


# Voices

LISTS = {
    "Kokoro's": ({"voices": ["af_bella", "zf_xiaobei", "jm_kumo"]}, ["en-US", "zh", "ja"]),
    "ours": (
        {"voices": [{"name": "en", "language": "en", "label": "English"}, {"name": "cmn", "language": "zh"}]},
        ["en", "zh"],
    ),
    "a bare list": ([{"id": "en_US-joe-medium"}, {"voice_id": "v2", "locale": "de_DE"}], ["en-US", "de-DE"]),
}


@pytest.mark.parametrize("shape", LISTS)
async def test_voices_are_listed_with_their_languages_in_whatever_shape(shape):
    listed, languages = LISTS[shape]
    async with ScriptedSpeech() as service:
        service.voices = listed
        speaker = speaker_at(service)
        assert [voice.language for voice in await speaker.voices()] == languages
        await speaker.voices()
        await speaker.connection.aclose()
    assert service.paths == ["/v1/audio/voices"]


async def test_without_a_voice_that_is_set_the_first_of_the_language_speaks():
    async with ScriptedSpeech() as service:
        service.voices = {"voices": ["af_bella", "zf_xiaobei"]}
        await said_by(speaker_at(service, voice=""), language="zh-Hans")
        await said_by(speaker_at(service, voice=""), language="sw")
        await said_by(speaker_at(service, voice=""), voice="mine")
    assert [text["voice"] for text in service.texts] == ["zf_xiaobei", "af_bella", "mine"]


async def test_who_goes_away_while_the_voices_are_listed_takes_them_from_nobody():
    async with ScriptedSpeech() as service:
        service.voices = {"voices": ["af_bella", "zf_xiaobei"]}
        speaker = speaker_at(service, voice="")
        listing = asyncio.create_task(speaker.voices())
        await asyncio.sleep(0)  # it has asked, and no answer can be here
        assert len(await speaker.voices()) == 2
        await listing
        await speaker.connection.aclose()

        again = speaker_at(service, voice="")
        gone = asyncio.create_task(again.voices())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        await said_by(again, language="zh")
    assert [text["voice"] for text in service.texts] == ["zf_xiaobei"]


async def test_a_service_that_lists_no_voices_is_asked_for_the_one_that_all_know():
    async with ScriptedSpeech() as service:
        speaker = speaker_at(service, voice="")
        await said_by(speaker)
        assert await speaker.voices() == []
        await speaker.connection.aclose()
    assert service.texts[0]["voice"] == ANY_VOICE


@pytest.mark.parametrize(
    "listed", ["no list", {"voices": 3}, [None, 4, {}, {"id": "\u202e"}, {"id": "x" * 101}]]
)
async def test_what_is_no_list_of_voices_lists_none(listed):
    async with ScriptedSpeech() as service:
        service.voices = listed
        speaker = speaker_at(service)
        assert await speaker.voices() == []
        await speaker.connection.aclose()


async def test_a_voice_has_the_name_that_people_call_it():
    async with ScriptedSpeech() as service:
        service.voices = [{"id": "v1", "name": "Bella"}]
        speaker = speaker_at(service)
        assert await speaker.voices() == [Voice("v1", "", "Bella")]
        await speaker.connection.aclose()


# What goes wrong


def answered(body: bytes, kind: str = "audio/wav"):
    return play("bytes200", body=base64.b64encode(body).decode(), kind=kind)


FAULTS = {
    "a web page": (play("html200"), NotASpeechService),
    "a web page called sound": (answered(b"<!doctype html><html>Log in"), NotASpeechService),
    "JSON": (play("json200"), NotASpeechService),
    "nothing": (answered(b""), NoSound),
    "a WAV without a sample": (answered(wav_of(b"")), NoSound),
    "half a header": (answered(wav_of(bytes(100))[:30]), SpeechCut),
    "a few bytes": (answered(b"RIFF"), SpeechCut),
    "mp3": (play("sound", form="mp3"), UnusableSound),
    "mp3 called WAV": (play("sound", form="mp3", kind="audio/wav"), UnusableSound),
    "mp3 called nothing": (play("sound", form="mp3", kind="application/octet-stream"), UnusableSound),
    "a rate of 0": (answered(wav_of(bytes(100), rate=0)), UnusableSound),
    "a rate of a million": (answered(wav_of(bytes(100), rate=1_000_000)), UnusableSound),
    "a wrong rate of bare samples": (play("sound", form="pcm", kind="audio/pcm;rate=1"), UnusableSound),
    "a compressed WAV": (answered(wav_of(bytes(100), kind=2)), UnusableSound),
    "no channel": (answered(wav_of(bytes(100), channels=0)), UnusableSound),
    "RIFF that is no WAV": (answered(b"RIFF\x10\x00\x00\x00AVI " + bytes(40)), UnusableSound),
    "a WAV without end before its sound": (
        answered(b"RIFF\xff\xff\xff\xffWAVE" + b"LIST\x08\x00\x00\x00promised" * 5000),
        UnusableSound,
    ),
    "events without sound": (answered(b"data: nonsense\n\n", "text/event-stream"), NotASpeechService),
    "an error in the events": (
        answered(b'data: {"error": {"message": "out of memory"}}\n\n', "text/event-stream"),
        SpeechDown,
    ),
    "an error in an event of its own": (
        answered(
            b'data: {"type": "speech.audio.error", "message": "out of memory"}\n\n', "text/event-stream"
        ),
        SpeechDown,
    ),
    "an error called sound": (
        answered(b'{"error": {"message": "out of memory"}}', "application/octet-stream"),
        SpeechDown,
    ),
    "an unknown voice": (play("status", code=400, message="Voice 'af_bella' not found"), VoiceUnknown),
    "an unknown model": (play("status", code=404, message="model kokoro not found"), SpeechModelUnknown),
    "a wrong key": (play("status", code=401), SpeechKeyRejected),
    "too many requests": (play("status", code=429, retry_after=3), SpeechBusy),
    "a breakdown": (play("status", code=500), SpeechDown),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_a_service_is_an_error_with_a_sentence_of_its_own(fault):
    scenario, kind = FAULTS[fault]
    async with ScriptedSpeech() as service:
        service.sound = scenario  # also when it is asked in another way
        with pytest.raises(SpeechError) as raised:
            await said_by(speaker_at(service))
    assert type(raised.value) is kind
    assert raised.value.sound == []
    assert "speech service" in raised.value.user_text()
    assert KEY not in raised.value.detail


@pytest.mark.parametrize("form", ["wav", "events"])
async def test_half_a_sentence_is_heard_and_its_end_is_an_error(form):
    async with ScriptedSpeech() as service:
        service.say(play("sound", form=form, cut=0.5))
        with pytest.raises(SpeechCut) as raised:
            await said_by(speaker_at(service))
    heard = pcm_of(raised.value.sound)
    assert samples(TEXT).startswith(heard)
    assert len(samples(TEXT)) * 0.4 < len(heard) < len(samples(TEXT)) * 0.6


@pytest.mark.parametrize("slow", [{"first": 60}, {"pause": 60, "piece": 4000}])
async def test_a_service_that_is_too_slow_is_given_up(slow):
    async with ScriptedSpeech() as service:
        service.say(play("sound", **slow))
        with pytest.raises(SpeechSlow):
            await said_by(speaker_at(service, HASTY))


async def test_what_people_have_read_to_them_is_in_no_log():
    secret = "My diagnosis is nobody's business but mine."
    async with ScriptedSpeech() as service:
        service.say(play("status", code=400, message=f"cannot say: {secret}"))
        with pytest.raises(SpeechError) as raised:
            await said_by(speaker_at(service), text=secret)
    assert "diagnosis" not in raised.value.detail
    assert "cannot say" in raised.value.detail


async def test_a_text_that_no_service_takes_is_not_sent():
    async with ScriptedSpeech() as service:
        with pytest.raises(SpeechTooMuch):
            await said_by(speaker_at(service), text="a" * 5000)
    assert service.texts == []
