"""A speech service that does what a test tells it, over real TCP.

It recognises and speaks, by the shape of OpenAI's API:

    async with ScriptedSpeech() as service:
        service.hear(play("words", text="Please remind me.", form="events"), play("status", code=429))
        service.say(play("sound", form="pcm"), play("sound", cut=0.5))

Each clip and each text plays the next scenario of its queue, then the default. A marker in a text that is to be
spoken, `[[scenario:sound first=2]]`, goes before both. Scenarios of failing are those of the scripted provider
(`status`, `html200`, `hang`, `redirect`, ...). As a process of its own:

    python -m tests.support.scripted_speech --port 8970 --words "words delay=0.3" --sound "sound first=0.2"
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import math
import re
import struct
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.scripted_hostile import SCENARIOS as FAULTS
from tests.support.scripted_provider import MARKER
from tests.support.scripted_scenarios import DONE, chunk, event
from tests.support.scripted_wire import Connection, Play, Request, Scenario, ScriptedServer, parse, play

__all__ = ["Clip", "ScriptedSpeech", "parse", "play", "samples", "tone", "wav_of"]

WORDS = "Please remind me to call the doctor tomorrow."
RATE = 24_000
PER_CHARACTER = 0.06
"""Seconds of sound that a character is given, about as long as a voice takes for it."""

SCENARIOS: dict[str, Play] = {}


def scenario(function: Play) -> Play:
    SCENARIOS[function.__name__] = function
    return function


@dataclass(frozen=True)
class Clip:
    """A clip that came to be recognised: the fields of its form, and what was in its WAV."""

    fields: dict[str, str]
    filename: str
    kind: str
    wav: bytes

    @property
    def rate(self) -> int:
        return int(struct.unpack_from("<I", self.wav, 24)[0])

    @property
    def pcm(self) -> bytes:
        return self.wav[44:]


class ScriptedSpeech(ScriptedServer):
    """The service. `clips` came to be recognised, `texts` (the bodies, as JSON) to be spoken."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.words: Scenario = play("words")
        self.sound: Scenario = play("sound")
        self.to_hear: deque[Scenario] = deque()
        self.to_say: deque[Scenario] = deque()
        self.voices: Any = None  # what /audio/voices answers in JSON; None is a 404
        self.models = ["scripted-speech"]
        self.clips: list[Clip] = []
        self.texts: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.keep_requests = True

    def hear(self, *scenarios: Scenario) -> None:
        """Queue what the next clips get, one each."""
        self.to_hear.extend(scenarios)

    def say(self, *scenarios: Scenario) -> None:
        """Queue what the next texts get, one each."""
        self.to_say.extend(scenarios)

    async def answer(self, request: Request, connection: Connection) -> None:
        """Play what the request is due."""
        path = request.path.partition("?")[0]
        if self.keep_requests:
            self.paths.append(request.path)
            self.headers.append(request.headers)
        if path == "/v1/audio/transcriptions":
            self._keep(self.clips, clip_in(request))
            await self._play(self.to_hear.popleft() if self.to_hear else self.words, connection, request)
        elif path == "/v1/audio/speech":
            self._keep(self.texts, request.body)
            await self._play(self._to_say(request), connection, request)
        elif path == "/v1/models":
            connection.json(200, {"object": "list", "data": [{"id": name} for name in self.models]})
        elif path == "/v1/audio/voices" and self.voices is not None:
            connection.json(200, self.voices)
        else:
            connection.json(404, {"detail": "Not Found"})

    def _to_say(self, request: Request) -> Scenario:
        if marker := MARKER.search(request.body["input"]):
            return parse(marker[1])
        return self.to_say.popleft() if self.to_say else self.sound

    async def _play(self, chosen: Scenario, connection: Connection, request: Request) -> None:
        function = SCENARIOS.get(chosen.name) or FAULTS[chosen.name]
        await function(connection, request, **chosen.params)

    def _keep(self, kept: list[Any], item: object) -> None:
        if self.keep_requests:
            kept.append(item)


def clip_in(request: Request) -> Clip:
    """Read the multipart form of a transcription. By hand: `email` took a second for ten minutes of sound."""
    boundary = b"--" + request.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    fields: dict[str, str] = {}
    file = ("", "", b"")
    for part in request.body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        lines = head.decode()
        said = dict(re.findall(r'(name|filename)="([^"]*)"', lines))
        if "filename" in said:
            file = (said["filename"], re.findall(r"(?i)content-type: (\S+)", lines)[0], content[:-2])
        else:
            fields[said["name"]] = content[:-2].decode()
    return Clip(fields, *file)


# Words


def form_of(text: str, form: str) -> Iterator[bytes]:
    """Yield the events of a streamed transcript, in one of the forms that services have."""
    pieces = [piece for word in text.split(" ") for piece in (f" {word}",)]
    pieces[0] = pieces[0][1:]
    if form == "vllm":
        for piece in pieces:
            yield chunk(piece).replace(b"chat.completion.chunk", b"transcription.chunk")
        yield chunk(None, "stop") + DONE
        return
    if form == "segments":
        yield from (event({"text": piece}) for piece in pieces)
        return
    yield from (event({"type": "transcript.text.delta", "delta": piece}) for piece in pieces)
    if form != "endless":
        said = {"events": text, "only_deltas": "", "corrected": text.upper()}[form]
        yield event({"type": "transcript.text.done", "text": said})
        yield DONE


