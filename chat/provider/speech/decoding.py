"""The sound in an answer to a synthesis: WAV, bare samples, or either in events."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from chat.provider import faults
from chat.provider.errors import NotAModelServer
from chat.provider.speech.connection import Answer, whole
from chat.provider.speech.errors import NoSound, SpeechCut, UnusableSound
from chat.provider.speech.sound import Audio
from chat.provider.speech.transcripts import PAGE
from chat.provider.speech.wav import RATES, SampleReader, WavReader
from chat.provider.sse import BareLine, ErrorData, EventSplitter

RAW_RATE = 24_000
"""Samples a second of bare samples, by OpenAI's convention: most services do not say it."""

MAX_SOUND = 64 * 1024 * 1024
"""Bytes of one text's sound, 11 minutes of samples at 48 kHz."""

ENOUGH = 12
"""Bytes that tell a format by its beginning."""

HEAD = 64
"""Bytes that tell what an answer is, since its content type does not."""

MAX_JSON = 16 * 1024 * 1024
"""Bytes of JSON with a sentence's sound, which is decoded in one go."""

MAX_ERROR = 64 * 1024
RATE = re.compile(r"(?:\b|_)rate=\"?([0-9]{1,6})")
CHANNELS = re.compile(r"\bchannels=\"?([0-9]{1,2})")
RAW = re.compile(r"audio/(?:x-)?(?:pcm|raw)\b.*|(?:application|binary)/(?:x-)?octet-stream|")
EVENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:data: ?[{\[]|event: ?\w)")
OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"[\w.-]{1,40}\"\s*:")
SOUNDS = ("audio", "audio_data", "audioContent", "b64_json", "data")
"""Where base64 of a whole WAV is in JSON, as some services answer."""
# Compressed sound, and containers: as bare samples they would be a loud noise
OTHERS = (
    *(b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FORM", b".snd", b"caff"),
    *(b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"),
)


class Decoder:
    """Turn the bytes of an answer into sound; by their beginning they are WAV or bare samples."""

    def __init__(self, kind: str, options: str) -> None:
        self._kind = kind
        match = RATE.search(options)
        self._raw_rate = int(match[1]) if match else RAW_RATE
        match = CHANNELS.search(options)
        self._channels = int(match[1]) if match else 1
        self._head = b""
        self._size = 0
        self._reader: WavReader | SampleReader | None = None

    def feed(self, data: bytes) -> Audio | None:
        """Return the sound that these bytes complete. Raises ProviderError."""
        self._size += len(data)
        if self._size > MAX_SOUND:
            raise NotAModelServer(f"more than {MAX_SOUND} bytes of sound for one text")
        if self._reader is None:
            self._head += data
            if len(self._head) < ENOUGH:
                return None
            data, self._head = self._head, b""
            self._reader = self._reader_for(data)
        pcm = self._reader.feed(data)
        return Audio(pcm, self._rate) if pcm else None

    def close(self) -> None:
        """Say that no more comes. Raises ProviderError where more was promised."""
        if self._reader is None and self._head:
            raise SpeechCut(f"sound that ends after {len(self._head)} bytes")
        if isinstance(self._reader, WavReader):
            self._reader.close()

    @property
    def _rate(self) -> int:
        return self._reader.rate if isinstance(self._reader, WavReader) else self._raw_rate

    def _reader_for(self, head: bytes) -> WavReader | SampleReader:
        if head.startswith(b"RIFF"):
            return WavReader()
        if head.startswith(OTHERS) or head[4:8] == b"ftyp" or not RAW.fullmatch(self._kind):
            raise UnusableSound(f"{self._kind or 'sound'} that begins with {head[:8]!r}")
        if self._raw_rate not in RATES:
            raise UnusableSound(f"{self._raw_rate} samples a second")
        return SampleReader(channels=self._channels)


async def sound_in(answer: Answer) -> AsyncGenerator[Audio]:
    """Yield the sound of an answer as it comes. Raises ProviderError, also for none at all."""
    decoder = Decoder("" if answer.kind == "text/event-stream" else answer.kind, answer.options)
    has_sound = False
    async with aclosing(_sound_bytes(answer)) as pieces:
        async for piece in pieces:
            if audio := decoder.feed(piece):
                has_sound = True
                yield audio
    decoder.close()
    if not has_sound:
        raise NoSound("an answer without a sample")


async def _sound_bytes(answer: Answer) -> AsyncGenerator[bytes]:
    """Yield the bytes of the sound, whatever the answer is called: its first bytes say more."""
    async with aclosing(answer.pieces()) as pieces:
        head = b""
        async for piece in pieces:
            head += piece
            if len(head) >= HEAD:
                break
        is_sound = head.startswith(b"RIFF")
        if not is_sound and (answer.kind == "text/event-stream" or EVENT.match(head)):
            async with aclosing(_of_events(pieces, head)) as sounds:
                async for sound in sounds:
                    yield sound
        elif not is_sound and (answer.kind.endswith("json") or OBJECT.match(head)):
            yield _of_json(await whole(pieces, MAX_JSON, head))
        elif not is_sound and (answer.kind.startswith("text/") or PAGE.match(head)):
            raise faults.error_from_body(await _some(pieces, head))
        else:
            yield head
            async for piece in pieces:
                yield piece


async def _some(pieces: AsyncGenerator[bytes], head: bytes) -> bytes:
    async for piece in pieces:
        head += piece
        if len(head) > MAX_ERROR:
            break
    return head


def _of_json(body: bytes) -> bytes:
    """Return the WAV in an answer's JSON. Raises ProviderError, which is what most of them tell of."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and not value.get("error"):
        told = next((value[name] for name in SOUNDS if isinstance(value.get(name), str)), "")
        with suppress(binascii.Error):
            if (sound := _from_base64(told.rpartition(",")[2])).startswith(b"RIFF"):
                return sound
    raise faults.error_from_body(body[:MAX_ERROR])


async def _of_events(pieces: AsyncGenerator[bytes], head: bytes) -> AsyncGenerator[bytes]:
    """Yield the sound of `speech.audio.delta` events, up to `speech.audio.done` or the end."""
    events = EventSplitter()
    has_begun, piece = False, head
    while True:
        for data in events.feed(piece) if piece else events.flush():
            has_begun = True
            sound = _of_event(data)
            if sound is None:
                return
            if sound:
                yield sound
        if events.overflow:
            raise NotAModelServer("an event of more than 1 MiB")
        if not piece:
            break
        piece = await anext(pieces, b"")
    if not has_begun:
        raise NotAModelServer("no event in the answer")
    raise SpeechCut("the events ended without speech.audio.done")


def _of_event(data: bytes) -> bytes | None:
    """Return the sound of one event; None for the last one. Raises ProviderError for one of an error."""
    if data.strip() == b"[DONE]":
        return None
    try:
        event = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        event = None
    if isinstance(data, ErrorData | BareLine) or not isinstance(event, dict):
        raise faults.error_from_body(data)
    kind = str(event.get("type") or "")
    if event.get("error") or kind.endswith("error"):
        raise faults.error_from_event(event.get("error") or event)
    if kind == "speech.audio.done":
        return None
    sound = event.get("audio") or event.get("delta")
    try:
        return _from_base64(sound) if isinstance(sound, str) else b""
    except binascii.Error as problem:
        raise NotAModelServer("an event whose sound is no base64") from problem


def _from_base64(text: str) -> bytes:
    """Return what it stands for, also with line ends or without its padding. Raises binascii.Error."""
    text = "".join(text.split())
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as problem:  # letters that are no ASCII
        raise binascii.Error(str(problem)) from problem
