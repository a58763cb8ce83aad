"""Speech into words, by services of every kind, over real TCP."""

import asyncio
import json
from base64 import b64encode
from contextlib import aclosing, suppress
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.provider.errors import NotAModelServer, ProviderError
from chat.provider.speech import Deadlines, Heard, ServiceRecognizer, SpeechEndpoint, recognition
from chat.provider.speech.connection import whole
from chat.provider.speech.errors import (
    NotASpeechService,
    SpeechAddressRefused,
    SpeechBusy,
    SpeechCut,
    SpeechDown,
    SpeechError,
    SpeechKeyRejected,
    SpeechModelUnknown,
    SpeechOutOfCredit,
    SpeechRefused,
    SpeechSlow,
    SpeechTooMuch,
    SpeechUnreachable,
)
from chat.provider.speech.transcripts import Transcript, whole_text
from chat.provider.sse import EventSplitter
from tests.support.scripted_speech import WORDS, ScriptedSpeech, form_of, play, tone
from tests.support.server import free_port

PIECES = [
    *(b"data: ", b"\n\n", b"{", b"}", b"[DONE]", b'"text": ', b'"type":"transcript.text.delta"', b'"delta":'),
    *(
        b'"choices":[{"delta":{"content":"a"}}]',
        b'"error":',
        b"null",
        b"[[[[",
        b'"\\ud800"',
        b"\0",
        b",",
        b"1e999",
    ),
]
KINDS = ["application/json", "text/plain", "text/event-stream", ""]
KEY = "sk-speech-0123456789"
SECOND = tone(1.0, 16_000).tobytes()
HASTY = Deadlines(0.3, 0.3, 5)


def recognizer_at(service: ScriptedSpeech, **changes) -> ServiceRecognizer:
    fields = {"key": KEY, "model": "whisper-1", "label": "scripted"} | changes
    deadlines = fields.pop("deadlines", Deadlines(20, 20, 60))
    return ServiceRecognizer(SpeechEndpoint(service.base_url, **fields), deadlines)


async def heard_by(recognizer: ServiceRecognizer, pcm: bytes = SECOND, **options) -> list[Heard]:
    """All that is heard; what was heard before an error is on the error as `heard`."""
    found: list[Heard] = []
    try:
        async with aclosing(recognizer.recognize(pcm, **options)) as words:
            async for heard in words:
                found.append(heard)
    except SpeechError as error:
        error.heard = found
        raise
    finally:
        await recognizer.connection.aclose()
    return found


async def test_a_clip_is_sent_as_a_wav_of_what_was_recorded_with_model_language_and_key():
    async with ScriptedSpeech() as service:
        found = await heard_by(recognizer_at(service), language="zh-Hans-CN")
    [clip] = service.clips
    assert found == [Heard(WORDS, is_final=True)]
    assert clip.fields == {
        "model": "whisper-1",
        "language": "zh",
        "response_format": "json",
        "stream": "true",
    }
    assert (clip.filename, clip.kind, clip.rate, clip.pcm) == ("speech.wav", "audio/wav", 16_000, SECOND)
    assert service.headers[0]["authorization"] == f"Bearer {KEY}"
    assert not any(name.startswith("x-stainless") for name in service.headers[0])


async def test_a_language_that_is_to_be_found_is_not_named():
    async with ScriptedSpeech() as service:
        await heard_by(recognizer_at(service, model=""))
    assert service.clips[0].fields.keys() == {"response_format", "stream"}


@pytest.mark.parametrize("form", ["events", "only_deltas", "endless", "vllm", "segments"])
async def test_words_that_come_in_pieces_are_collected_whatever_the_form(form):
    async with ScriptedSpeech() as service:
        service.hear(play("words", text="One two three", form=form, pause=0.02))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard("One two three", is_final=True)
    assert [heard.text for heard in found[:2]] == ["One", "One two"]
    assert not any(heard.is_final for heard in found[:-1])


async def test_the_last_event_corrects_the_pieces_before_it():
    async with ScriptedSpeech() as service:
        service.hear(play("words", text="One two", form="corrected"))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard("ONE TWO", is_final=True)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("text", "text/plain; charset=utf-8"),
        ("json", "text/plain"),
        ("json", "text/event-stream"),
        ("events", "text/plain"),
        ("events", "application/json"),
        ("json", "application/octet-stream"),
    ],
)
async def test_words_are_read_whatever_the_content_type_says(form, kind):
    async with ScriptedSpeech() as service:
        service.hear(play("words", text="One two three", form=form, kind=kind))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard("One two three", is_final=True)


@pytest.mark.parametrize("form", ["events", "only_deltas", "vllm"])
async def test_events_that_a_proxy_put_into_its_json_are_read_as_events(form):
    stream = b"".join(form_of("One two three", form)).decode()
    async with ScriptedSpeech() as service:
        service.hear(play("words", text=stream))
        found = await heard_by(recognizer_at(service))
    assert found == [Heard("One two three", is_final=True)]


