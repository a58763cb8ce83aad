"""Reads a text aloud, sentence by sentence: the first at once, the next ones ahead of who listens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chat.markdown.speech import SpeechReader, SpokenSentence
from chat.models.heard import HeardMark
from chat.provider.speech import Audio
from chat.provider.speech.errors import NoSound
from chat.realtime.voice_protocol import SAMPLE, Done, Sentence, Spoken, speech_frame
from chat.voice.speaking import Voice

AHEAD = 3
"""Sentences that are made beyond the last one that was heard to its end."""

LEAD = 8.0
"""Seconds of sound that are sent before they can be heard.

A built-in voice makes a minute of it in a tenth of a second, and serving/sockets.py hangs up on a client for
whom more than 768 KiB wait: here it is half of that.
"""

# Characters of a sentence that is over so soon that the next one is begun while it is made
SHORT = 60
# Characters of a text that are looked at in one go; a longer text is looked at beside the event loop
PIECE = 4000
# Characters that the model is told were heard last
LAST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a reading goes: events, and frames of sound."""

    event: Callable[[msgspec.Struct], Awaitable[None]]
    sound: Callable[[bytes], Awaitable[None]]


@dataclass(slots=True)
class _Made:
    """A sentence whose sound is being made: pieces of it, and None or what went wrong at its end."""

    number: int
    sentence: SpokenSentence
    pieces: asyncio.Queue[Audio | Exception | None] = field(default_factory=asyncio.Queue)
    # The next one may be made too
    is_under_way: asyncio.Event = field(default_factory=asyncio.Event)


