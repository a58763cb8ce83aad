"""Speech into words, by services that answer otherwise than OpenAI does."""

from base64 import b64encode

import pytest

from chat.provider.speech import Heard
from chat.provider.speech.recognition import ANY_MODEL
from tests.provider.test_speech_recognition import heard_by, recognizer_at
from tests.support.scripted_speech import WORDS, ScriptedSpeech, play

ODDITIES = {
    "a byte order mark": ("application/json", b'\xef\xbb\xbf{"text": "One two."}'),
    "UTF-16": ("application/json", '{"text": "One two."}'.encode("utf-16")),
    "another character set": ("text/plain; charset=utf-16-le", "One two.".encode("utf-16-le")),
    "a character set that is none": ("text/plain; charset=klingon", b"One two."),
    "a code of names of hosts": ("text/plain; charset=Punycode", b"One two."),
    "a mark before text": ("text/plain", b"\xef\xbb\xbfOne two.\n"),
    "segments alone": ("application/json", b'{"segments": [{"text": " One"}, {"text": " two."}]}'),
    "null beside segments": ("application/json", b'{"text": null, "segments": [{"text": "One"}, {"text": "two."}]}'),
    "an empty segment": ("application/json", b'{"segments": ["One", "", "two."]}'),
    "an empty event": ("text/event-stream", b'data: {"text": "One"}\n\ndata: {"text": ""}\n\ndata: {"text": "two."}\n\n'),
    "a list of one": ("application/json", b'[{"text": " One two."}]'),
    "another name": ("application/json", b'{"transcription": "One two."}'),
    "a string": ("application/json", b'"One two."'),
    "a line a segment": ("application/json", b'{"text": " One\\n two.\\n"}'),
    "a line in a word": ("application/json", b'{"text": " On\\ne\\n two.\\n"}'),
    "pings": ("text/event-stream", b': ping\n\ndata:{"type":"transcript.text.delta","delta":"One two."}\n\n: ping\n\n'),
    "lines of Windows": ("text/event-stream", b'event: x\r\ndata: {"text":"One two."}\r\n\r\ndata: [DONE]\r\n\r\n'),
}  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_words_are_found_in_whatever_a_service_answers(oddity):
    """As in https://github.com/ggml-org/whisper.cpp/issues/3968 and
    https://github.com/ggml-org/whisper.cpp/issues/2381.
    """
    kind, body = ODDITIES[oddity]
    async with ScriptedSpeech() as service:
        service.hear(play("bytes200", body=b64encode(body).decode(), kind=kind))
        found = await heard_by(recognizer_at(service))
    assert found[-1] == Heard("One two.", is_final=True)


async def test_segments_of_a_writing_without_spaces_get_none():
    async with ScriptedSpeech() as service:
        body = "".join(
            f'data: {{"text": "{words}"}}\n\n' for words in ("今天天气", "很好。", "OK", "go")
        ).encode()
        service.hear(play("bytes200", body=b64encode(body).decode(), kind="text/event-stream"))
        found = await heard_by(recognizer_at(service))
    assert found[-1].text == "今天天气很好。OK go"


async def test_a_service_that_wants_a_model_is_told_the_one_that_all_know():
    """As in https://github.com/GetKlai/klai/pull/268."""
    missing = '{"detail": [{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}]}'
    async with ScriptedSpeech() as service:
        service.hear(play("status", code=422, message=missing))
        assert (await heard_by(recognizer_at(service, model="")))[-1].text == WORDS
    assert [clip.fields.get("model") for clip in service.clips] == [None, ANY_MODEL]


@pytest.mark.parametrize(
    ("language", "sent"), [("auto", None), ("fil", "tl"), ("nb-NO", "no"), ("yue", "yue")]
)
async def test_languages_have_the_names_that_whisper_knows(language, sent):
    """As in https://github.com/Silo-Server/silo-server/issues/150."""
    async with ScriptedSpeech() as service:
        await heard_by(recognizer_at(service), language=language)
    assert service.clips[0].fields.get("language") == sent
