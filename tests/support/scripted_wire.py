"""One connection of the scripted provider: requests in, bytes and resets out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shlex
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from chat.core.text import TITLE_MARKER


@dataclass(frozen=True)
class Scenario:
    """The name of a function in scripted_scenarios and what it is called with."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)


def play(name: str, **params: Any) -> Scenario:
    return Scenario(name, params)


def parse(line: str) -> Scenario:
    """Read `plain tokens=300 text="hello you"`; numbers become numbers."""
    name, *pairs = shlex.split(line)
    params: dict[str, Any] = {}
    for key, _, value in (pair.partition("=") for pair in pairs):
        try:
            params[key] = json.loads(value)
        except ValueError:
            params[key] = value
    return Scenario(name, params)


@dataclass
class Request:
    """One request as it came in. `body` is the decoded JSON, the bytes of a multipart form, None for GET."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body.get("messages", []) if isinstance(self.body, dict) else []

    @property
    def last_text(self) -> str:
        texts = [m.get("content") for m in self.messages if m.get("role") == "user"]
        return texts[-1] if texts and isinstance(texts[-1], str) else ""

    @property
    def wants_title(self) -> bool:
        return any(str(m.get("content", "")).startswith(TITLE_MARKER) for m in self.messages)

    @property
    def wants_usage(self) -> bool:
        return bool((self.body.get("stream_options") or {}).get("include_usage"))


class ScriptedServer:
    """Listens on this machine while it is entered; a scenario at the head of `queue` may end a connection at once."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.queue: deque[Scenario] = deque()
        self.connections = 0
        self.client_closes = 0
        self.closed_by_client = asyncio.Event()
        self.live: set[Connection] = set()
        self.is_over = False
        self._server: asyncio.Server | None = None

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}/v1"

    async def answer(self, request: Request, connection: Connection) -> None:
        """Play what the request is due."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.is_over = False
        self._server = await loop.create_server(lambda: Connection(self), self.host, self.port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.is_over = True
        for connection in list(self.live):
            connection.stop()


class Connection(asyncio.Protocol):
    """One TCP connection: gathers requests, plays one scenario at a time, notes who closed it."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.buffer = bytearray()
        self.awaited = 0  # bytes of a request that is not whole yet
        self.task: asyncio.Task[None] | None = None
        self.chunked = False
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        if self.server.is_over:  # accepted just before
            self.transport.abort()
            return
        self.server.live.add(self)
        self.server.connections += 1
        if self.server.queue and self.server.queue[0].name == "reset_at_connect":
            self.server.queue.popleft()
            self.reset()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) >= self.awaited:
            self._next_request()

    def eof_received(self) -> bool:
        self._client_gone()
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self.server.live.discard(self)
        self._client_gone()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def _client_gone(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.task = None
            self.server.client_closes += 1
            self.server.closed_by_client.set()

    def _next_request(self) -> None:
        end = self.buffer.find(b"\r\n\r\n")
        if self.task is not None or end < 0:
            return
        head = self.buffer[:end]
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        self.awaited = end + 4 + length
        if len(self.buffer) < self.awaited:
            return
        content = bytes(self.buffer[end + 4 : self.awaited])
        del self.buffer[: self.awaited]
        self.awaited = 0
        method, path, _ = first.split(" ", 2)
        is_form = headers.get("content-type", "").startswith("multipart/")
        body = (content if is_form else json.loads(content)) if length else None
        self.task = asyncio.ensure_future(self._answer(Request(method, path, headers, body)))

    async def _answer(self, request: Request) -> None:
        with contextlib.suppress(ConnectionError):
            await self.server.answer(request, self)
        self.task = None
        if not self.transport.is_closing():
            self._next_request()

    # What scenarios are written with

    def head(self, status: int = 200, **headers: object) -> None:
        """Send the status line and headers, named with _ for -."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.raw("\r\n".join([f"HTTP/1.1 {status} Scripted", *lines, "", ""]).encode())

    def stream_head(self, **headers: object) -> None:
        """Begin a chunked event stream."""
        self.chunked = True
        defaults: dict[str, object] = {"content_type": "text/event-stream", "transfer_encoding": "chunked"}
        self.head(200, **(defaults | headers))

    def raw(self, data: bytes) -> None:
        if self.transport.is_closing():
            raise ConnectionResetError
        self.transport.write(data)

    def write(self, data: bytes) -> None:
        """Send a piece of the body, framed if the body is chunked."""
        self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def end(self) -> None:
        """End the body: with the last chunk, or with FIN."""
        if self.chunked:
            self.chunked = False
            self.raw(b"0\r\n\r\n")
        else:
            self.fin()

    def fin(self) -> None:
        self.task = None
        self.transport.close()

    def stop(self) -> None:
        """End it from the server's side, whatever it is playing, without what its client is too slow to read."""
        task = self.task
        self.fin()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        if task is not None:
            task.cancel()

    def reset(self) -> None:
        """Send RST, after what was written before has left."""
        self.task = None
        sock: socket.socket = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def body(self, status: int, content: bytes | str, **headers: object) -> None:
        """Send a whole answer with its length."""
        data = content.encode() if isinstance(content, str) else content
        self.head(status, content_length=len(data), **({"content_type": "application/json"} | headers))
        self.raw(data)

    def json(self, status: int, value: object, **headers: object) -> None:
        self.body(status, json.dumps(value), **headers)


Play = Callable[..., Awaitable[None]]
