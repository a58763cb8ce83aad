"""A browser's HTTP connections on bare asyncio, with every byte counted; light, since they share the server's cores."""

import asyncio
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import brotli

# What Chromium says of itself with a request of a page's script
CHROMIUM = (
    'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
    "sec-ch-ua-mobile: ?0",
    'sec-ch-ua-platform: "Linux"',
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Accept-Language: en-US,en;q=0.9",
    "Accept-Encoding: gzip, deflate, br",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Dest: empty",
    "Connection: keep-alive",
)
# Seconds, for an answer that is no stream
LIMIT = 60


class Refused(Exception):
    """An answer that is no success, or none; the text says which."""


class Decoder(Protocol):
    def __call__(self, data: bytes) -> bytes: ...


@dataclass(slots=True)
class Answer:
    """`body` is what came of it, unless somebody listened."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def decoder(self) -> Decoder:
        coding = self.headers.get("content-encoding", "")
        if coding == "br":
            return brotli.Decompressor().process
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress if coding else bytes


class Connection(asyncio.Protocol):
    """One request after the other; `received` and `sent` count both ways."""

    def __init__(self) -> None:
        self.received = self.sent = 0
        self.is_open = True
        self._buffer = b""
        self._answer: Answer | None = None
        self._left: int | None = None  # of this body or chunk; None for as long as it stays open

    def request(
        self, head: bytes, body: bytes, listen: Callable[[bytes], None] | None
    ) -> asyncio.Future[Answer]:
        """The answer, when its body has ended; the parts of that go to `listen`."""
        self._answer, self._listen = Answer(), listen
        self._over: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._step = self._head
        self.sent += len(head) + len(body)
        self._transport.write(head + body)
        return self._over

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        if self._answer and self._answer.status and self._left is None:
            self._end()
        elif self._answer and not self._over.done():
            self._over.set_exception(Refused("the connection was cut"))

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._buffer += data
        while self._answer and self._step():
            pass

    def _head(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        assert self._answer
        self._buffer = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        self._answer.status = int(first.split()[1])
        pairs = (line.split(":", 1) for line in lines)
        self._answer.headers = {name.lower(): value.strip() for name, value in pairs}
        self._decode = self._answer.decoder()
        if "chunked" in self._answer.headers.get("transfer-encoding", ""):
            self._step = self._chunk
        else:
            length = self._answer.headers.get("content-length")
            self._left = None if length is None else int(length)
            self._step = self._body
        return True

    def _body(self) -> bool:
        part, self._buffer = self._buffer, b""
        self._take(part)
        if self._left is not None:
            self._left -= len(part)
            if self._left == 0:
                self._end()
        return False

    def _chunk(self) -> bool:
        size, found, rest = self._buffer.partition(b"\r\n")
        length = int(size, 16) if found else 0
        if not found or len(rest) < length + 2:
            return False
        self._buffer = rest[length + 2 :]
        if length:
            self._take(rest[:length])
        else:
            self._end()
        return True

    def _take(self, part: bytes) -> None:
        assert self._answer
        if (decoded := self._decode(part)) and self._listen:
            self._listen(decoded)
        else:
            self._answer.body += decoded

    def _end(self) -> None:
        answer, self._answer = self._answer, None
        if not self._over.done():
            self._over.set_result(answer)


class Browser:
    """One page's connections to a server, reused as browsers do. `headers` go with every request."""

    def __init__(self, port: int, *headers: str) -> None:
        self.headers = list(headers)
        self._port = port
        self._idle: list[Connection] = []
        self._all: list[Connection] = []

    @property
    def received(self) -> int:
        return sum(connection.received for connection in self._all)

    @property
    def sent(self) -> int:
        return sum(connection.sent for connection in self._all)

    def count_anew(self) -> None:
        for connection in self._all:
            connection.received = connection.sent = 0

    async def get(self, path: str) -> Answer:
        return await asyncio.wait_for(self._ask("GET", path, b""), LIMIT)

    async def post(self, path: str, value: object) -> Answer:
        return await asyncio.wait_for(self._ask("POST", path, json.dumps(value).encode()), LIMIT)

    async def listen(self, path: str, hear: Callable[[bytes], None], value: object = None) -> Answer:
        """Return when the stream has ended. With a value it is the answer to a POST."""
        method, body = ("GET", b"") if value is None else ("POST", json.dumps(value).encode())
        return await self._ask(method, path, body, hear)

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    async def _ask(
        self, method: str, path: str, body: bytes, hear: Callable[[bytes], None] | None = None
    ) -> Answer:
        connection = await self._free()
        origin = f"127.0.0.1:{self._port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {origin}", *CHROMIUM, *self.headers]
        lines.append(f"Referer: http://{origin}/")
        if method == "POST":
            lines += [
                f"Content-Length: {len(body)}",
                "Content-Type: application/json",
                f"Origin: http://{origin}",
            ]
        lines.append("Accept: text/event-stream" if hear else "Accept: */*")
        answer = await connection.request("\r\n".join([*lines, "", ""]).encode(), body, hear)
        if connection.is_open and answer.headers.get("connection") != "close":
            self._idle.append(connection)
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {bytes(answer.body[:300])!r}")
        return answer

    async def _free(self) -> Connection:
        while self._idle:
            if (connection := self._idle.pop()).is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        self._all.append(connection)
        return connection


class Events:
    """Cuts a stream of server-sent events; each one's data go to `hear`."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self._rest = b""

    def __call__(self, part: bytes) -> None:
        *events, self._rest = (self._rest + part).split(b"\n\n")
        for event in events:
            if event.startswith(b"data: "):
                self._hear(event[6:])