@pytest.mark.parametrize("form", ["json", "text", "events", "vllm"])
async def test_a_clip_without_a_word_is_heard_as_nothing(form):
    async with ScriptedSpeech() as service:
        service.hear(play("words", text="", form=form))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard("", is_final=True)


@pytest.mark.parametrize("names", ["stream", "response_format", "stream,response_format", "language"])
async def test_a_field_that_a_strict_service_refuses_is_left_out_and_remembered(names):
    async with ScriptedSpeech() as service:
        service.words = play("strict", names=names)
        recognizer = recognizer_at(service)
        for _ in range(2):
            async with aclosing(recognizer.recognize(SECOND, language="en")) as words:
                assert [heard.text async for heard in words] == [WORDS]
        await recognizer.connection.aclose()
    refused = len(names.split(","))
    assert len(service.clips) == (4 if names == "language" else 2 + refused)


ABOUT_SOUND = [
    "The audio stream could not be decoded",
    "The stream is not supported",
    "Invalid data found in the input stream: end of file",
    "Downstream service failed",
]
ABOUT_FIELD = [
    "Unsupported parameter: 'stream' is not supported with this model.",
    "Unrecognized request argument supplied: stream",
    "stream=true is not supported by this model",
    "Streaming is not supported for this model.",
    "Unknown field stream",
]


@pytest.mark.parametrize("message", ABOUT_SOUND)
async def test_a_refusal_of_the_sound_that_speaks_of_a_stream_is_no_refusal_of_streaming(message):
    async with ScriptedSpeech() as service:
        service.hear(play("status", code=400, message=message))
        recognizer = recognizer_at(service)
        with pytest.raises(SpeechRefused):
            await heard_by(recognizer)
        await heard_by(recognizer)
    assert [clip.fields.get("stream") for clip in service.clips] == ["true", "true"]


@pytest.mark.parametrize("message", ABOUT_FIELD)
async def test_a_refusal_of_streaming_is_known_by_the_words_of_services(message):
    async with ScriptedSpeech() as service:
        service.hear(play("status", code=400, message=message))
        assert (await heard_by(recognizer_at(service)))[-1].text == WORDS
    assert [clip.fields.get("stream") for clip in service.clips] == ["true", None]


async def test_a_field_that_the_service_names_beside_its_words_is_left_out():
    body = {"error": {"message": "Not for this model.", "type": "invalid_request_error", "param": "stream"}}
    async with ScriptedSpeech() as service:
        service.hear(play("answered", code=400, body=json.dumps(body)))
        assert (await heard_by(recognizer_at(service)))[-1].text == WORDS
    assert "stream" not in service.clips[1].fields


async def test_a_refused_field_is_remembered_only_if_words_came_without_it():
    async with ScriptedSpeech() as service:
        refusal = play("status", code=400, message="Unsupported parameter: 'stream'")
        service.hear(refusal, play("status", code=400, message="Audio file might be corrupted"))
        recognizer = recognizer_at(service)
        with pytest.raises(SpeechRefused):
            await heard_by(recognizer)
        await heard_by(recognizer)
    assert [clip.fields.get("stream") for clip in service.clips] == ["true", None, "true"]


async def test_words_that_come_a_few_characters_at_a_time_are_copied_no_more_often_than_their_length_allows():
    text = " ".join(map(str, range(17_000)))
    async with ScriptedSpeech() as service:
        service.hear(play("words", text=text, form="events"))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard(text, is_final=True)
    assert sum(len(heard.text) for heard in found) < 100 * len(found[-1].text)


