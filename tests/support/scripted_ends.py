"""Scenarios of replies that end oddly, or come compressed."""

from __future__ import annotations

import asyncio
import gzip
import zlib

from tests.support.scripted_scenarios import DONE, SCENARIOS, TEXT, chunk, cut, forever, paced, scenario
from tests.support.scripted_wire import Connection, Request

__all__ = ["SCENARIOS"]


@scenario
async def tool_call(connection: Connection, request: Request, text: str = "") -> None:
    """Call a tool that was not offered, after `text`."""
    connection.stream_head()
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    connection.write((chunk(text) if text else b"") + chunk(tool_calls=[call]))
    connection.write(chunk(finish="tool_calls") + DONE)
    connection.end()


@scenario
async def in_parts(
    connection: Connection,
    request: Request,
    text: str = TEXT,
    size: int = 8,
    pause: float = 0.1,
    end: str = "",
) -> None:
    """Say that it is whole after each part of `size` characters, `pause` seconds apart; then [DONE].

    Or `end` otherwise: "hang", or "reset after 1", the number of parts that come before the connection breaks.
    """
    connection.stream_head()
    for number, piece in enumerate(cut(text, size), 1):
        connection.write(chunk(piece, finish="stop"))
        if end == f"reset after {number}":
            await asyncio.sleep(pause)
            connection.reset()
            return
        await asyncio.sleep(pause)
    if end == "hang":
        await forever()
    connection.write(DONE)
    connection.end()


@scenario
async def stream_packed(
    connection: Connection, request: Request, encoding: str = "gzip", text: str = TEXT, size: int = 0
) -> None:
    """A stream that is compressed although nobody asked for it, in pieces of `size` bytes."""
    body = chunk(text) + chunk(finish="stop") + DONE
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "raw": raw_deflate}[encoding](body)
    connection.stream_head(content_encoding="deflate" if encoding == "raw" else encoding)
    await paced(
        connection, [packed[at : at + (size or 1024)] for at in range(0, len(packed), size or 1024)], 0
    )
    connection.end()


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@scenario
async def gzip_bomb(connection: Connection, request: Request, megabytes: int = 50, code: int = 200) -> None:
    bomb = gzip.compress(b"data: " + b"\0" * (megabytes << 20))
    connection.body(code, bomb, content_type="text/event-stream", content_encoding="gzip")


@scenario
async def kept_alive(connection: Connection, request: Request, pause: float = 1) -> None:
    """A whole reply without [DONE], and then comments without an end."""
    connection.stream_head()
    connection.write(chunk("ab") + chunk(finish="stop"))
    while True:
        connection.write(b": keep-alive\n\n")
        await asyncio.sleep(pause)
