"""A speech service in a thread, and a microphone that hears the same sound again and again."""

import asyncio
import math
import threading
import wave
from array import array
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.support.scripted_speech import Clip, ScriptedSpeech, play

RATE = 48_000
# Seconds: before somebody speaks; what they say into the microphone, and for how long they are silent then. Longer than
# the 0.6 s after which they have ended, and than a short reply takes to be read
BEFORE, SPEECH, SILENCE = 0.3, 1.2, 2.5
SOUND = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


class Speech:
    """The service; `hears` and `speaks` say what the next clip and the next text get."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._service = ScriptedSpeech()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Speech":
        self._thread.start()
        self._do(self._service.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _end(self) -> None:
        await self._service.__aexit__()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    @property
    def variables(self) -> dict[str, str]:
        """What the site is started with to use it."""
        return {
            "SPEECH_TO_TEXT_URL": self._service.base_url,
            "TEXT_TO_SPEECH_URL": self._service.base_url,
        }

    @property
    def clips(self) -> list[Clip]:
        """What came to be recognised so far."""
        return self._service.clips

    @property
    def texts(self) -> list[dict[str, Any]]:
        """What came to be spoken so far."""
        return self._service.texts

    def hears(self, *texts: str, delay: float = 0.0) -> None:
        """The words of the next clips, one each, after so many seconds; of "" there are none."""
        self._service.hear(*(play("words", text=text, delay=delay) for text in texts))

    def streams(self, text: str, pause: float) -> None:
        """The words of the next clip, one after another with so many seconds between them."""
        self._service.hear(play("words", text=text, form="events", pause=pause))

    def fails_once(self) -> None:
        """The next clip is not recognised."""
        self._service.hear(play("status", code=500))

    def forget(self) -> None:
        """What one test left unplayed must not reach the next."""
        self._service.to_hear.clear()
        self._service.to_say.clear()
        self._service.clips.clear()
        self._service.texts.clear()


def microphone(path: Path, *rounds: tuple[float, float]) -> str:
    """Write what is heard to a WAV, and return the flag by which Chromium hears it again and again, from its beginning
    each time that it is opened. `rounds` are seconds that somebody speaks and is silent then.
    """
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(silence(BEFORE))
        for spoken, silent in rounds or [(SPEECH, SILENCE)]:
            file.writeframes(syllables(spoken) + silence(silent))
    return f"--use-file-for-fake-audio-capture={path}"


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


def syllables(seconds: float) -> bytes:
    """As loud and quiet as syllables are, so that it is not taken for noise and filtered away."""
    sound = (
        9000 * math.sin(2 * math.pi * 220 * n / RATE) * (0.6 + 0.4 * math.sin(8 * math.pi * n / RATE))
        for n in range(round(seconds * RATE))
    )
    return array("h", map(round, sound)).tobytes()