FAULTS = {
    "an error of its own": (
        play(
            "bytes200",
            body=b64encode(b'data: {"type": "transcript.text.error", "message": "x"}\n\n').decode(),
        ),
        SpeechDown,
    ),
    "a web page": (play("html200"), NotASpeechService),
    "a web page called text": (
        play("words", text="<!doctype html><html>Log in</html>", form="text"),
        NotASpeechService,
    ),
    "other JSON": (play("json200"), NotASpeechService),
    "nothing": (play("empty200"), NotASpeechService),
    "a redirect": (play("redirect"), NotASpeechService),
    "a wrong key": (play("status", code=401), SpeechKeyRejected),
    "an unknown model": (play("status", code=404, message="model whisper-9 not found"), SpeechModelUnknown),
    "no credit": (play("status", code=429, error_code="insufficient_quota"), SpeechOutOfCredit),
    "too much": (play("status", code=413), SpeechTooMuch),
    "a refusal": (play("status", code=400, message="Audio file might be corrupted"), SpeechRefused),
    "a breakdown": (play("status", code=500), SpeechDown),
    "an error in the stream": (play("error_midway"), SpeechDown),
    "a reset": (play("reset", at="headers"), SpeechUnreachable),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_of_a_service_is_an_error_with_a_sentence_of_its_own(fault):
    scenario, kind = FAULTS[fault]
    async with ScriptedSpeech() as service:
        service.hear(scenario)
        with pytest.raises(SpeechError) as raised:
            await heard_by(recognizer_at(service))
    assert type(raised.value) is kind
    assert "speech service" in raised.value.user_text()
    assert KEY not in raised.value.detail


async def test_a_busy_service_says_when_to_come_back():
    async with ScriptedSpeech() as service:
        service.hear(play("status", code=429, retry_after=7))
        with pytest.raises(SpeechBusy) as raised:
            await heard_by(recognizer_at(service))
    assert raised.value.retry_after == 7
    assert "7 seconds" in raised.value.user_text()


async def test_words_before_the_connection_breaks_are_told_and_the_end_is_an_error():
    async with ScriptedSpeech() as service:
        service.hear(play("words", text="One two three", form="events", stop_after=2, pause=0.05))
        with pytest.raises(SpeechCut) as raised:
            await heard_by(recognizer_at(service))
    assert raised.value.heard[-1] == Heard("One two", is_final=False)


@pytest.mark.parametrize("at", ["headers", "first"])
async def test_a_service_that_says_nothing_is_given_up(at):
    async with ScriptedSpeech() as service:
        service.hear(play("words", delay=60) if at == "headers" else play("words", form="events", pause=60))
        with pytest.raises(SpeechSlow):
            await heard_by(recognizer_at(service, deadlines=HASTY))
        await asyncio.wait_for(service.closed_by_client.wait(), 10)


async def test_a_service_that_is_not_there_is_unreachable():
    recognizer = ServiceRecognizer(SpeechEndpoint(f"http://127.0.0.1:{free_port()}/v1", "", "", "gone"))
    with pytest.raises(SpeechUnreachable):
        await heard_by(recognizer)


async def test_a_service_of_the_admin_may_not_lead_to_this_machine_unless_it_is_allowed():
    async with ScriptedSpeech() as service:
        with pytest.raises(SpeechAddressRefused):
            await heard_by(recognizer_at(service, reach="public"))
        assert service.clips == []
        assert await heard_by(recognizer_at(service, reach="private"))


async def test_a_clip_that_nobody_waits_for_any_more_is_let_go_of():
    async with ScriptedSpeech() as service:
        service.hear(play("words", form="events", pause=0.05, text="One two three four five six seven"))
        recognizer = recognizer_at(service)
        async with aclosing(recognizer.recognize(SECOND)) as words:
            assert (await anext(words)).text == "One"
        await asyncio.wait_for(service.closed_by_client.wait(), 10)
        await recognizer.connection.aclose()


@pytest.mark.parametrize("path", ["", "/v1/", "/v1/audio/transcriptions"])
async def test_the_base_url_is_understood_as_people_paste_it(path):
    async with ScriptedSpeech() as service:
        endpoint = SpeechEndpoint(f"http://127.0.0.1:{service.port}{path}", "", "", "pasted")
        recognizer = ServiceRecognizer(endpoint)
        assert (await heard_by(recognizer))[-1].text == WORDS


async def test_white_space_that_keeps_the_connection_open_is_passed_over():
    async with ScriptedSpeech() as service:
        body = b" \n" * 3000 + b'{"text": "At last."}'
        service.hear(play("bytes200", body=b64encode(body).decode(), kind="application/json"))
        assert await heard_by(recognizer_at(service)) == [Heard("At last.", is_final=True)]


@pytest.mark.parametrize("kind", KINDS)
async def test_of_an_answer_without_end_no_more_is_held_than_words_can_have(kind):
    taken = 0

    async def blank():
        nonlocal taken
        while taken < 4 * recognition.MAX_BODY:
            taken += 64 * 1024
            yield b" " * 64 * 1024

    answer = SimpleNamespace(kind=kind, pieces=blank)
    with pytest.raises(NotAModelServer):
        async for _ in recognition._words(answer):
            pass
    assert taken <= recognition.MAX_BODY + 2 * 64 * 1024


async def test_an_answer_in_tiny_pieces_is_counted_once():
    lengths = 0

    class Piece(bytes):
        def __len__(self):
            nonlocal lengths
            lengths += 1
            return super().__len__()

    async def pieces():
        for _ in range(1000):
            yield Piece(b"a")

    assert await whole(pieces(), 1000) == b"a" * 1000
    assert lengths <= 2000
    with pytest.raises(NotAModelServer):
        await whole(pieces(), 999)


@given(
    st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(PIECES)), max_size=12), st.sampled_from(KINDS)
)
def test_whatever_a_service_answers_it_is_words_or_one_of_our_errors(pieces, kind):
    body = b"".join(pieces)
    with suppress(ProviderError):
        assert isinstance(whole_text(body, kind), str)
    transcript, events = Transcript(), EventSplitter()
    with suppress(ProviderError):
        for data in (*events.feed(body), *events.flush()):
            transcript.add(data)
    assert "\0" not in transcript.text
