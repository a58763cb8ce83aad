"""What the page does when somebody talks with the model: records, sends, has the reply read, and plays it."""

import asyncio
import struct
import time
from itertools import count

import msgspec

from chat.realtime.voice_protocol import RATE, SAMPLE
from tests.bench.tab import Tab
from tests.bench.wire import Socket

# Seconds: of a frame that is sent while somebody speaks, and the most for anything
FRAME, LIMIT = 0.1, 60


class VoiceTab:
    """One person's two sockets. Times are in seconds, by the monotonic clock."""

    def __init__(self) -> None:
        self.to_text: list[float] = []  # from "stop" to the last words
        self.to_sound: list[float] = []  # from "read" of a finished reply to its first sound
        self.turns: list[float] = []  # from "stop" to the first sound of the reply
        self.gaps: list[float] = []  # of silence between two sentences, beyond the pause
        self.problems: list[str] = []
        self._socket: Socket | None = None
        self._ids = count(1)
        self._hello, self._words, self._done = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._first_sound = asyncio.Event()
        self._rate, self._pause, self._coming_pause = 0, 0.0, 0.0
        self._sounded_at, self._last = 0.0, ""
        self._reading = self._sentence = -1
        self._played_until = 0.0  # by a player that has played all that came

    async def open(self, port: int, cookie: str) -> None:
        """Open both sockets; the page opens the second one when it is first used."""
        self._port, self._cookie = port, cookie
        self._socket = await Socket.open(
            port, cookie, self._on_text, path="/ws/voice/", on_binary=self._on_sound
        )
        await asyncio.wait_for(self._hello.wait(), LIMIT)

    async def talk(self, seconds: float, question: str) -> None:
        """Say something for so long, have it answered, and listen to the end. The words heard are the
        service's own; what is sent is `question`, which tells the model what to do.
        """
        chat = Tab()
        await chat.open(self._port, self._cookie)
        stopped = await self._record(seconds)
        chat.ask(question)
        await asyncio.wait_for(chat.acknowledged.wait(), LIMIT)
        await self._listen(chat.reply)
        self.turns.append(self._sounded_at - stopped)
        await asyncio.wait_for(chat.ended.wait(), LIMIT)
        chat.socket.close()
        self._last = chat.reply

    async def listen_again(self) -> None:
        """Have the last reply read as it is not kept yet: faster."""
        asked = time.monotonic()
        await self._listen(self._last, 1.25)
        self.to_sound.append(self._sounded_at - asked)

    async def _listen(self, reply: str, speed: float = 1.0) -> None:
        """Have a reply read and play it to its end."""
        self._reading, self._sentence = next(self._ids), -1
        self._done.clear()
        self._first_sound.clear()
        self._send(type="read", id=self._reading, message=reply, speed=speed)
        await asyncio.wait_for(self._first_sound.wait(), LIMIT)
        await asyncio.wait_for(self._done.wait(), LIMIT)

    async def _record(self, seconds: float) -> float:
        """Speak for so long; returns when that was over."""
        clip = next(self._ids)
        frame = struct.pack("<I", clip) + bytes(round(RATE * SAMPLE * FRAME))
        self._send(type="listen", id=clip, language="en")
        for _ in range(round(seconds / FRAME)):
            await asyncio.sleep(FRAME)
            self._voice.send_binary(frame)
        self._words.clear()
        self._send(type="finish", id=clip)
        stopped = time.monotonic()
        await asyncio.wait_for(self._words.wait(), LIMIT)
        self.to_text.append(time.monotonic() - stopped)
        return stopped

    @property
    def _voice(self) -> Socket:
        assert self._socket is not None
        return self._socket

    def _send(self, **command: object) -> None:
        self._voice.send(command)

    def _on_text(self, frame: bytes) -> None:
        event = msgspec.json.decode(frame)
        match event["type"]:
            case "hello":
                self._hello.set()
            case "words" if event["final"]:
                self._words.set()
            case "sentence":
                self._rate, self._coming_pause = event["rate"], event["pause"] / 1000
            case "spoken":
                self._play_to_the_end(event["sentence"])
            case "done":
                self._done.set()
            case "error":
                self.problems.append(event["code"])
                self._words.set()
                self._first_sound.set()
                self._done.set()

    def _on_sound(self, frame: bytes) -> None:
        """Take sound as a player does: in its place after what came before, or at once when it is late."""
        now = time.monotonic()
        reading, sentence = struct.unpack_from("<II", frame)
        if reading != self._reading:
            return
        if sentence != self._sentence:
            if self._sentence < 0:
                self._sounded_at = self._played_until = now
                self._first_sound.set()
            else:
                self.gaps.append(max(0.0, now - self._played_until - self._pause))
            self._sentence = sentence
            self._played_until = max(now, self._played_until + (self._pause if sentence else 0))
        self._played_until = max(self._played_until, now) + (len(frame) - 8) / SAMPLE / self._rate
        self._pause = self._coming_pause

    def _play_to_the_end(self, sentence: int) -> None:
        """Say so when all of a sentence has been played."""
        rest = max(0.0, self._played_until - time.monotonic())
        reading = self._reading
        asyncio.get_running_loop().call_later(rest, self._played, reading, sentence)

    def _played(self, reading: int, sentence: int) -> None:
        self._send(type="played", id=reading, sentence=sentence)
