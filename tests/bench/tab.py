"""What the page's script does with a reply, without a page: patches, acks, and the clock."""

import asyncio
import html
import re
import time
import uuid

import msgspec

from tests.bench.reading import Reading
from tests.bench.wire import Socket

# As in chat/static/chat/js/thread/live.js: an ack each so many frames, or characters in them, or after this
# many seconds of quiet
ACK_EVERY, ACK_SIZE, IDLE = 48, 32_768, 0.4

TAG = re.compile(r"<[^>]*>")


class Tab(Reading):
    """One person's open page, which asks once and reads the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.hello, self.acknowledged = asyncio.Event(), asyncio.Event()
        self.reply = self.conversation = ""  # once it is acknowledged
        self.blocks: list[str] = []
        self._socket: Socket | None = None
        self._seq = self._acked = self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, port: int, cookie: str) -> None:
        self._socket = await Socket.open(port, cookie, self._on_text)
        await asyncio.wait_for(self.hello.wait(), 60)

    @property
    def socket(self) -> Socket:
        assert self._socket is not None
        return self._socket

    @property
    def received(self) -> int:
        return self.socket.received

    @property
    def sent(self) -> int:
        return self.socket.sent

    @property
    def characters(self) -> int:
        """Of the reply as a reader sees it."""
        return len(html.unescape(TAG.sub("", "".join(self.blocks))))

    def ask(self, text: str, conversation: str | None = None) -> None:
        """In a conversation that has no messages yet; without one a new one begins."""
        self.socket.received = self.socket.sent = 0
        command = {"type": "send", "client_id": uuid.uuid4(), "text": text, "conversation": conversation}
        self.asked_at = time.monotonic()
        self.socket.send(command)

    def _on_text(self, frame: bytes) -> None:
        event = msgspec.json.decode(frame)
        if isinstance(event, list):
            self._patch(*event)
        elif event["type"] == "hello":
            self.hello.set()
        elif event["type"] == "snapshot":
            self.blocks, self._seq = event["blocks"], event["seq"]
            self.look("".join(self.blocks))
            self._size += sum(map(len, self.blocks))
            self._placed(event["handle"])
        elif event["type"] == "sent":
            self.reply, self.conversation = event["reply"], event["conversation"]
            self.acknowledged.set()
        elif event["type"] in ("ended", "error"):
            if self._timer:
                self._timer.cancel()
            self.status = event.get("status", "refused")
            self.ended.set()

    def _patch(self, handle: int, seq: int, *changes: list[object]) -> None:
        if seq != self._seq + 1:
            self.status = "gap"
            self.ended.set()
            return
        self._seq = seq
        for change in changes:
            self._apply(*change)
        self._placed(handle)

    def _placed(self, handle: int) -> None:
        if self._timer:
            self._timer.cancel()
        if self._seq - self._acked >= ACK_EVERY or self._size >= ACK_SIZE:
            self._acknowledge(handle)
        else:
            self._timer = asyncio.get_running_loop().call_later(IDLE, self._acknowledge, handle)

    def _apply(self, block: int, keep: int, more: str) -> None:
        if keep < 0:
            del self.blocks[block:]
        elif block == len(self.blocks):
            self.blocks.append(more)
        else:
            self.blocks[block] = self.blocks[block][:keep] + more
        self._size += len(more)
        self.look(more)

    def _acknowledge(self, handle: int) -> None:
        self._acked, self._size = self._seq, 0
        self.socket.send({"type": "ack", "handle": handle, "seq": self._seq})
