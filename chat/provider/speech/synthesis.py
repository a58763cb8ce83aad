"""Words into speech, by any service that has OpenAI's `/audio/speech`."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from decimal import Decimal
from typing import Any

from aiohttp.abc import AbstractResolver

from chat.provider.errors import ProviderError
from chat.provider.speech.connection import SHORT, Deadlines, SpeechConnection, whole
from chat.provider.speech.decoding import sound_in
from chat.provider.speech.endpoint import SpeechEndpoint
from chat.provider.speech.errors import (
    SpeechAddressRefused,
    SpeechDown,
    SpeechError,
    SpeechModelUnknown,
    SpeechRefused,
    SpeechTooMuch,
    SpeechUnreachable,
    UnusableSound,
    VoiceUnknown,
)
from chat.provider.speech.sound import Audio, Voice
from chat.provider.speech.voices import PATHS, suits, voices_in

PATH = "/audio/speech"
MAX_TEXT = 4096
"""Characters of one request, which is OpenAI's limit. Sentences are a few hundred."""

KEPT_FOR = 300.0
"""Seconds for which the list of voices is not asked for again."""

MAX_LIST = 1024 * 1024
DEADLINES = Deadlines(60, 30, 300)
ANY_VOICE = "alloy"
"""Where nothing else is known: OpenAI wants one to be named, and its imitators know this name."""

ANY_MODEL = "tts-1"
"""The same, where no model is set and the service wants one to be named."""

FORMATS = ("wav", "pcm")
"""WAV says its rate. Where it is refused (vLLM-Omni streams bare samples alone), or what comes is none, those
are asked for."""

NO_MODEL = ("model", None)
MOST_REFUSED = 100
"""Refused speeds and formats that are remembered: people choose any speed."""

log = logging.getLogger(__name__)


class ServiceSpeaker:
    """A `Speaker` by a service."""

    def __init__(
        self,
        endpoint: SpeechEndpoint,
        deadlines: Deadlines = DEADLINES,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.connection = SpeechConnection(endpoint, resolver)
        self._deadlines = deadlines
        self._refused: set[tuple[str, Any]] = set()  # parameters with their values
        self._voices: list[Voice] = []
        self._voices_until = 0.0

    @property
    def label(self) -> str:
        return self.connection.endpoint.label

    @property
    def identity(self) -> str:
        endpoint = self.connection.endpoint
        return f"{endpoint.base_url} {endpoint.model} {endpoint.voice}"

    @property
    def is_elsewhere(self) -> bool:
        return self.connection.endpoint.is_elsewhere

    @property
    def price(self) -> Decimal | None:
        return self.connection.endpoint.price

    async def speak(
        self, text: str, *, language: str, voice: str = "", speed: float = 1.0
    ) -> AsyncGenerator[Audio]:
        """Yield the sound of a text as `Speaker` says. Raises SpeechError."""
        if len(text) > MAX_TEXT:
            raise SpeechTooMuch(f"{len(text)} characters")
        voice = voice or await self._voice_for(language)
        refused = set(self._refused)
        has_sound = False
        while True:
            body = self._body(text, voice, speed, refused)
            try:
                async with (
                    self.connection.asked("POST", PATH, self._deadlines, text, json=body) as answer,
                    aclosing(sound_in(answer)) as sound,
                ):
                    async for audio in sound:
                        self._remember(refused)
                        has_sound = True
                        yield audio
                return
            except (SpeechRefused, SpeechModelUnknown, UnusableSound) as problem:
                if has_sound or not (named := _named(problem, body)):
                    raise _about_voice(problem) from problem
                log.info("%s refuses a parameter: %s", self.label, problem.detail)
                refused.add(named)

    async def voices(self) -> list[Voice]:
        """Return the voices that the service lists, if any. It is asked now and then. Raises SpeechError."""
        now = time.monotonic()
        if now >= self._voices_until:
            # Known only once it is here: others ask meanwhile, and who asked may go away
            self._voices, self._voices_until = await self._listed(), now + KEPT_FOR
        return self._voices

    async def _listed(self) -> list[Voice]:
        for path in PATHS:
            try:
                async with self.connection.asked("GET", path, SHORT) as answer:
                    if voices := voices_in(await whole(answer.pieces(), MAX_LIST)):
                        return voices
            except (SpeechUnreachable, SpeechAddressRefused, SpeechDown):
                raise
            except SpeechError as problem:
                log.debug("%s lists no voices at %s: %s", self.label, path, problem)
        return []

    async def _voice_for(self, language: str) -> str:
        """Return the voice that is set, else the first of the language, else any."""
        if self.connection.endpoint.voice:
            return self.connection.endpoint.voice
        voices = await self.voices()
        of_language = [voice for voice in voices if suits(voice, language)]
        return next((voice.name for voice in [*of_language, *voices]), ANY_VOICE)

    def _body(self, text: str, voice: str, speed: float, refused: set[tuple[str, Any]]) -> dict[str, Any]:
        form = FORMATS[("response_format", FORMATS[0]) in refused]
        body: dict[str, Any] = {"input": text, "voice": voice, "response_format": form}
        if model := self.connection.endpoint.model or (ANY_MODEL if NO_MODEL in refused else ""):
            body["model"] = model
        if speed != 1.0 and ("speed", speed) not in refused:
            body["speed"] = speed
        return body

    def _remember(self, refused: set[tuple[str, Any]]) -> None:
        """Leave out from now on, for everybody, what was refused, as sound came without it.

        A refusal alone says too little: it may name a person's voice, which may be called "wav".
        """
        if len(self._refused) < MOST_REFUSED:
            self._refused |= refused


def _named(problem: ProviderError, body: dict[str, Any]) -> tuple[str, Any] | None:
    """Return the parameter and its value that are refused, if it can be asked for in another way."""
    words = problem.detail.lower()
    is_about_form = isinstance(problem, UnusableSound) or "response_format" in words or "wav" in words
    if is_about_form and body["response_format"] == FORMATS[0]:
        return "response_format", FORMATS[0]
    if "speed" in words and "speed" in body:
        return "speed", body["speed"]
    return NO_MODEL if "model" in words and "model" not in body else None


def _about_voice(problem: SpeechError) -> SpeechError:
    """Return the error of a voice that is not known, if that is what was refused."""
    return VoiceUnknown(problem.detail) if "voice" in problem.detail.lower() else problem
