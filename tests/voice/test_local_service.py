"""The service of `make speech`, over real TCP: what it answers, what it refuses, and that the site finds it.

What Whisper and Piper do in it is tried by `make compat`, in their environment; here a script knows the words.
"""

import asyncio
import http.client
import json
from contextlib import aclosing

import pytest
from aiohttp import web
from django.core.management import CommandError, call_command

from chat.provider.speech import ServiceRecognizer, ServiceSpeaker, SpeechEndpoint
from chat.provider.speech.errors import SpeechBusy, VoiceUnknown
from chat.voice import environment, providers
from tests.support.scripted_speech import tone
from tests.support.server import free_port
from tools.speech.errors import Refused
from tools.speech.service import HOST, MAX_TEXT, application, runner_of
from tools.speech.voices import EspeakSpeaker

pytestmark = pytest.mark.django_db(transaction=True)
CLIP = tone(1.0, 16_000).tobytes()


class Script:
    """Hears the same pieces of words in every clip, and keeps what it was given."""

    name = "scripted"

    def __init__(self) -> None:
        self.pieces = [" Please remind me", " to call."]
        self.problem: Refused | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.given: list[tuple[bytes, str, str]] = []
        self.ended = asyncio.Event()

    async def words(self, sound, language, prompt):
        self.given.append((sound, language, prompt))
        try:
            for piece in self.pieces:
                yield piece
                await self.goes_on.wait()
            if self.problem:
                raise self.problem
        finally:
            self.ended.set()


class Local:
    """The service while it runs."""

    def __init__(self, port: int, script: Script) -> None:
        self.port, self.script = port, script
        self.endpoint = SpeechEndpoint(f"http://{HOST}:{port}/v1", "", "", "Speech")

    async def ask(self, method, path, body=None, **headers) -> tuple[int, str, bytes]:
        return await asyncio.to_thread(self._ask, method, path, body, headers)

    def _ask(self, method, path, body, headers):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request(
                method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.headers["content-type"], answer.read()
        finally:
            connection.close()

    async def refusal(self, **asked) -> tuple[int, str | None]:
        """Status and field of what a text is refused with."""
        status, _, body = await self.ask("POST", "/v1/audio/speech", json.dumps(asked).encode())
        return status, json.loads(body)["error"]["param"]


@pytest.fixture
async def local():
    script, port = Script(), free_port()
    runner = runner_of(application(script, [EspeakSpeaker()]))
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    yield Local(port, script)
    await runner.cleanup()


async def heard_by(local, **options):
    """What is heard; the words go on when the first ones are here."""
    recognizer, heard = ServiceRecognizer(local.endpoint), []
    try:
        async with aclosing(recognizer.recognize(CLIP, **options)) as words:
            async for word in words:
                heard.append(word)
                local.script.goes_on.set()
    finally:
        await recognizer.connection.aclose()
    return heard


async def said_by(local, text="Hello there.", **options):
    speaker = ServiceSpeaker(local.endpoint)
    try:
        async with aclosing(speaker.speak(text, **{"language": "en"} | options)) as sound:
            return [audio async for audio in sound]
    finally:
        await speaker.connection.aclose()


async def test_words_come_as_they_are_known_and_all_of_them_at_the_end(local):
    local.script.goes_on.clear()
    heard = await heard_by(local, language="zh-hans")
    first, last = heard[0], heard[-1]
    assert (first.text, first.is_final) == ("Please remind me", False)
    assert (last.text, last.is_final) == ("Please remind me to call.", True)
    [(sound, language, _)] = local.script.given
    assert sound[:4] == b"RIFF" and sound.endswith(CLIP) and language == "zh"


async def test_nothing_that_was_heard_is_nothing_at_the_end(local):
    local.script.pieces = []
    assert [(word.text, word.is_final) for word in await heard_by(local)] == [("", True)]


@pytest.mark.parametrize("pieces", [[], [" Please"]], ids=["at once", "in the middle"])
async def test_what_is_refused_is_an_error_before_and_after_the_first_words(local, pieces):
    local.script.pieces, local.script.problem = pieces, Refused(429, "Too many clips are waiting.")
    with pytest.raises(SpeechBusy):
        await heard_by(local)


async def test_recognition_ends_when_who_asked_hangs_up(local, caplog):
    local.script.goes_on.clear()
    recognizer = ServiceRecognizer(local.endpoint)
    async with aclosing(recognizer.recognize(CLIP)) as words:
        assert (await anext(words)).text == "Please remind me"
        assert not local.script.ended.is_set()
    await recognizer.connection.aclose()
    async with asyncio.timeout(30):
        await local.script.ended.wait()
    assert not [record for record in caplog.records if record.name.startswith("aiohttp")]


async def test_a_text_sounds_in_the_voice_of_its_language_and_in_the_chosen_one(local):
    english, chinese = (
        await said_by(local),
        await said_by(local, "今天北京的天气怎么样？", language="zh-hans"),
    )
    assert {audio.rate for audio in english + chinese} == {22_050}
    assert all(0.4 < sum(audio.seconds for audio in sound) < 6 for sound in (english, chinese))
    fast = await said_by(local, voice="en-GB-scotland", speed=2)
    assert sum(audio.seconds for audio in fast) < 0.8 * sum(audio.seconds for audio in english)
    with pytest.raises(VoiceUnknown):
        await said_by(local, voice="nobody")


async def test_bare_samples_say_their_rate(local):
    body = json.dumps({"input": "Hello.", "response_format": "pcm"}).encode()
    status, kind, sound = await local.ask("POST", "/v1/audio/speech", body)
    assert (status, kind) == (200, "audio/pcm;rate=22050")
    assert len(sound) > 10_000 and sound[:4] != b"RIFF"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "input"),
        ({"input": "  "}, "input"),
        ({"input": ["a"]}, "input"),
        ({"input": "a" * (MAX_TEXT + 1)}, "input"),
        ({"input": "a", "speed": 5}, "speed"),
        ({"input": "a", "speed": True}, "speed"),
        ({"input": "a", "speed": "fast"}, "speed"),
        ({"input": "a", "voice": {"id": "en"}}, "voice"),
        ({"input": "a", "response_format": "mp3"}, "response_format"),
    ],
)
async def test_what_cannot_be_said_is_refused_with_the_field_that_is_wrong(local, asked, field):
    assert await local.refusal(**asked) == (400, field)


