"""Whisper, one clip at a time: without a graphics card a second beside it would make both late."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel

from tools.speech.decoding import RATE, samples_of
from tools.speech.errors import Refused

MOST_WAITING = 8
TEMPERATURES = (0.0, 0.4, 0.8)
"""At which Whisper tries again what it is not sure of or repeats itself in. With its usual six, 3 s of
English that were said to be Chinese took 36 s on a busy machine; with these and the bound of tokens 17 s."""

TOKENS, TOKENS_A_SECOND = 32, 25
"""That the words of a short clip can have, which is more than is spoken in any script: Whisper may repeat a
word until it has 224."""

SHORT = 7.0
"""Seconds of a clip in which this is less."""


class CannotLoad(Exception):
    """The model is neither there nor can it be downloaded."""


class Whisper:
    """One model, loaded."""

    def __init__(self, model: str, folder: Path) -> None:
        """Download it into the folder if it is not there. Raises CannotLoad."""
        self.name = Path(model).name
        self._thread = ThreadPoolExecutor(1, "whisper")
        self._waiting = 0
        try:
            # 8 bits: on a processor twice as fast as 32, with the same words
            self._model = WhisperModel(
                model,
                compute_type="int8",
                cpu_threads=os.cpu_count() or 1,
                download_root=str(folder),
            )
        except Exception as problem:  # of whatever library is asked for it
            raise CannotLoad(" ".join(str(problem).split())[:300]) from problem

    async def words(self, sound: bytes, language: str, prompt: str) -> AsyncGenerator[str]:
        """Yield the words of a recording of any usual kind, a few seconds' at a time. Raises Refused."""
        if self._waiting >= MOST_WAITING:
            raise Refused(429, "Too many clips are waiting to be recognised.")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        try:
            segments = await loop.run_in_executor(self._thread, self._begin, sound, language, prompt)
            while (text := await loop.run_in_executor(self._thread, next, segments, None)) is not None:
                yield text
        finally:
            self._waiting -= 1

    def _begin(self, sound: bytes, language: str, prompt: str) -> Iterator[str]:
        """Return the segments, each of which is recognised when it is asked for."""
        samples = samples_of(sound)
        if len(samples) == 0:
            return iter(())
        seconds = len(samples) / RATE
        options: dict[str, Any] = {
            "beam_size": 1,
            "vad_filter": True,
            "condition_on_previous_text": False,
            "temperature": TEMPERATURES,
            "max_new_tokens": TOKENS + round(TOKENS_A_SECOND * seconds) if seconds < SHORT else None,
        }
        if prompt:
            options["initial_prompt"] = prompt
        try:
            segments, _ = self._model.transcribe(samples, language=language or None, **options)
        except ValueError as problem:
            raise Refused(400, f"language: {problem}"[:300], "language") from problem
        return (segment.text for segment in segments)
