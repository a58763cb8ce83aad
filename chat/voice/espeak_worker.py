"""The process that chat/voice/espeak.py talks to: `python -m chat.voice.espeak_worker`.

It holds eSpeak NG, a library in C that reads whatever models write. It reads requests from its standard
input, a line of JSON each, and writes for each a header and the samples, until the pipe is closed. It has no
variable of the environment, and neither Django nor anything of the site is in it. The functions called
are those of espeak-ng's `speak_lib.h`, version 1.52.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from typing import Any

import espeakng_loader

from chat.voice.espeak import FAILED, HEADER, MOST_SOUND, UNKNOWN_VOICE

MEMORY = 512 * 1024**2
CPU_SECONDS = 10
"""Of one text: 300 characters of Chinese, more than a minute of sound, take 0.15."""

NICE = 5
"""Who has very much read to them takes only what the site, on the same processors, leaves over."""

BUFFER = 200
"""Milliseconds of sound that are taken from the library at a time."""

# speak_lib.h: enum espeak_AUDIO_OUTPUT, flags of espeak_Initialize and espeak_Synth, enum espeak_PARAMETER
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_BY_CHARACTERS = 1
_RATE = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Synthesizer:
    """The library, once it has read its data."""

    def __init__(self) -> None:
        """Raises OSError when it cannot be loaded or finds no data."""
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, BUFFER, data, _DO_NOT_EXIT)
        if self.rate <= 0:
            raise OSError("eSpeak NG does not find its data")
        self._sound = bytearray()
        self._callback = _Callback(self._take)  # held here, since C holds nothing
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: str, words_per_minute: int) -> tuple[int, bytes]:
        """Return the rate and the samples; minus UNKNOWN_VOICE or FAILED, and none."""
        self._sound.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()):
            return -UNKNOWN_VOICE, b""
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        data = text.encode("utf-8", "replace") + b"\0"
        failed = self._library.espeak_Synth(data, len(data), 0, _BY_CHARACTERS, 0, _UTF8, None, None)
        return (-FAILED, b"") if failed else (self.rate, bytes(self._sound))

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        """Keep what was made; 1 ends it. At the end of a text there are no samples."""
        if count > 0:
            self._sound += ctypes.string_at(samples, 2 * count)
        return int(len(self._sound) > MOST_SOUND - 2 * self.rate)


def main() -> None:
    """Answer requests until there are none."""
    # Whatever the library prints goes nowhere, and not between the samples
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS does not know it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    synthesizer = Synthesizer()
    for line in sys.stdin.buffer:
        _allow(CPU_SECONDS)
        rate, sound = synthesizer.say(**json.loads(line))
        answers.write(HEADER.pack(rate, len(sound)) + sound)
        answers.flush()


def _allow(seconds: int) -> None:
    """Let the system end this process when it has taken so much more processor time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    most = int(usage.ru_utime + usage.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
