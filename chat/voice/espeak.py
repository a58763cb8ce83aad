"""eSpeak NG in processes of its own: which voices it has, and what a text sounds like.

Here is neither Django nor the library: the site and the local speech service (tools/speech/) both use this.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

VERSION = "1.52"
SECONDS = 15.0
"""That a text may take, by the clock: 300 characters take a tenth of a second, a new process half a one."""

IDLE = 60.0
"""Seconds after which a process that nobody needs is ended. It holds 25 MB."""

PROCESSES = 2
MOST_WAITING = 32
"""Texts that wait for a process; 32 of them are made in about a second."""

WORDS_PER_MINUTE = 175
"""At speed 1."""

SLOWEST, FASTEST = 80, 700
"""Words a minute. Slower is not slower, by the library's own limit; faster is no longer understood."""

MOST_AT_ONCE = 300
"""Characters that are made in one go: of Chinese they last more than a minute, and are 3 MB."""

MOST_SOUND = 16 * 1024**2
"""Bytes of one text's sound, 6 minutes."""

HEADER = struct.Struct("<iI")
"""An answer of the process: the rate, or minus what went wrong; then how many bytes of samples follow."""

UNKNOWN_VOICE, FAILED = 1, 2

# What a text is cut after: the end of a sentence, else the end of a part, else a space, else anywhere
_CUTS = [
    re.compile(rf"(?s).{{1,{MOST_AT_ONCE}}}{end}")
    for end in (r"(?:[.!?…](?=\s)|[。！？]|\Z)", r"(?:[,;:](?=\s)|[，、；：])", r"\s", "")
]
# Other alphabets for a language that has one of its own here, and how the library calls a usual voice
_SPECIAL = re.compile(r"(?i)latn|jyutping|shaw")
_USUAL = {"en-US"}
# Tags by which everybody knows language and region, and those of the library's that only look so: "ru-cl" is
# classic, not of Chile
_PLAIN = re.compile(r"(?i)[a-z]{2,3}(?:-(?:[a-z]{2}|419|cmn|yue))?")
_NO_REGIONS = {"ca-ba", "ca-nw", "ca-va", "ru-cl"}
NAME = "eSpeak NG"
_RANK, _LAST = 5, 10  # of a voice that does not say how well it suits a language, or suits a region alone
_ROOT = Path(__file__).resolve().parents[2]


class EspeakError(Exception):
    """No sound was made; the text says why."""


class EspeakSlow(EspeakError):
    """It took longer than it may, and was ended."""


class EspeakBusy(EspeakError):
    """Too many wait already."""


class NoSuchVoice(EspeakError):
    """A voice that it does not have."""


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """`name` is what people choose, `identifier` what the library calls it, `language` a BCP 47 tag.

    `label` says in English what the tag does not tell, else only whose voice it is: the page names languages
    and regions in the reader's language. `rank` orders those of one language, the best first.
    """

    name: str
    identifier: str
    language: str
    label: str
    rank: int


def is_there() -> bool:
    """Return whether eSpeak NG is installed: there are systems without a build of it."""
    return _package() is not None


@lru_cache(maxsize=1)
def voices() -> tuple[EspeakVoice, ...]:
    """Return its voices, the best of each language first. Reads about 130 small files, once."""
    package = _package()
    folder = package / "espeak-ng-data" / "lang" if package else Path("nowhere")
    files = [path for path in folder.rglob("*") if path.is_file() and not _SPECIAL.search(path.name)]
    found = [_voice(path, path.relative_to(folder).as_posix()) for path in files]
    return tuple(sorted(found, key=lambda voice: (primary(voice.language), voice.rank, voice.name)))


def voice_for(language: str, name: str = "") -> EspeakVoice | None:
    """Return the best voice of a language, or the one of that name if it speaks it; None for no language."""
    suitable = [voice for voice in voices() if primary(voice.language) == primary(language)]
    named = (voice for voice in suitable if voice.name == name)
    return next(named, suitable[0] if suitable else None)


