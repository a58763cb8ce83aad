"""Speech that was made already, on the disk: a day for each text, voice, speed and language of one person.

On the disk and not in the database: a sentence is about 200 kB, which would go through SQLite's log and one
writing thread into a file that never shrinks, and into every backup. Each machine keeps its own.

A person's is found by them alone: whether a sentence is here already shows in how soon it sounds, and would
tell others that somebody had these words read to them. File names are hashes with the site's key.
"""

import logging
import os
import secrets
import struct
import time
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import msgspec
from django.conf import settings
from django.utils.crypto import salted_hmac

from chat.provider.speech import Audio

logger = logging.getLogger(__name__)

FOLDER = "speech"
KEPT_FOR = 24 * 3600
"""Seconds."""

MOST_BYTES = 200 * 1024 * 1024
"""Of all speech on this machine: more than an hour of it. The oldest leaves first."""

# Seconds between two looks for what is over or too much
SWEEP_AGAIN = 60.0
_HEADER = struct.Struct("<4sI")
_MAGIC = b"pcm1"
SALT = "chat.voice.cache"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, by whom (the identity of who speaks), and for which person's ears."""

    person: int
    speaker: str
    text: str
    language: str
    voice: str
    speed: float

    @property
    def key(self) -> str:
        """Return its file's name."""
        said = msgspec.json.encode(astuple(self))
        return salted_hmac(SALT, said, algorithm="sha256").hexdigest()


class SpeechCache:
    """Files below DATA_DIR. Call its methods in a thread.

    A disk that is full or away costs the cache alone.
    """

    def __init__(self) -> None:
        self._sweep_next = 0.0

    @property
    def folder(self) -> Path:
        """Where they are."""
        return Path(settings.DATA_DIR) / FOLDER

    def find(self, said: Utterance) -> Audio | None:
        """Return what was made for this, or None."""
        path = self.folder / said.key
        try:
            if time.time() - path.stat().st_mtime > KEPT_FOR:
                return None
            content = path.read_bytes()
        except OSError:
            return None
        if len(content) < _HEADER.size:
            return None
        magic, rate = _HEADER.unpack_from(content)
        return Audio(content[_HEADER.size :], rate) if magic == _MAGIC and rate else None

    def keep(self, said: Utterance, audio: Audio) -> None:
        """Keep what was made, whole or not at all."""
        part = self.folder / f"{said.key}.{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_HEADER.pack(_MAGIC, audio.rate) + audio.pcm)
            part.replace(self.folder / said.key)
        except OSError as problem:
            logger.warning("speech that was made is not kept: %r", problem)
            with suppress(OSError):
                part.unlink()
        self.sweep()

    def sweep(self) -> None:
        """Remove what is older than KEPT_FOR, and of the rest the oldest beyond MOST_BYTES; at times."""
        if time.monotonic() < self._sweep_next:
            return
        self._sweep_next = time.monotonic() + SWEEP_AGAIN
        try:
            found = [(entry.stat(), entry.path) for entry in os.scandir(self.folder)]
        except OSError:
            return
        room, now = MOST_BYTES, time.time()
        for stat, path in sorted(found, key=lambda file: -file[0].st_mtime):
            room -= stat.st_size
            if room < 0 or now - stat.st_mtime > KEPT_FOR:
                Path(path).unlink(missing_ok=True)


cache = SpeechCache()
"""This process's."""
