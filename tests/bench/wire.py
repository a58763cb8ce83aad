"""A WebSocket client on bare asyncio that counts every byte; light, since it shares the server's cores."""

import asyncio
import struct
import zlib
from collections.abc import Callable
from typing import Self

import msgspec

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
# Seconds
HANDSHAKE_LIMIT = 60
# What a browser offers; the bit of a frame that makes use of it; the end that every compressed message leaves out
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
COMPRESSED, LEFT_OUT = 0x40, b"\x00\x00\xff\xff"


class Socket(asyncio.Protocol):
    """One tab's socket. `received` and `sent` are bytes on the connection since the handshake."""

    def __init__(
        self, on_text: Callable[[bytes], None], on_binary: Callable[[bytes], None] | None = None
    ) -> None:
        self.received = self.sent = 0
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()
        self.code = 0  # what the server closed with
        self._on_text, self._on_binary = on_text, on_binary
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._buffer = b""

    @classmethod
    async def open(
        cls,
        port: int,
        cookie: str,
        on_text: Callable[[bytes], None],
        through: int | None = None,
        *,
        path: str = "/ws/chat/",
        on_binary: Callable[[bytes], None] | None = None,
        deflate: bool = False,
    ) -> Self:
        """Connect as a browser on the site's own page does, `through` a proxy's port if one is named.

        With `deflate` frames may come compressed, as browsers offer; the site does not take that up.
        Raises ConnectionError when refused.
        """
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: cls(on_text, on_binary), "127.0.0.1", through or port
        )
        socket._transport.write(handshake(port, cookie, path, *([DEFLATE] if deflate else [])))
        try:
            async with asyncio.timeout(
                HANDSHAKE_LIMIT
            ):  # wait_for of Python 3.11 may pass over a cancellation
                await socket.opened
        except BaseException:
            socket._transport.abort()
            raise
        return socket

    def send(self, command: object) -> None:
        self.send_text(msgspec.json.encode(command))

    def send_text(self, payload: bytes) -> None:
        self._frame(TEXT, payload)

    def send_binary(self, payload: bytes) -> None:
        self._frame(BINARY, payload)

    def close(self) -> None:
        self._transport.close()

    def read(self, wanted: bool) -> None:
        """Leave what comes where it is, or take it again."""
        if not self._transport.is_closing():
            (self._transport.resume_reading if wanted else self._transport.pause_reading)()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, _: Exception | None) -> None:
        self.closed.set()
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed in the handshake"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self.opened.done():
            self.received += len(data)
        elif not self._handshake_done():
            return
        while self._next_frame():
            pass

    def _handshake_done(self) -> bool:
        head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if not found:
            self._buffer = head
        elif head.startswith(b"HTTP/1.1 101"):
            self.received += len(self._buffer)
            self.opened.set_result(None)
            return True
        else:
            self.opened.set_exception(ConnectionError(head.decode("latin-1")))
            self.close()
        return False

    def _next_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        start, size = 2, buffer[1]
        if size >= 126:
            start, form = (4, ">H") if size == 126 else (10, ">Q")
            if len(buffer) < start:
                return False
            size = struct.unpack_from(form, buffer, 2)[0]
        if len(buffer) < start + size:
            return False
        self._buffer = buffer[start + size :]
        payload = buffer[start : start + size]
        if buffer[0] & COMPRESSED:
            payload = self._inflate.decompress(payload + LEFT_OUT)
        self._take(buffer[0] & 15, payload)
        return True

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self._on_text(payload)
        elif kind == BINARY and self._on_binary:
            self._on_binary(payload)
        elif kind == PING:
            self._frame(PONG, payload)
        elif kind == CLOSE:
            self.code = int.from_bytes(payload[:2], "big")
            self.close()

    def _frame(self, kind: int, payload: bytes) -> None:
        """Send a frame, masked with zeros: the payload as it is."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        frame = bytes([128 | kind]) + length + bytes(4) + payload
        self.sent += len(frame)
        self._transport.write(frame)


def handshake(port: int, cookie: str, path: str, *more: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Origin: http://127.0.0.1:{port}",
        f"Cookie: {cookie}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()
