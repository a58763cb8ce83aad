"""A socket's view of one reply, with a window: a reader who does not keep up costs the server little."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chat.models import Message
from chat.realtime import protocol
from chat.replies.snapshot_parts import SnapshotChunker
from chat.replies.writer import Writer

# What may be under way to one browser, unacknowledged; past either, it gets a snapshot when it catches up.
# Of a reply that is shown 60 times a second the frames are three seconds' worth
WINDOW_FRAMES = 192
WINDOW_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """How a reply ended: its `status`, and the code of its `error`, "" for none.

    `context_starts_at` is the first message that its model saw, pinned apart, if exchanges were left out, and
    `text` as much of what it said as tells the language.
    """

    status: str
    error: str = ""
    context_starts_at: UUID | None = None
    text: str = ""


class Recipient(Protocol):
    """Where a subscriber sends: it says how a reply ended in its own language.

    Nothing here waits for a reader: Daphne takes a frame at once or not at all, and chat/realtime/layer.py
    gives up after a while.
    """

    async def send_frame(self, text: str) -> None: ...

    async def send_ended(self, reply: Message, end: ReplyEnd, seq: int) -> None: ...


class Subscriber:
    """Sends one reply to one socket. `handle` is the socket's short name for the reply.

    `idle_ms` tells for how many milliseconds nothing has come of it.
    """

    def __init__(
        self,
        recipient: Recipient,
        reply: Message,
        writer: Writer,
        handle: int,
        idle_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self._recipient = recipient
        self._reply = reply
        self._writer = writer
        self._handle = handle
        self._idle_ms = idle_ms
        self._under_way: deque[tuple[int, int]] = deque()
        self._bytes = 0
        # Of a snapshot that is under way in parts, or due; None when patches follow what was sent
        self._parts: SnapshotChunker | None = SnapshotChunker()

    async def catch_up(self, *, at_end: bool = False) -> None:
        """Send the reply as it stands, or its next part; patches follow the last one.

        `at_end` there is no next time: only if this is all, and fits beside what is under way.
        """
        parts = self._parts
        whole = await self._writer.snapshot(self._reply, self._handle)
        if parts is None or parts is not self._parts:  # it was sent while this one waited for a render
            return
        part = parts.after(whole)
        part.quiet_ms = self._idle_ms()
        frame = protocol.encode(part)
        if at_end and (part.more or self._bytes + size(frame) > WINDOW_BYTES):
            return
        if not part.more:
            self._parts = None
        await self._send(part.seq, frame)

    async def send_patches(self, seq: int, tail: str) -> None:
        """Send the patches of one flush, unless the socket is behind."""
        if self._parts is not None:
            return
        if len(self._under_way) < WINDOW_FRAMES and self._bytes + size(tail) <= WINDOW_BYTES:
            await self._send(seq, f"[{self._handle}{tail}")
            return
        self._parts = SnapshotChunker()
        if not self._under_way:
            await self.catch_up()

    async def acknowledge(self, seq: int) -> None:
        """Note that the browser has placed everything up to `seq`."""
        while self._under_way and self._under_way[0][0] <= seq:
            self._bytes -= self._under_way.popleft()[1]
        if self._parts is not None and not self._under_way:
            await self.catch_up()

    async def end(self, end: ReplyEnd) -> None:
        """Tell how the reply ended; a reader who is behind gets the whole of it first, as nothing follows.

        If that is too much beside what is under way, the page sees by the `seq` of the end what it lacks.
        """
        try:
            if self._parts is not None:
                await self.catch_up(at_end=True)
        finally:
            await self._recipient.send_ended(self._reply, end, self._writer.seq)

    async def _send(self, seq: int, frame: str) -> None:
        self._under_way.append((seq, size(frame)))
        self._bytes += size(frame)
        await self._recipient.send_frame(frame)


def size(frame: str) -> int:
    """Return the bytes on the wire.

    A text's own note that it is ASCII spares most of them being encoded.
    """
    return len(frame) if frame.isascii() else len(frame.encode())
