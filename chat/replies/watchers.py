"""A socket's view of one reply, with a window: a reader who does not keep up costs the server little."""

from collections import deque
from typing import Protocol

from chat import events
from chat.models import Message
from chat.replies.writer import Writer

# What may be under way to one browser, unacknowledged; past either, it gets a snapshot when it catches up
WINDOW_FRAMES = 64
WINDOW_BYTES = 256 * 1024


class Audience(Protocol):
    """Whoever holds a watcher: it says how a reply ended in its own language."""

    async def send_frame(self, text: str) -> None: ...

    async def send_ended(self, reply: Message, status: str, error: str) -> None: ...


class Watcher:
    """Sends one reply to one socket. `handle` is the socket's short name for the reply."""

    def __init__(self, audience: Audience, reply: Message, writer: Writer, handle: int) -> None:
        self._audience = audience
        self._reply = reply
        self._writer = writer
        self._handle = handle
        self._under_way: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._lagging = True

    async def catch_up(self) -> None:
        """Send the reply as it stands; patches follow from there."""
        snapshot = await self._writer.snapshot(self._reply, self._handle)
        self._lagging = False
        await self._send(snapshot.seq, events.encode(snapshot))

    async def offer(self, seq: int, tail: str) -> None:
        """Send the patches of one flush, unless the socket is behind."""
        if self._lagging:
            return
        full = len(self._under_way) >= WINDOW_FRAMES or self._bytes + len(tail) > WINDOW_BYTES
        if self._under_way and full:
            self._lagging = True
            return
        await self._send(seq, f"[{self._handle}{tail}")

    async def acknowledge(self, seq: int) -> None:
        """The browser has placed everything up to `seq`."""
        while self._under_way and self._under_way[0][0] <= seq:
            self._bytes -= self._under_way.popleft()[1]
        if self._lagging and not self._under_way:
            await self.catch_up()

    async def end(self, status: str, error: str) -> None:
        """Tell how the reply ended; a reader who is behind gets the whole of it first, as nothing follows."""
        try:
            if self._lagging:
                await self.catch_up()
        finally:
            await self._audience.send_ended(self._reply, status, error)

    async def _send(self, seq: int, frame: str) -> None:
        self._under_way.append((seq, len(frame)))
        self._bytes += len(frame)
        await self._audience.send_frame(frame)
