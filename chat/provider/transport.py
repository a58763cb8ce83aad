"""The HTTP client beneath a provider: aiohttp's sockets, kept alive, and guarded where that is asked for."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import aiohttp
import httpx2
import msgspec
from aiohttp.abc import AbstractResolver

from chat.provider.addresses import GuardedConnector, Reach
from chat.provider.connections import Connector
from chat.provider.keepalive import socket_for
from chat.provider.sdk import AiohttpTransport, AsyncOpenAI, AsyncStream, DefaultAioHttpClient, Omit

MAX_CONNECTIONS = 2000
KEEP_ALIVE = 4.0
"""Seconds an idle connection is kept. Many model servers (uvicorn) close at 5, and a request sent
just then would be lost."""

OF_SDK = ("X-Stainless-Async", "X-Stainless-Retry-Count")
"""Headers that the SDK adds by itself, about itself."""

MOST_AT_ONCE = 256 * 1024
"""Bytes taken in of what came during a pause, as much as asyncio itself reads at once."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Place(Protocol):
    """Where a provider is, and which addresses its name may stand for."""

    @property
    def base_url(self) -> str: ...

    @property
    def reach(self) -> Reach: ...


class Sdk(AsyncOpenAI):
    """The SDK's client, without what it tells each provider of this machine: its system, its Python.

    With those in OF_SDK they are eight headers, which the layers below copy and check several times.
    """

    def __init__(self, http_client: httpx2.AsyncClient, **options: Any) -> None:
        super().__init__(http_client=http_client, **options)
        self._http_client = http_client
        # By the URL asked for: what the SDK made of it, its headers, its time-outs
        self._made: dict[str, tuple[httpx2.URL, httpx2.Headers, Any]] = {}

    async def ask(self, url: str, body: dict[str, Any], headers: Mapping[str, str | Omit]) -> httpx2.Response:
        """Post `body` as JSON, and return the answer with its own body unread.

        `headers` are the same for all that goes to one URL.

        What the SDK makes of the first request to a URL is kept for all others, but for the body: a request
        with its short reply takes 0.57 ms of processor time so, and took 0.86. Raises what the SDK raises,
        and what lies below it (responses.FAILURES).
        """
        if url in self._made:
            whole_url, same, extensions = self._made[url]
            content = msgspec.json.encode(body)
            own = httpx2.Headers([*same.raw, (b"Content-Length", b"%d" % len(content))])
            request = httpx2.Request("POST", whole_url, headers=own, content=content, extensions=extensions)
            if self._http_client.cookies:
                self._http_client.cookies.set_cookie_header(request)
            return await self._http_client.send(request, stream=True)
        response: Any = await self.post(
            url,
            cast_to=httpx2.Response,
            body=body,
            options={"headers": headers},
            stream=True,
            stream_cls=AsyncStream[object],  # not made, as a bare response is asked for
        )
        first: httpx2.Request = response.request
        same = first.headers.copy()
        del same["Content-Length"]
        same.pop("Cookie", None)  # another may have been given since
        self._made[url] = first.url, same, first.extensions
        return cast(httpx2.Response, response)

    def platform_headers(self) -> dict[str, str]:
        """Return none of them."""
        return {}


def http_client_for(
    endpoint: Place, connect: float, resolver: AbstractResolver | None, **options: Any
) -> httpx2.AsyncClient:
    """Return what reaches the endpoint.

    `connect` is in seconds; an answer is waited for without a limit.

    `resolver` looks names up, where the endpoint's reach is limited; the system's if it is None.
    """
    is_any = endpoint.reach == "any"
    return _Client(
        verify=_tls() if endpoint.base_url.startswith("https:") else False,
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=connect, pool=connect),
        limits=httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE),
        # A proxy cannot reach this machine; and behind one, where a name leads could not be judged
        trust_env=is_any and urlsplit(endpoint.base_url).hostname not in LOOPBACK,
        transport=None if is_any else _guarded(endpoint, resolver),
        **options,
    )


class _Transport(AiohttpTransport):
    """Makes its own sockets."""

    def get_client(self) -> aiohttp.ClientSession:
        connector = Connector(
            socket_factory=socket_for,
            ssl=self.ssl_context,
            limit=self.limits.max_connections or 0,
            keepalive_timeout=self.limits.keepalive_expiry,
        )
        return aiohttp.ClientSession(connector=connector)


class _Client(DefaultAioHttpClient):
    """Goes through such sockets, to a proxy of the environment too."""

    def _init_transport(  # type: ignore[override]
        self, *, transport: httpx2.AsyncBaseTransport | None = None, **options: Any
    ) -> httpx2.AsyncBaseTransport:
        return transport or _Transport(**options)

    def _init_proxy_transport(  # type: ignore[override]
        self, proxy: httpx2.Proxy, **options: Any
    ) -> httpx2.AsyncBaseTransport:
        return _Transport(proxy=proxy, **options)


def answer_of(response: httpx2.Response) -> aiohttp.ClientResponse | None:
    """Return aiohttp's own answer, below what the SDK wraps around it; None if it is wrapped otherwise."""
    stream: Any = response.stream
    for name in ("_stream", "_aiohttp_response"):
        stream = getattr(stream, name, None)
    return cast("aiohttp.ClientResponse | None", stream)


def connection_of(answer: aiohttp.ClientResponse) -> asyncio.Transport | None:
    """Return the connection that an answer is still being read from.

    None when all of it has come: then another request may have the connection, or gets it when the question
    is written to its end.
    """
    connection = answer.connection
    return None if connection is None or answer.content.is_eof() else connection.transport


def take_in(connection: asyncio.Transport) -> None:
    """Have a connection whose reading is paused take in what the system has for it.

    So it can stay paused: to read again and to pause once more are two system calls, and a turn of the loop
    between them. Raises OSError: BlockingIOError if there is nothing, or what the connection broke with. An
    end, and what comes through TLS, are left to asyncio's own reading.
    """
    if connection.is_closing() or connection.get_extra_info("sslcontext") is not None:
        return
    data = os.read(connection.get_extra_info("socket").fileno(), MOST_AT_ONCE)
    if data:
        cast(asyncio.Protocol, connection.get_protocol()).data_received(data)


def _guarded(endpoint: Place, resolver: AbstractResolver | None) -> AiohttpTransport:
    """Return what connects only to where the endpoint may lead."""

    def session() -> aiohttp.ClientSession:
        options = {"ssl": _tls(), "limit": MAX_CONNECTIONS, "keepalive_timeout": KEEP_ALIVE}
        return aiohttp.ClientSession(connector=GuardedConnector(endpoint.reach, resolver, **options))

    return AiohttpTransport(client=session, verify=_tls())


@cache
def _tls() -> ssl.SSLContext:
    """Return the context of TLS.

    Reading the certificate authorities takes 30 ms: once a process, not once an event loop.
    """
    return httpx2.create_ssl_context()
