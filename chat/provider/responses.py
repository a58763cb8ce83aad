"""Answers before anybody reads them: what is refused at once, and how much of the rest is read at most."""

from __future__ import annotations

from contextlib import aclosing, suppress

import aiohttp
import httpx2

from chat.provider import faults
from chat.provider.encoded import can_decode, decoded
from chat.provider.sdk import OpenAIError

MAX_ERROR_BODY = 64 * 1024

FAILURES = (
    *(OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError),
    *(aiohttp.ClientError, OSError, ValueError),
)
"""What a request raises when it gets no answer: the SDK lets some of the lower layers' errors through."""

BROKEN = (httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError)
"""What a read raises when the connection breaks: httpx2's and aiohttp's own, unmapped by the SDK."""


async def refuse(response: httpx2.Response) -> None:
    """Raise for every answer that cannot be what was asked for, before the SDK reads it whole.

    The SDK reads an error's body without a limit, and inflates what it reads: 200 MB of zeros as
    gzip cost it a gigabyte.
    """
    if not can_decode(response):
        raise faults.error_from_response(response.status_code, response.headers, b"a compressed body")
    kind = response.headers.get("content-type", "").lower()
    if response.status_code != 200 or kind.startswith("text/html"):
        body = await capped(response, MAX_ERROR_BODY)
        raise faults.error_from_response(response.status_code, response.headers, body)


async def capped(response: httpx2.Response, most: int) -> bytes:
    """Return the first `most` bytes of a body, or what came of them before it broke off."""
    body, size = [], 0
    with suppress(*BROKEN):
        async with aclosing(decoded(response)) as pieces:
            async for piece in pieces:
                body.append(piece)
                size += len(piece)
                if size >= most:
                    break
    return b"".join(body)[:most]
