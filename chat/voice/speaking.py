"""The sound of one sentence: made before, or by whatever speaks its language now."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

from chat.core.errors import ChatError
from chat.provider.speech import Audio, Speaker
from chat.realtime.voice_protocol import MAX_AUDIO, SAMPLE
from chat.voice import providers
from chat.voice.cache import Utterance, cache
from chat.voice.errors import SpeechTooLong

BROWSER = "browser"
"""The voice of the browser itself, which needs no sound of ours."""

# Bytes of one sentence's sound: two minutes at 24 kHz, far more than the longest sentence takes
MOST_SOUND = 120 * 24_000 * SAMPLE


class Voice:
    """What one reading sounds like: `name_for` a language is the voice that is to speak it, "" any of its.

    `check` is asked before more speech is made, and raises when none may be made any more; `count` is told of
    how many characters it was, and by whom. `keeps` says whether what is made may stay for the next time.
    """

    def __init__(
        self,
        person: int,
        name_for: Callable[[str], str],
        speed: float,
        *,
        check: Callable[[], Awaitable[Any]],
        count: Callable[[int, Speaker], Awaitable[None]],
        keeps: bool = True,
    ) -> None:
        self._person, self._name_for, self._speed = person, name_for, speed
        self._check, self._count, self._keeps = check, count, keeps
        self._speakers: dict[str, Speaker | None] = {}
        self._was_checked = True  # who begins a reading has asked

    async def prepare(self, language: str) -> None:
        """Find what speaks a language before its first sentence is there, which will say what is wrong."""
        if self._name_for(language) != BROWSER:
            with suppress(Exception):
                await self._speaker_of(language)

    async def sound(self, text: str, language: str) -> AsyncGenerator[Audio]:
        """Yield the sound of a text as it comes, in pieces of at most MAX_AUDIO.

        Nothing when the site has no voice for its language, or the browser's own is wanted. Raise
        ProviderError, SpeechTooLong, and what `check` raises.
        """
        name = self._name_for(language)
        speaker = None if name == BROWSER else await self._speaker_of(language)
        if speaker is None:
            return
        said = Utterance(self._person, speaker.identity, text, language, name, self._speed)
        if made := await asyncio.to_thread(cache.find, said):
            for piece in pieces(made):
                yield piece
            return
        if not self._was_checked:
            await self._check()
        self._was_checked = False
        async with aclosing(self._make(said, speaker)) as made_now:
            async for piece in made_now:
                yield piece

    async def _make(self, said: Utterance, speaker: Speaker) -> AsyncGenerator[Audio]:
        """Yield what a speaker makes, and keep it. It counts also when nobody waits for its end: it was
        asked for. What fails does not.
        """
        whole, rate, is_owed = bytearray(), 0, True
        speech = speaker.speak(said.text, language=said.language, voice=said.voice, speed=said.speed)
        try:
            async with aclosing(samples(speech)) as made_now:
                async for audio in made_now:
                    whole += audio.pcm
                    rate = audio.rate
                    if len(whole) > MOST_SOUND:
                        raise SpeechTooLong
                    for piece in pieces(audio):
                        yield piece
            if whole and self._keeps:
                await asyncio.to_thread(cache.keep, said, Audio(bytes(whole), rate))
        except ChatError:
            is_owed = False
            raise
        finally:
            if is_owed:
                await self._count(len(said.text), speaker)

    async def _speaker_of(self, language: str) -> Speaker | None:
        if language not in self._speakers:
            self._speakers[language] = await providers.speaker(language)
        return self._speakers[language]


async def samples(speech: AsyncGenerator[Audio]) -> AsyncGenerator[Audio]:
    """Yield the same sound in whole samples: a service may end a piece in the middle of one."""
    rest = b""
    async with aclosing(speech):
        async for audio in speech:
            pcm = rest + audio.pcm
            whole = len(pcm) - len(pcm) % SAMPLE
            rest = pcm[whole:]
            if whole:
                yield Audio(pcm[:whole], audio.rate)


def pieces(audio: Audio) -> list[Audio]:
    """Return the same sound in pieces of at most MAX_AUDIO bytes."""
    places = range(0, len(audio.pcm), MAX_AUDIO)
    return [Audio(audio.pcm[place : place + MAX_AUDIO], audio.rate) for place in places]