@scenario
async def words(
    connection: Connection,
    request: Request,
    text: str = WORDS,
    form: str = "json",
    delay: float = 0.0,
    pause: float = 0.0,
    kind: str = "",
    stop_after: int = 0,
) -> None:
    """The words of a clip, `delay` seconds after it came and `pause` between two pieces.

    Forms: json, text; events, only_deltas (the last event has no text), corrected (the last event says it
    otherwise), endless (no last event), vllm, segments. The connection breaks after `stop_after` pieces.
    """
    await asyncio.sleep(delay)
    if form in {"json", "text"}:
        body = json.dumps({"text": text}) if form == "json" else text
        usual = "application/json" if form == "json" else "text/plain"
        connection.body(200, body, content_type=kind or usual)
        return
    connection.stream_head(content_type=kind or "text/event-stream")
    for number, piece in enumerate(form_of(text, form), 1):
        connection.write(piece)
        if number == stop_after:
            connection.fin()
            return
        if pause:
            await asyncio.sleep(pause)
    connection.end()


@scenario
async def strict(connection: Connection, request: Request, names: str = "stream", text: str = WORDS) -> None:
    """Refuse fields (with commas between) that are not known here, one at a time, as strict servers do."""
    sent = request.body if isinstance(request.body, dict) else clip_in(request).fields
    refused = next((name for name in names.split(",") if name in sent), None)
    if refused is not None:
        connection.json(422, {"detail": [{"msg": f"Extra inputs are not permitted: {refused}"}]})
    elif isinstance(request.body, dict):
        await sound(connection, request)
    else:
        await words(connection, request, text=text)


# Sound


def tone(seconds: float, rate: int = RATE, pitch: float = 220.0) -> array[int]:
    """Return 16-bit samples of a quiet tone."""
    step = 2 * math.pi * pitch / rate
    period = [round(6000 * math.sin(step * n)) for n in range(round(rate / pitch))]
    count = round(seconds * rate)
    return array("h", (period * (count // len(period) + 1))[:count])


def samples(text: str, rate: int = RATE) -> bytes:
    """Return what the service says for a text: so many samples, and always the same ones."""
    return tone(len(text) * PER_CHARACTER, rate, 110.0 + sum(text.encode()) % 400).tobytes()


def wav_of(
    pcm: bytes, rate: int = RATE, channels: int = 1, bits: int = 16, kind: int = 1, size: int | None = None
) -> bytes:
    """Return a WAV; `size` is what its header says of its data, if not the truth."""
    frame = channels * bits // 8
    told = len(pcm) if size is None else size
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", told)
    return b"RIFF" + struct.pack("<I", min(told + 36, 0xFFFF_FFFF)) + head + pcm


def packed(pcm: bytes, form: str, rate: int) -> tuple[bytes, str]:
    """Return sound in one of the forms that services have, and its content type."""
    if form == "pcm":
        return pcm, "audio/pcm"
    if form == "mp3":
        return b"ID3\x04" + bytes(500), "audio/mpeg"
    if form == "stereo":
        return wav_of(doubled(pcm), rate, channels=2), "audio/wav"
    if form == "eight_bit":
        eight = bytes((value >> 8) + 128 for value in array("h", pcm))
        return wav_of(eight, rate, bits=8), "audio/x-wav"
    size = {"wav": None, "endless": 0xFFFF_FFFF, "zero": 0}[form]
    return wav_of(pcm, rate, size=size), "audio/wav"


def doubled(pcm: bytes) -> bytes:
    """Return the samples for two sides."""
    return b"".join(pcm[at : at + 2] * 2 for at in range(0, len(pcm), 2))


@scenario
async def sound(
    connection: Connection,
    request: Request,
    form: str = "",
    rate: int = RATE,
    first: float = 0.0,
    pause: float = 0.0,
    piece: int = 9600,
    cut: float = 1.0,
    kind: str = "",
) -> None:
    """The sound of a text, `first` seconds after it came, in pieces with `pause` between them.

    Forms: wav (in pcm only where that is asked for), endless and zero (WAVs with such lengths), stereo,
    eight_bit, pcm, mp3, events (base64). Only the share `cut` comes, then it ends in order, as far as HTTP goes.
    """
    await asyncio.sleep(first)
    asked = request.body.get("response_format", "mp3")
    form = form or ("pcm" if asked == "pcm" else "wav")
    pcm = samples(request.body["input"], rate)
    data, usual = packed(pcm, "wav" if form == "events" else form, rate)
    data = data[: round(len(data) * cut)]
    is_events = form == "events"
    connection.stream_head(content_type=kind or ("text/event-stream" if is_events else usual))
    for at in range(0, len(data), piece):
        part = data[at : at + piece]
        told = {"type": "speech.audio.delta", "audio": base64.b64encode(part).decode()}
        connection.write(event(told) if is_events else part)
        await connection.writable.wait()
        if pause:
            await asyncio.sleep(pause)
    if is_events and cut == 1.0:
        connection.write(event({"type": "speech.audio.done"}))
    connection.end()


@scenario
async def bytes200(connection: Connection, request: Request, body: str = "", kind: str = "audio/wav") -> None:
    """A whole answer of these bytes (base64)."""
    connection.body(200, base64.b64decode(body), content_type=kind)


async def serve(port: int, words: Scenario, sound: Scenario) -> None:
    """Run until killed, and say the address once it answers."""
    service = ScriptedSpeech(port=port)
    service.keep_requests, service.words, service.sound = False, words, sound
    async with service:
        print(service.base_url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--words", type=parse, default=play("words"), metavar="SCENARIO")
    parser.add_argument("--sound", type=parse, default=play("sound"), metavar="SCENARIO")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.words, arguments.sound))


if __name__ == "__main__":
    main()
