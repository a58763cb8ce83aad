"""What speaks: eSpeak NG, which knows about a hundred languages. Piper's voices are in piper_voices.py."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from chat.voice import espeak
from chat.voice.espeak import Espeak, EspeakBusy, EspeakError, parts
from tools.speech.errors import Refused

Sound = AsyncGenerator[tuple[bytes, int]]
"""16-bit mono samples, piece by piece, each with how many there are a second."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One that can be chosen by its id. `language` is a BCP 47 tag."""

    id: str
    language: str
    label: str


class Speaker(Protocol):
    """Something with voices."""

    model: str

    def voices(self) -> list[Voice]:
        """Return them, those of a language together and the usual one first."""

    def speak(self, text: str, voice: str, speed: float) -> Sound:
        """Yield the sound of a text in one of its voices. Raises Refused."""


class EspeakSpeaker:
    """Like a machine, and at once."""

    model = "espeak-ng"

    def __init__(self) -> None:
        self._espeak = Espeak()

    def voices(self) -> list[Voice]:
        """Return the library's own."""
        return [Voice(voice.name, voice.language, voice.label) for voice in espeak.voices()]

    async def speak(self, text: str, voice: str, speed: float) -> Sound:
        """Yield the sound part by part. Raises Refused."""
        [chosen] = [known for known in espeak.voices() if known.name == voice]
        for part in parts(text):
            try:
                yield await self._espeak.say(part, chosen, speed)
            except EspeakBusy as problem:
                raise Refused(429, str(problem)) from problem
            except EspeakError as problem:
                raise Refused(500, str(problem)) from problem