def primary(tag: str) -> str:
    """Return "zh" of "zh-Hans" and of "zh_CN"."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _package() -> Path | None:
    found = find_spec("espeakng_loader")
    return Path(found.origin).parent if found and found.origin else None


def _voice(path: Path, identifier: str) -> EspeakVoice:
    """Return what a voice's file says: lines such as `name English (America)` and `language en-us 2`.

    Of several tags the one by which other programs know the language is taken: `zh-cmn`, not `cmn`.
    """
    lines = [line.split(maxsplit=1) for line in path.read_text("utf-8", "replace").splitlines()]
    said = [(line[0], line[1].strip()) for line in lines if len(line) == 2]
    title = next((text for kind, text in said if kind == "name"), path.name)
    tags = [text.split() for kind, text in said if kind == "language"] or [[path.name]]
    language = min((tag[0] for tag in tags), key=lambda tag: len(primary(tag)))
    ranks = [int(tag[1]) if len(tag) > 1 else _RANK for tag in tags if tag[0] == primary(language)]
    rank = 0 if path.name in _USUAL else min(ranks, default=_LAST)
    is_told = _PLAIN.fullmatch(language) and language not in _NO_REGIONS
    label = NAME if is_told else f"{title.partition(' //')[0]}, {NAME}"
    tag = primary(language) if language in _NO_REGIONS else language
    return EspeakVoice(path.name, identifier, tag, label, rank)


def parts(text: str) -> Iterator[str]:
    """Yield a text in parts of at most MOST_AT_ONCE characters, cut where it hurts least."""
    rest = text.strip()
    while rest:
        match = next(found for cut in _CUTS if (found := cut.match(rest)))
        yield match[0].strip()
        rest = rest[match.end() :].strip()


class Espeak:
    """A few processes that speak, begun when they are needed and ended when they no longer are."""

    def __init__(self, seconds: float = SECONDS, processes: int = PROCESSES, idle: float = IDLE) -> None:
        self._seconds, self._idle_seconds = seconds, idle
        # A thread waits for each process; neither is begun before it is needed
        self._threads = ThreadPoolExecutor(processes, "espeak")
        self._idle: list[_Process] = []
        self._waiting = 0

    @property
    def ids(self) -> list[int]:
        """The process ids of those that have nothing to do just now."""
        return [process.id for process in self._idle]

    async def say(self, text: str, voice: EspeakVoice, speed: float = 1.0) -> tuple[bytes, int]:
        """Return the samples of a text (16-bit, mono) and their rate. Raises EspeakError."""
        if self._waiting >= MOST_WAITING:
            raise EspeakBusy(f"{self._waiting} texts wait")
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            return await loop.run_in_executor(self._threads, self._say, text, voice, speed)
        finally:
            self._waiting -= 1
            loop.call_later(self._idle_seconds + 1, self._end_idle)

    def end(self) -> None:
        """End all processes that have nothing to do. The next text begins another."""
        while process := self._any_idle():
            process.end()

    def _say(self, text: str, voice: EspeakVoice, speed: float) -> tuple[bytes, int]:
        words = min(max(round(WORDS_PER_MINUTE * speed), SLOWEST), FASTEST)
        asked = {"text": text.replace("\0", " "), "voice": voice.identifier, "words_per_minute": words}
        process = self._any_idle() or _Process()
        try:
            # One that was killed from outside is replaced once
            answer = process.answer(asked, self._seconds) or process.answer(asked, self._seconds)
        finally:
            self._idle.append(process)
        if answer is None:
            raise EspeakError("eSpeak NG ended while it made this")
        rate, sound = answer
        if rate == -UNKNOWN_VOICE:
            raise NoSuchVoice(voice.name)
        if rate <= 0:
            raise EspeakError(f"eSpeak NG failed with {rate}")
        return sound, rate

    def _any_idle(self) -> _Process | None:
        """Take the one that was used last. Lists are safe between threads."""
        with suppress(IndexError):
            return self._idle.pop()
        return None

    def _end_idle(self) -> None:
        """End those that were not used for a while. They end within a millisecond."""
        since = time.monotonic() - self._idle_seconds
        for process in list(self._idle):
            if process.used_at < since:
                with suppress(ValueError):  # a thread has taken it
                    self._idle.remove(process)
                    process.end()


class _Process:
    """One process. One thread at a time may use it."""

    def __init__(self) -> None:
        self.used_at = time.monotonic()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def id(self) -> int:
        """Its process id; 0 while it does not run."""
        return self._child.pid if self._child else 0

    def answer(self, asked: dict[str, object], seconds: float) -> tuple[int, bytes] | None:
        """Return the rate (or minus what went wrong) and the samples; None when the process ended.

        Raises EspeakSlow when it takes longer than this.
        """
        self.used_at = time.monotonic()
        until = self.used_at + seconds
        child = self._running()
        assert child.stdin
        try:
            child.stdin.write(json.dumps(asked).encode() + b"\n")
            rate, size = HEADER.unpack(self._read(HEADER.size, until))
            if size > MOST_SOUND:
                raise EOFError  # it no longer knows what it says
            return rate, self._read(size, until)
        except (BrokenPipeError, EOFError):
            self.end()
            return None
        except TimeoutError:
            self.end()
            raise EspeakSlow(f"more than {seconds} s") from None

    def end(self) -> None:
        """End it, at once. The next request begins another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "chat.voice.espeak_worker"],
                cwd=_ROOT,
                env={},  # which holds keys
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a library's last words may hold a person's
            )
        return self._child

    def _read(self, size: int, until: float) -> bytes:
        """Return so many bytes. Raises EOFError when the process ended before, and TimeoutError."""
        assert self._child and self._child.stdout
        pipe = self._child.stdout.fileno()
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        found = bytearray()
        while len(found) < size:
            left = max(0.0, until - time.monotonic())
            if not waiting.poll(left * 1000):
                raise TimeoutError
            piece = os.read(pipe, size - len(found))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)
