"""What goes between the site and speech services, whichever they are: words, sound and voices."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

SAMPLE = 2
"""Bytes of a sample."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a clip's words so far: `text` is all of it, not what is new.

    The last one of a clip `is_final`; its text is "" when there was nothing to hear.
    """

    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of sound: 16-bit little-endian mono samples, `rate` of them a second."""

    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.pcm) / SAMPLE / self.rate


@dataclass(frozen=True, slots=True)
class Voice:
    """One that a service can speak with. `language` is a BCP 47 tag, "" if the service does not say."""

    name: str
    language: str
    label: str


class Recognizer(Protocol):
    """Turns speech into words."""

    @property
    def label(self) -> str:
        """The service, as people call it."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether what is said leaves this machine and its network."""

    @property
    def price(self) -> Decimal | None:
        """What a minute costs; None is unknown."""

    def recognize(self, pcm: bytes, *, rate: int = 16000, language: str = "") -> AsyncGenerator[Heard]:
        """Yield the words of a clip (16-bit mono samples) as they become known, the final ones last.

        `language` "" is found by the service. Raises SpeechError.
        """


class Speaker(Protocol):
    """Says text aloud."""

    @property
    def label(self) -> str:
        """The service, as people call it."""

    @property
    def identity(self) -> str:
        """What is another one when the same text would sound otherwise; for no eyes."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the text leaves this machine and its network."""

    @property
    def price(self) -> Decimal | None:
        """What a million characters cost; None is unknown."""

    def speak(
        self, text: str, *, language: str, voice: str = "", speed: float = 1.0
    ) -> AsyncGenerator[Audio]:
        """Yield the sound of a text, piece by piece as it is made, all at one rate.

        `voice` "" is the one that suits the language. Raises SpeechError.
        """

    async def voices(self) -> list[Voice]:
        """Return the voices that can be chosen; none where the service does not list them."""
