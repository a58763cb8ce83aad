"""Speech into words, by any service that has OpenAI's `/audio/transcriptions`."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from decimal import Decimal

from aiohttp.abc import AbstractResolver

from chat.provider.errors import NotAModelServer
from chat.provider.speech.connection import Answer, Deadlines, SpeechConnection, whole
from chat.provider.speech.endpoint import SpeechEndpoint
from chat.provider.speech.errors import SpeechError, SpeechModelUnknown, SpeechRefused
from chat.provider.speech.invented import is_quiet, one_line, said_in
from chat.provider.speech.sound import SAMPLE, Heard
from chat.provider.speech.transcripts import Transcript, whole_text
from chat.provider.speech.wav import wav
from chat.provider.sse import EventSplitter

PATH = "/audio/transcriptions"
MAX_BODY = 2 * 1024 * 1024
"""Bytes of an answer: segments with their words and times take more than the words alone."""

FIRST, BETWEEN = 60.0, 60.0
"""Seconds, beside what the clip lasts: on two cores a service takes about that long, and loads its model."""

ENOUGH = 8
"""Bytes that tell events from other text."""

MAX_BLANK = 1024
"""Bytes of white space in front of those: some services keep a connection open by it while they work."""

STEP = 64
"""The part of the words so far by which they grow before they are told again: so telling 100,000 characters
that come one by one costs 64 times their length, not 50,000 times. Up to 64 characters each one is told."""

EVENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:data|event|id|retry|error)?:")
# Left out one by one where a service names them in a refusal. A stream may be the sound's own ("the audio
# stream is damaged"): only what looks like the name of a field, or says that none is supported, is about ours
OPTIONAL = {
    "stream": re.compile(
        r"""(?ix) ['"`]stream['"`] | \bstream= | \bstream\ (?:parameter|field|argument|option)\b
        | \b(?:(?:parameter|field|argument|option)s?|inputs)\b [^.]{0,40} \bstream\b (?!\ \w)
        | (?<!audio\ )(?<!sound\ )(?<!media\ )(?<!input\ )(?<!the\ ) \bstream(?:ing)?\b (?:\ is|\ are)?
          (?:\ not|n't) (?:\ \w+)? \ (?:supported|allowed|permitted|implemented|available)\b
        | \b(?:unsupported|unknown|unrecogni[sz]ed|unexpected):?\ stream\b (?!\ \w)"""
    ),
    "response_format": re.compile(r"(?i)\bresponse_format\b"),
    "language": re.compile(r"(?i)\blanguages?\b"),
}

MODEL = re.compile(r"(?i)\bmodel\b")
ANY_MODEL = "whisper-1"
"""Where none is set and the service wants one to be named: OpenAI's, which its imitators know."""

OF_WHISPER = {"auto": "", "fil": "tl", "nb": "no", "iw": "he", "in": "id", "jv": "jw", "cmn": "zh"}
"""What Whisper calls languages that browsers and standards call otherwise."""

log = logging.getLogger(__name__)


class ServiceRecognizer:
    """A `Recognizer` by a service."""

    def __init__(
        self,
        endpoint: SpeechEndpoint,
        deadlines: Deadlines | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`deadlines` are in place of those by the length of the clip."""
        self.connection = SpeechConnection(endpoint, resolver)
        self._deadlines = deadlines
        self._refused: set[str] = set()

    @property
    def label(self) -> str:
        return self.connection.endpoint.label

    @property
    def is_elsewhere(self) -> bool:
        return self.connection.endpoint.is_elsewhere

    @property
    def price(self) -> Decimal | None:
        return self.connection.endpoint.price

    async def recognize(self, pcm: bytes, *, rate: int = 16000, language: str = "") -> AsyncGenerator[Heard]:
        """Yield the words of a clip as `Recognizer` says; the clip is sent whole. Raises SpeechError."""
        seconds = len(pcm) / SAMPLE / rate
        deadlines = self._deadlines or Deadlines(FIRST + seconds, BETWEEN, FIRST + 2 * seconds + BETWEEN)
        sound = {"file": ("speech.wav", wav(pcm, rate), "audio/wav")}
        is_silent = is_quiet(pcm)
        del pcm  # 19 MB of ten minutes, which would be held until the last word
        refused: set[str] = set()
        while True:
            without = self._refused | refused
            fields = self._fields(language, without)
            try:
                async with (
                    self.connection.asked("POST", PATH, deadlines, data=fields, files=sound) as answer,
                    aclosing(_words(answer)) as words,
                ):
                    async for heard in words:
                        if heard.is_final:  # a refusal alone says too little: it may be about the sound
                            self._refused |= refused - {"language"}  # which is of this clip
                        yield _said(heard, is_silent=is_silent)
                return
            except (SpeechRefused, SpeechModelUnknown) as problem:
                if not (named := _named(problem, fields)):
                    raise
                log.info("%s refuses %s: %s", self.label, named, problem.detail)
                refused.add(named)

    def _fields(self, language: str, without: set[str]) -> dict[str, str]:
        """Whisper and its kin know languages by two or three letters, without region or script.

        `without` is what was refused: fields, or that there is no model.
        """
        base = language.replace("_", "-").partition("-")[0].lower()
        fields = {
            "model": self.connection.endpoint.model or (ANY_MODEL if "model" in without else ""),
            "language": OF_WHISPER.get(base, base),
            "response_format": "json",
            "stream": "true",
        }
        left_out = without - {"model"}
        return {name: text for name, text in fields.items() if text and name not in left_out}


def _named(problem: SpeechError, fields: dict[str, str]) -> str:
    """Return the field that is refused and can be left out, or "model" where one is wanted; "" for none."""
    parameter = getattr(problem, "parameter", "")
    if parameter in fields:
        return parameter if parameter in OPTIONAL else ""
    for name, words in OPTIONAL.items():
        if name in fields and words.search(problem.detail):
            return name
    return "model" if "model" not in fields and MODEL.search(problem.detail) else ""


def _said(heard: Heard, *, is_silent: bool) -> Heard:
    """Return the same without what nobody said; what may yet grow is not judged."""
    if heard.is_final:
        return Heard(said_in(heard.text, is_quiet=is_silent), is_final=True)
    return Heard(one_line(heard.text), is_final=False)


async def _words(answer: Answer) -> AsyncGenerator[Heard]:
    """Yield the words, whatever form they come in: a look at the body says more than its content type."""
    async with aclosing(answer.pieces()) as pieces:
        head = b""
        async for piece in pieces:
            head += piece
            if len(head.strip()) >= ENOUGH or len(head) > MAX_BLANK:
                break
        is_stream = answer.kind == "text/event-stream" and not head.lstrip().startswith(b"{")
        if not is_stream and not EVENT.match(head):
            yield Heard(
                whole_text(await whole(pieces, MAX_BODY, head), answer.kind, answer.options), is_final=True
            )
            return
        async with aclosing(_streamed(pieces, head)) as words:
            async for heard in words:
                yield heard


async def _streamed(pieces: AsyncGenerator[bytes], piece: bytes) -> AsyncGenerator[Heard]:
    """Yield the words of an event stream, which begins with `piece`. No last event is asked for."""
    transcript, events, told = Transcript(), EventSplitter(), 0
    while piece and not transcript.is_done:
        for data in events.feed(piece):
            transcript.add(data)
        if events.overflow:
            raise NotAModelServer("an event of more than 1 MiB")
        if not transcript.is_done and transcript.length > told + told // STEP:
            told = transcript.length
            yield Heard(transcript.text, is_final=False)
        piece = b"" if transcript.is_done else await anext(pieces, b"")
    for data in events.flush():
        transcript.add(data)
    if not transcript.has_begun:
        raise NotAModelServer("no event in the answer")
    yield Heard(transcript.text, is_final=True)