class Reading:
    """One text being read to one person, from sentence `first` on."""

    def __init__(
        self,
        number: int,
        sentences: AsyncGenerator[SpokenSentence],
        voice: Voice,
        outlet: Outlet,
        first: int = 0,
    ) -> None:
        self.number = number
        self._sentences, self._voice, self._outlet = sentences, voice, outlet
        self._first, self._heard, self._sent = first, first - 1, first - 1
        self._moved = asyncio.Event()
        self._known: list[SpokenSentence] = []
        self._queue: asyncio.Queue[_Made | Exception | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_whole = self._has_sounded = False
        self._without_sound: NoSound | None = None
        self._heard_until = 0.0  # by the loop's clock, if all that was sent is played at once

    async def run(self) -> None:
        """Read to the end, or until cancelled. Raise what the making raises."""
        self._spawn(self._make_all())
        try:
            while made := await self._queue.get():
                if isinstance(made, Exception):
                    raise made
                await self._send(made)
            if self._without_sound and not self._has_sounded:
                raise self._without_sound
            await self._outlet.event(Done(self.number))
        finally:
            for task in self._tasks:
                task.cancel()

    def played(self, sentence: int) -> None:
        """A sentence was heard to its end.

        Only one that was sent, which is paced: what is made waits in memory, 3 MB a minute.
        """
        self._heard = max(self._heard, min(sentence, self._sent))
        self._moved.set()

    def heard(self, sentence: int, share: float) -> HeardMark | None:
        """Return how far it was heard, when that is `share` of a sentence.

        None for one that is not known, and when all was heard.
        """
        count = len(self._known)
        if sentence >= count or (self._is_whole and sentence == count - 1 and share >= 1):
            return None
        last = self._known[sentence]
        offset = None
        if last.start is not None and last.end is not None:
            offset = last.start + round(share * (last.end - last.start))
        before = " ".join(known.text for known in self._known[max(self._first, sentence - 3) : sentence])
        words = last_words(f"{before} {part_of(last.text, share)}".strip())
        return HeardMark(words, last.block, offset)

    # Making

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # asyncio holds tasks weakly
        task.add_done_callback(self._tasks.discard)

    async def _make_all(self) -> None:
        try:
            async with aclosing(self._sentences) as sentences:
                async for sentence in sentences:
                    self._known.append(sentence)
                    await self._begin_to_make(len(self._known) - 1, sentence)
            self._is_whole = True
            self._queue.put_nowait(None)
        except Exception as problem:
            self._queue.put_nowait(problem)

    async def _begin_to_make(self, number: int, sentence: SpokenSentence) -> None:
        """Return when the next one may follow, which is not made beside it unless this one is soon over:
        on a machine that speaks itself, two at once would both come too late.
        """
        if number < self._first:
            return
        await self._until_wanted(number)
        made = _Made(number, sentence)
        self._queue.put_nowait(made)
        self._spawn(self._make(made))
        await made.is_under_way.wait()

    async def _until_wanted(self, number: int) -> None:
        while number > self._heard + AHEAD:
            self._moved.clear()
            await self._moved.wait()

    async def _make(self, made: _Made) -> None:
        sentence, end = made.sentence, None
        try:
            async with aclosing(self._voice.sound(sentence.text, sentence.language)) as sound:
                async for audio in sound:
                    made.pieces.put_nowait(audio)
                    if len(sentence.text) < SHORT:
                        made.is_under_way.set()
        except Exception as problem:
            end = problem
        finally:
            made.pieces.put_nowait(end)
            made.is_under_way.set()

    # Sending

    async def _send(self, made: _Made) -> None:
        has_begun = False
        while (piece := await made.pieces.get()) is not None:
            if isinstance(piece, NoSound):  # what can be said of the rest is to be heard all the same
                self._without_sound = piece
                break
            if isinstance(piece, Exception):
                raise piece
            self._has_sounded = True
            if not has_begun:
                await self._begin(made, piece.rate)
                has_begun = True
            await self._room_for(len(piece.pcm) / SAMPLE / piece.rate)
            await self._outlet.sound(speech_frame(self.number, made.number, piece.pcm))
        if not has_begun:
            await self._begin(made, 0)
        self._sent = made.number
        await self._outlet.event(Spoken(self.number, made.number))

    async def _begin(self, made: _Made, rate: int) -> None:
        said = made.sentence
        place = (said.block, said.start, said.end)
        await self._outlet.event(
            Sentence(self.number, made.number, said.text, *place, said.pause, rate, said.language)
        )

    async def _room_for(self, seconds: float) -> None:
        """Wait until this much more sound is at most LEAD ahead of who listens."""
        now = asyncio.get_running_loop().time()
        self._heard_until = max(self._heard_until, now) + seconds
        if (wait := self._heard_until - now - LEAD) > 0:
            await asyncio.sleep(wait)


async def sentences_of(texts: AsyncGenerator[str], language: str) -> AsyncGenerator[SpokenSentence]:
    """Yield what is to be said of a reply, from its text so far, again and again, until that ends.

    Where the end of the text was taken back (it was the model's thinking, as it turns out), what was said of
    it stays said.
    """
    reader, have, said, again = SpeechReader(language), "", 0, 0
    async with aclosing(texts):
        async for text in texts:
            if not text.startswith(have):
                reader, have, again = SpeechReader(language), "", said
            for place in range(len(have), len(text), PIECE):
                for sentence in await _off_the_loop(text, reader.feed, text[place : place + PIECE]):
                    if again:
                        again -= 1
                    else:
                        said += 1
                        yield sentence
            have = text
    for sentence in (await _off_the_loop(have, reader.close))[again:]:
        yield sentence


async def _off_the_loop(
    text: str, work: Callable[..., list[SpokenSentence]], *arguments: str
) -> list[SpokenSentence]:
    """Return what `work` gives; of a long text it is done in a thread, for it may wait for a renderer."""
    if len(text) > PIECE:
        return await asyncio.to_thread(work, *arguments)
    return work(*arguments)


async def one(sentence: SpokenSentence) -> AsyncGenerator[SpokenSentence]:
    """Yield a single sentence."""
    yield sentence


def part_of(text: str, share: float) -> str:
    """Return the first `share` of a text, to the end of the word that is cut."""
    place = round(share * len(text))
    if 0 < place < len(text) and text[place - 1].isascii():
        end = text.find(" ", place - 1)
        place = len(text) if end < 0 else end
    return text[:place]


def last_words(text: str) -> str:
    """Return the end of a text, at most LAST_WORDS characters from the beginning of a word."""
    if len(text) <= LAST_WORDS:
        return text
    end = text[-LAST_WORDS:]
    _, space, rest = end.partition(" ")
    return rest if space and len(rest) > LAST_WORDS // 2 else end
