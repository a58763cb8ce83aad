"""Piper's voices, which sound natural: each is a file NAME.onnx with NAME.onnx.json beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from piper import PiperVoice, SynthesisConfig

from tools.speech.errors import Refused
from tools.speech.voices import Sound, Voice

MOST_WAITING = 8
KEPT = 2
"""Voices that stay in memory, each of 100 to 200 MB."""


class PiperSpeaker:
    """One sentence at a time: it takes a fifth of a second of a processor for each second of speech."""

    model = "piper"

    def __init__(self, folder: Path) -> None:
        self._paths = {
            path.stem: path for path in sorted(folder.glob("*.onnx")) if _description(path).is_file()
        }
        self._thread = ThreadPoolExecutor(1, "piper")
        self._load = lru_cache(KEPT)(PiperVoice.load)
        self._waiting = 0

    def voices(self) -> list[Voice]:
        """Return those in the folder, in the order of their names."""
        return [_voice(path) for path in self._paths.values()]

    async def speak(self, text: str, voice: str, speed: float) -> Sound:
        """Yield the sound sentence by sentence. Raises Refused."""
        if self._waiting >= MOST_WAITING:
            raise Refused(429, "Too many texts are waiting to be spoken.")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        sentences = self._sentences(text, self._paths[voice], speed)
        try:
            while (sound := await loop.run_in_executor(self._thread, next, sentences, None)) is not None:
                yield sound
        finally:
            self._waiting -= 1

    def _sentences(self, text: str, path: Path, speed: float) -> Iterator[tuple[bytes, int]]:
        for chunk in self._load(path).synthesize(text, SynthesisConfig(length_scale=1 / speed)):
            yield chunk.audio_int16_bytes, chunk.sample_rate


def _description(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _voice(path: Path) -> Voice:
    language = json.loads(_description(path).read_text("utf-8")).get("language", {})
    tag = str(language.get("code", "")).replace("_", "-")
    return Voice(path.stem, tag, f"{path.stem}, Piper")
