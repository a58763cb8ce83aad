"""Bodies that come compressed although none was asked for: taken as they come, within limits.

Proxies do so, and some providers for their errors. A few bytes may stand for gigabytes: they are inflated in
small pieces, only as far as somebody reads, and never more than MAX_INFLATED of one answer.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import httpx2

from chat.provider.transport import answer_of

PIECE = 64 * 1024
"""Bytes inflated at once."""

MAX_INFLATED = 64 * 1024 * 1024
"""Bytes of one compressed answer that are looked at; a reply of the most characters takes less."""

EITHER = zlib.MAX_WBITS | 32
"""Tells gzip from zlib by its first bytes: what is called deflate may be either, or raw."""

TAKEN = ("", "identity", "gzip", "x-gzip", "deflate")


class TooMuch(httpx2.StreamError):
    """A compressed body is more than MAX_INFLATED."""


def can_decode(response: httpx2.Response) -> bool:
    """Return whether `decoded` knows the encoding of a body."""
    return _encoding(response) in TAKEN


def decoded(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """Return the body, inflated if it is compressed; from the first step on it raises what reading raises."""
    return _plain(response) if _encoding(response) in ("", "identity") else _inflated(response)


def _encoding(response: httpx2.Response) -> str:
    return str(response.headers.get("content-encoding", "")).strip().lower()


async def _plain(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """Yield the body as it comes, read from aiohttp itself.

    The SDK has three generators between, which take 16 KiB at most.
    """
    answer = answer_of(response)
    if answer is None:
        async with aclosing(response.aiter_raw()) as pieces:
            async for piece in pieces:
                yield piece
        return
    try:
        while piece := await answer.content.readany():
            yield piece
    finally:
        await response.aclose()


async def _inflated(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    inflater, size = _Inflater(), 0
    async with aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            for part in inflater.feed(piece):
                size += len(part)
                if size > MAX_INFLATED:
                    raise TooMuch(f"a compressed body of more than {MAX_INFLATED} bytes")
                yield part
                await asyncio.sleep(0)  # others have their turn, however much is in it


class _Inflater:
    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(EITHER)
        self._head = b""
        self._has_begun = False
        self._has_ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes stand for, in pieces. Raise StreamError where they stand for nothing."""
        if not self._has_begun:
            data = self._head = self._head + data
            if len(data) < 2:  # of these the format is known
                return
            self._begin(data)
        while data:
            try:
                part = self._inflate.decompress(data, PIECE)
            except zlib.error as error:
                if self._has_ended:  # what follows the end is nothing to us
                    return
                raise httpx2.StreamError(f"a compressed body is broken: {error}") from None
            data = self._inflate.unconsumed_tail
            if self._inflate.eof:  # gzip may have several members
                data, self._inflate = self._inflate.unused_data, zlib.decompressobj(EITHER)
                self._has_ended = True
            if part:
                yield part

    def _begin(self, data: bytes) -> None:
        self._has_begun = True
        is_gzip = data.startswith(b"\x1f\x8b")
        is_zlib = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
        if not (is_gzip or is_zlib):
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
