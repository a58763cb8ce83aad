"""A proxy in front of a port: what passes can be delayed, held, dropped and reset."""

import asyncio
import random
import socket
import struct
from typing import Self

RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of its own and passes everything on to `target`, on this machine.

    `delay` (seconds) is put on every piece, both ways; `hold` keeps everything back for a while.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.held_until = 0.0
        self.ends: set[End] = set()
        self.opening: set[asyncio.Task[None]] = set()
        self.is_over = False
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.is_over = False
        self._server = await loop.create_server(lambda: End(self), "127.0.0.1", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.is_over = True
        if self.opening:
            await asyncio.wait(self.opening)
        self.cut()
        await asyncio.sleep(0)  # in which they are closed

    def hold(self, seconds: float) -> None:
        self.held_until = asyncio.get_running_loop().time() + seconds

    def cut(self, share: float = 1.0, reset: bool = False) -> None:
        """End that share of the connections, with FIN or RST to both sides."""
        for end in [end for end in self.ends if end.is_client and random.random() < share]:
            for side in (end, end.other):
                if side is not None:
                    side.end(reset)


class End(asyncio.Protocol):
    """One of the two connections of a pair; made for a client, it opens the other to the target."""

    def __init__(self, proxy: Proxy, other: "End | None" = None) -> None:
        self.is_client = other is None
        self.other = other
        self._proxy = proxy
        self._early: list[bytes] = []
        self._last = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        if self._proxy.is_over:  # accepted just before
            self._transport.abort()
            return
        self._proxy.ends.add(self)
        if self.is_client:
            opening = asyncio.get_running_loop().create_task(self._open())
            self._proxy.opening.add(opening)
            opening.add_done_callback(self._proxy.opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, self.other = await loop.create_connection(
                lambda: End(self._proxy, self), "127.0.0.1", self._proxy.target
            )
        except OSError:
            self.end(reset=True)
            return
        if self not in self._proxy.ends:  # the client has left meanwhile
            self.other.end(reset=False)
        for piece in self._early:
            self._pass(piece)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._early.append(data)
        else:
            self._pass(data)

    def _pass(self, data: bytes) -> None:
        """Now, or in its turn later: the order stays."""
        assert self.other is not None
        loop = asyncio.get_running_loop()
        now = loop.time()
        due = max(now + self._proxy.delay, self._proxy.held_until, self._last)
        if due <= now:
            self.other.write(data)
        else:
            self._last = due + 1e-6
            loop.call_at(due, self.other.write, data)

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause_writing(self) -> None:
        self._read_of_other("pause_reading")

    def resume_writing(self) -> None:
        self._read_of_other("resume_reading")

    def _read_of_other(self, action: str) -> None:
        if self.other and self.other._transport and not self.other._transport.is_closing():
            getattr(self.other._transport, action)()

    def connection_lost(self, problem: Exception | None) -> None:
        self._proxy.ends.discard(self)
        if self.other is not None:
            self.other.end(reset=problem is not None)

    def end(self, reset: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if reset:
            raw: socket.socket = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._transport.abort()
        else:
            self._transport.close()
