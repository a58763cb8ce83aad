"""Fetching a picture from anywhere: by sockets that are judged, without a word of who asks.

Each redirect is a new connection, judged as the first one is. What comes is at most LARGEST bytes, whatever
they are called; whether they are a picture is for chat/pictures/making.py to see.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, DummyCookieJar
from aiohttp.abc import AbstractResolver

from chat.provider.addresses import GuardedConnector, Reach

LARGEST = 8 * 1024 * 1024
"""Bytes of a picture from elsewhere."""

SECONDS = 10.0
"""For all of it, redirects and names included."""

MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2_000
PORTS = {None, 80, 443}
"""Where the world is asked; behind others may be no web server."""

_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {
    "Accept": "image/webp,image/png,image/jpeg,image/gif",
    "Accept-Encoding": "identity",
    "User-Agent": "Mozilla/5.0 (compatible; picture fetcher)",
}


class NotFetched(Exception):
    """There was no answer of the right kind, or it was not to be asked for. The text is the operator's."""


async def fetch(address: str, reach: Reach, resolver: AbstractResolver | None = None) -> bytes:
    """Return what is at an address of the web. Raises NotFetched."""
    connector = GuardedConnector(reach, resolver, limit=1, force_close=True)
    session = ClientSession(
        connector=connector, cookie_jar=DummyCookieJar(), headers=_HEADERS, auto_decompress=False
    )
    try:
        async with session, asyncio.timeout(SECONDS):
            return await _followed(session, address, reach)
    except (ClientError, OSError, TimeoutError, ValueError) as problem:
        raise NotFetched(type(problem).__name__) from problem


async def _followed(session: ClientSession, address: str, reach: Reach) -> bytes:
    for _ in range(MOST_REDIRECTS + 1):
        _check(address, reach)
        async with session.get(address, allow_redirects=False) as answer:
            if answer.status not in _REDIRECTS:
                return await _body(answer)
            address = urljoin(address, answer.headers.get("Location", ""))
    raise NotFetched("too many redirects")


def _check(address: str, reach: Reach) -> None:
    """Raise NotFetched for what is no plain address of the web, ValueError for what is none at all."""
    parts = urlsplit(address)
    is_plain = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    if not is_plain or len(address) > LONGEST_ADDRESS or (reach == "public" and parts.port not in PORTS):
        raise NotFetched("the address is not a plain one")


async def _body(answer: ClientResponse) -> bytes:
    if answer.status != 200 or (answer.content_length or 0) > LARGEST:
        raise NotFetched(f"status {answer.status}, {answer.content_length} bytes")
    body = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        body += piece
        if len(body) > LARGEST:
            raise NotFetched("too many bytes")
    return bytes(body)
