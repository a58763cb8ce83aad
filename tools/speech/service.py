"""The service's addresses, as OpenAI and its imitators have them, for programs of this machine alone."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol

from aiohttp import web

from tools.speech.errors import Refused
from tools.speech.voices import Speaker, Voice

HOST = "127.0.0.1"
MAX_UPLOAD = 26 * 1024 * 1024
"""Bytes of a request: OpenAI's 25 MB of sound, and the fields around it."""

MAX_TEXT = 4096
SPEEDS = (0.25, 4.0)
ENDLESS = 0xFFFF_FFFF
"""The sizes in a WAV that is sent while it is made."""

TRUE = {"true", "1", "yes", "on"}
FORMATS = {"json", "text"}


class Recognizer(Protocol):
    """What knows the words."""

    name: str

    def words(self, sound: bytes, language: str, prompt: str) -> AsyncGenerator[str]:
        """Yield the words of a recording, one stretch after the other. Raises Refused."""


class Service:
    """What answers."""

    def __init__(self, recognizer: Recognizer, speakers: list[Speaker]) -> None:
        self._recognizer, self._speakers = recognizer, speakers

    async def models(self, request: web.Request) -> web.Response:
        """GET what recognises and what speaks."""
        names = [self._recognizer.name, *(speaker.model for speaker in self._speakers)]
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in names]
        return web.json_response({"object": "list", "data": listed})

    async def voices(self, request: web.Request) -> web.Response:
        """GET all voices, the better ones of a language first."""
        listed = [
            {"id": voice.id, "name": voice.label, "language": voice.language}
            for _, voice in self._known().values()
        ]
        return web.json_response({"voices": listed})

    async def transcriptions(self, request: web.Request) -> web.StreamResponse:
        """POST a form with a `file`; get its words as JSON or text, or with `stream` as events."""
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField):
            raise Refused(400, "A recording is missing.", "file")
        fields = {
            name: str(form.get(name, "")).strip()
            for name in ("language", "prompt", "stream", "response_format")
        }
        kind = fields["response_format"] or "json"
        if kind not in FORMATS:
            raise Refused(400, f"response_format can be {' or '.join(sorted(FORMATS))}.", "response_format")
        with file.file as upload:
            sound = upload.read()
        words = self._recognizer.words(sound, fields["language"].lower(), fields["prompt"][:1000])
        if fields["stream"].lower() in TRUE:
            return await _as_events(request, words)
        text = await _joined(words)
        return web.Response(text=text) if kind == "text" else web.json_response({"text": text})

    async def speech(self, request: web.Request) -> web.StreamResponse:
        """POST JSON with `input` and `voice`; get a WAV or bare samples, while they are made."""
        asked = await _json(request)
        text, speed = asked.get("input"), asked.get("speed", 1.0)
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "There is no text to be spoken.", "input")
        if len(text) > MAX_TEXT:
            raise Refused(400, f"A text can be {MAX_TEXT} characters at most.", "input")
        if (
            isinstance(speed, bool)
            or not isinstance(speed, int | float)
            or not SPEEDS[0] <= speed <= SPEEDS[1]
        ):
            raise Refused(400, f"speed can be {SPEEDS[0]} to {SPEEDS[1]:g}.", "speed")
        kind = asked.get("response_format") or "wav"
        if kind not in ("wav", "pcm"):
            raise Refused(400, "response_format can be wav or pcm.", "response_format")
        speaker, voice = self._chosen(asked.get("voice"))
        return await _as_sound(request, speaker.speak(text, voice.id, float(speed)), is_wav=kind == "wav")

    def _known(self) -> dict[str, tuple[Speaker, Voice]]:
        """Return all voices by their ids, the speakers in their order."""
        return {voice.id: (speaker, voice) for speaker in self._speakers for voice in speaker.voices()}

    def _chosen(self, name: object) -> tuple[Speaker, Voice]:
        known = self._known()
        if not name:
            return next(iter(known.values()))
        if not isinstance(name, str) or name not in known:
            raise Refused(400, "This voice is not there; see /v1/audio/voices.", "voice")
        return known[name]


def application(recognizer: Recognizer, speakers: list[Speaker]) -> web.Application:
    """Return the service with all its addresses."""
    service = Service(recognizer, speakers)
    app = web.Application(client_max_size=MAX_UPLOAD, middlewares=[_answered])
    app.add_routes(
        [
            web.get("/v1/models", service.models),
            web.get("/v1/audio/voices", service.voices),
            web.post("/v1/audio/transcriptions", service.transcriptions),
            web.post("/v1/audio/speech", service.speech),
        ]
    )
    return app


def runner_of(app: web.Application) -> web.AppRunner:
    """Return what serves it; when somebody hangs up, their request ends: others may wait behind it."""
    return web.AppRunner(app, access_log=None, handler_cancellation=True)


@web.middleware
async def _answered(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer what is refused as OpenAI does, and only programs of this machine.

    A web page that is open in a browser here could send requests too, if it names itself as this service by
    its DNS, or sends a form: browsers say from where.
    """
    host = request.host.rpartition(":")[0] or request.host
    if host not in (HOST, "localhost") or "Origin" in request.headers:
        return web.json_response(Refused(403, "Only for programs of this machine.").body, status=403)
    try:
        return await handler(request)
    except Refused as problem:
        return web.json_response(problem.body, status=problem.status)
    except ConnectionResetError:  # who asked has gone: nobody reads this, and it is no error
        return web.Response(status=499)
    except web.HTTPException as problem:
        return web.json_response(Refused(problem.status, problem.reason).body, status=problem.status)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        asked = await request.json()
    except (ValueError, RecursionError) as problem:
        raise Refused(400, "This is no JSON.") from problem
    if not isinstance(asked, dict):
        raise Refused(400, "This is no JSON object.")
    return asked


async def _joined(words: AsyncGenerator[str]) -> str:
    async with aclosing(words):
        return "".join([text async for text in words]).strip()


async def _as_events(request: web.Request, words: AsyncGenerator[str]) -> web.StreamResponse:
    """Send OpenAI's events. What goes wrong after the first is an event too."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    whole = ""
    try:
        async with aclosing(words):
            async for text in words:
                whole += text
                await _send(request, response, {"type": "transcript.text.delta", "delta": text})
        await _send(request, response, {"type": "transcript.text.done", "text": whole.strip()})
    except Refused as problem:
        if not response.prepared:
            raise
        await _send(request, response, problem.body)
    await response.write(b"data: [DONE]\n\n")
    return response


async def _send(request: web.Request, response: web.StreamResponse, event: dict[str, object]) -> None:
    if not response.prepared:
        await response.prepare(request)
    await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")


async def _as_sound(
    request: web.Request, sound: AsyncGenerator[tuple[bytes, int]], *, is_wav: bool
) -> web.StreamResponse:
    """Send samples while they are made. The rate of bare ones is in the content type."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store"})
    async with aclosing(sound):
        async for pcm, rate in sound:
            if not response.prepared:
                response.headers["Content-Type"] = "audio/wav" if is_wav else f"audio/pcm;rate={rate}"
                await response.prepare(request)
                if is_wav:
                    await response.write(_head(rate))
            await response.write(pcm)
    if not response.prepared:
        raise Refused(500, "Nothing was said.")
    return response


def _head(rate: int) -> bytes:
    """Return a WAV's header for mono samples of 16 bits, of which it is not known how many there will be."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", ENDLESS, b"WAVE", b"fmt ", 16),
        *(1, 1, rate, rate * 2, 2, 16),
        *(b"data", ENDLESS),
    )
