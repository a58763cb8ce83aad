"""Socket.IO over a WebSocket, as its own browser client speaks it, once the long polling is behind it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from tests.bench.peers.page import Page
from tests.bench.wire import Socket

PATH = "/ws/socket.io/?EIO=4&transport=websocket"
# Seconds
LIMIT = 60


class SocketIO:
    """What comes is told as `hear(name, *values)`. `sid` is the name that the server gave to this client."""

    def __init__(self, hear: Callable[..., None]) -> None:
        self.sid = ""
        self._hear = hear
        self._opened, self._connected = asyncio.Event(), asyncio.Event()
        self._refusal = ""
        self._answers: dict[bytes, Callable[[], None]] = {}

    async def open(self, port: int, identity: object, cookie: str = "") -> None:
        """Connect, and say who we are. Raises ConnectionError when refused."""
        self.wire = await Socket.open(port, cookie, self._on_text, path=PATH, deflate=True)
        await asyncio.wait_for(self._opened.wait(), LIMIT)
        self.wire.send_text(b"40" + msgspec.json.encode(identity))
        await asyncio.wait_for(self._connected.wait(), LIMIT)
        if self._refusal:
            raise ConnectionError(self._refusal)

    def emit(self, name: str, *values: object, then: Callable[[], None] | None = None) -> None:
        """`then` is called when the server has answered."""
        number = b""
        if then:
            number = b"%d" % len(self._answers)
            self._answers[number] = then
        self.wire.send_text(b"42" + number + msgspec.json.encode([name, *values]))

    def _on_text(self, frame: bytes) -> None:
        kind, payload = frame[:2], frame[2:]
        if kind == b"42":
            self._hear(*msgspec.json.decode(payload[payload.index(b"[") :]))
        elif kind == b"43":
            self._answers[payload.partition(b"[")[0]]()
        elif frame == b"2":
            self.wire.send_text(b"3")
        elif frame.startswith(b"0"):
            self._opened.set()
        elif kind in (b"40", b"44"):
            said: Any = msgspec.json.decode(payload) if payload else {}
            self.sid = said.get("sid", "")
            self._refusal = "" if kind == b"40" else str(said)
            self._connected.set()


class SocketIOPage(Page):
    """A page that also has a socket, which counts as its connections do."""

    socket: SocketIO

    @property
    def received(self) -> int:
        return super().received + self.socket.wire.received

    @property
    def sent(self) -> int:
        return super().sent + self.socket.wire.sent
