"""Recordings of any usual kind to samples, no more than may be recognised."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import av
import numpy as np

from tools.speech.errors import Refused

RATE = 16_000
MOST_SECONDS = 660
"""Of one clip: the site's 10 minutes and a little."""


def samples_of(sound: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the samples of a recording, mono at RATE, from -1 to 1. Raises Refused.

    It is judged while it is decoded: 25 MB of compressed sound can be ten hours.
    """
    try:
        pieces = list(_pieces(sound))
    except Refused:
        raise
    except Exception as problem:  # whatever the decoder says of what is no sound
        message = f"This is no sound that can be read ({type(problem).__name__})."
        raise Refused(400, message, "file") from problem
    whole = np.frombuffer(b"".join(pieces), np.int16)
    return whole.astype(np.float32) / 32768.0


def _pieces(sound: bytes) -> Iterator[bytes]:
    """Yield the samples of each frame, of 16 bits. Raises Refused and what the decoder raises."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    seconds = 0.0
    with av.open(io.BytesIO(sound), metadata_errors="ignore") as container:
        with suppress(av.error.InvalidDataError):  # of a file that breaks off, what is there is recognised
            for frame in container.decode(audio=0):
                # Before it is brought to the rate, which makes 16,000 samples of each one at 1 Hz
                seconds += frame.samples / frame.sample_rate
                if seconds > MOST_SECONDS:
                    raise Refused(413, f"A clip can be {MOST_SECONDS} seconds at most.", "file")
                yield from map(_samples, resampler.resample(frame))
        yield from map(_samples, resampler.resample(None))


def _samples(frame: Any) -> bytes:
    return bytes(frame.to_ndarray().tobytes())