async def test_what_is_no_json_no_form_or_too_much_is_refused(local):
    for body in (b"", b"{", b"[]", b"\xff"):
        assert (await local.ask("POST", "/v1/audio/speech", body))[0] == 400
    assert (await local.ask("POST", "/v1/audio/transcriptions", b"x"))[0] == 400
    form = {"Content_Type": "multipart/form-data; boundary=b"}
    text = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--b--\r\n'
    assert (await local.ask("POST", "/v1/audio/transcriptions", text, **form))[0] == 400
    big = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + bytes(
        27 * 1024 * 1024
    )
    assert (await local.ask("POST", "/v1/audio/transcriptions", big + b"\r\n--b--\r\n", **form))[0] == 413
    assert (await local.ask("GET", "/v1/nothing"))[0] == 404
    assert local.script.given == []


@pytest.mark.parametrize("header", [{"Host": "evil.example:8969"}, {"Origin": "https://evil.example"}])
async def test_web_pages_in_a_browser_of_this_machine_are_refused(local, header):
    for path in ("/v1/models", "/v1/audio/voices"):
        assert (await local.ask("GET", path, **header))[0] == 403
        assert (await local.ask("GET", path))[0] == 200


async def test_the_site_finds_it_and_uses_it_for_both(local, settings):
    settings.LOCAL_SPEECH_URL = local.endpoint.base_url
    assert await environment.look()
    try:
        assert (await providers.speaker("zh-hans")).label == environment.LOCAL_LABEL
        assert (await providers.recognizer("")).label == environment.LOCAL_LABEL
        voices = await (await providers.speaker("en")).voices()
        assert {"en-US", "cmn"} <= {voice.name for voice in voices}
    finally:
        await providers.aclose()
        settings.LOCAL_SPEECH_URL = f"http://{HOST}:{free_port()}/v1"
        await environment.look()


async def test_where_it_is_switched_off_nobody_looks_for_it_or_starts_it(local, settings, tmp_path):
    settings.LOCAL_SPEECH_URL = local.endpoint.base_url
    assert await environment.look()
    settings.LOCAL_SPEECH_URL = "off"
    await environment.keep_looking()
    assert not await environment.look()
    assert environment.speaking() is environment.recognition() is None
    program = tmp_path / ".venv-speech" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.touch()
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="off"):
        call_command("speech")


def test_without_its_environment_the_command_says_how_to_start_it(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="make speech"):
        call_command("speech")
