"""The site's own voice, for when nothing else is set up: eSpeak NG, without a key and without a network.

It sounds like a machine, and knows about a hundred languages.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal

from chat.provider.speech import Audio, Voice
from chat.provider.speech.errors import SpeechBusy, SpeechDown, SpeechSlow, SpeechTooMuch, VoiceUnknown
from chat.provider.speech.synthesis import MAX_TEXT
from chat.voice import espeak
from chat.voice.espeak import Espeak, EspeakBusy, EspeakError, EspeakSlow, NoSuchVoice, parts


class BuiltinSpeaker:
    """A `Speaker` by eSpeak NG in a process of its own."""

    label = espeak.NAME
    identity = f"builtin {espeak.VERSION}"
    is_elsewhere = False
    price = Decimal(0)

    def __init__(self, synthesizer: Espeak | None = None) -> None:
        self.synthesizer = synthesizer or Espeak()

    async def speak(
        self, text: str, *, language: str, voice: str = "", speed: float = 1.0
    ) -> AsyncGenerator[Audio]:
        """Yield the sound of a text as `Speaker` says, sentence by sentence. Raises SpeechError.

        A `voice` that it does not have, or of another language, is passed over: it may be one of a service
        that is gone.
        """
        if len(text) > MAX_TEXT:
            raise SpeechTooMuch(f"{len(text)} characters")
        chosen = espeak.voice_for(language, voice)
        if chosen is None:
            raise VoiceUnknown(f"no voice for {language!r}")
        for part in parts(text):
            try:
                pcm, rate = await self.synthesizer.say(part, chosen, speed)
            except NoSuchVoice as problem:
                raise VoiceUnknown(str(problem)) from problem
            except EspeakSlow as problem:
                raise SpeechSlow(str(problem)) from problem
            except EspeakBusy as problem:
                raise SpeechBusy(str(problem)) from problem
            except EspeakError as problem:
                raise SpeechDown(str(problem)) from problem
            if pcm:
                yield Audio(pcm, rate)

    def speaks(self, language: str) -> bool:
        """Return whether there is a voice for a language, in any of its regions."""
        return espeak.voice_for(language) is not None

    def end(self) -> None:
        """End the processes that are idle."""
        self.synthesizer.end()

    async def voices(self) -> list[Voice]:
        """Return all voices, those of a language together and the usual one first."""
        return [Voice(voice.name, voice.language, voice.label) for voice in espeak.voices()]
