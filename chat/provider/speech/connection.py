"""One connection to a speech service: raw requests and raw answers, over the transport of the model client.

The SDK takes no part. Its decoder loses what a service answers in JSON where a stream was asked for, and
cannot read the chunks of vLLM (measured with openai 3.54).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
from aiohttp.abc import AbstractResolver

from chat.provider import faults
from chat.provider.api_locations import best_told, is_elsewhere
from chat.provider.base_urls import parse_base_url_or_keep, shown
from chat.provider.echoes import Echoes
from chat.provider.encoded import decoded
from chat.provider.errors import NotAModelServer, ProviderError
from chat.provider.responses import BROKEN, FAILURES, refuse
from chat.provider.speech.endpoint import SpeechEndpoint
from chat.provider.speech.errors import SpeechCut, SpeechSlow, as_speech_error
from chat.provider.transport import http_client_for


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to the first byte of the body, between two reads, and for all of it."""

    first: float
    between: float
    total: float


@dataclass(frozen=True, slots=True)
class _Place:
    base_url: str
    reach: Any


CONNECT = 5.0
SHORT = Deadlines(10, 10, 20)
"""For lists."""


class SpeechConnection:
    """May be used from several event loops; each has its own client."""

    def __init__(self, endpoint: SpeechEndpoint, resolver: AbstractResolver | None = None) -> None:
        """`resolver` looks names up, where the endpoint's reach is limited; the system's if it is None."""
        self.endpoint = endpoint
        self._resolver = resolver
        self._meant = parse_base_url_or_keep(endpoint.base_url)
        self._bases = list(self._meant.bases)  # the likeliest first; one is left when it has answered
        self._headers = _headers(endpoint, is_azure=self._meant.is_azure)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()

    @property
    def address(self) -> str:
        """Where it is asked, as far as is known, for people to read."""
        return shown(self._bases[0], self._meant.query)

    async def aclose(self) -> None:
        """Close this event loop's client and its connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def asked(
        self, method: str, path: str, deadlines: Deadlines, said: str = "", **options: Any
    ) -> AsyncGenerator[Answer]:
        """Ask for `path` under the base URL, and close the answer afterwards. Raises SpeechError.

        `options` are httpx2's of a request. `said` is what people said, which no log is to have.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + deadlines.total
        try:
            try:
                async with asyncio.timeout(min(deadlines.first, deadlines.total)):
                    response = await self._sent(method, path, options)
            except TimeoutError:
                raise SpeechSlow("no answer in time") from None
            try:
                yield Answer(response, deadlines, until)
            finally:
                await response.aclose()
        except ProviderError as problem:
            error = as_speech_error(problem)
            echoes = Echoes([{"role": "user", "content": said}])
            error.detail = faults.log_line(error.detail, *self.endpoint.secrets, echoes=echoes)
            if error is problem:
                raise
            raise error from problem

    async def _sent(self, method: str, path: str, options: Mapping[str, Any]) -> httpx2.Response:
        problems: list[ProviderError] = []
        bases = list(self._bases)
        for base in bases:
            try:
                response = await self._sent_to(f"{base}{path}", method, options)
            except ProviderError as problem:
                if not is_elsewhere(problem):
                    raise
                problems.append(problem)
            else:
                self._bases = [base]
                return response
        raise best_told(problems, [shown(base, ()) for base in bases])

    async def _sent_to(self, url: str, method: str, options: Mapping[str, Any]) -> httpx2.Response:
        client = self._client()
        request = client.build_request(
            method, url, headers=self._headers, params=dict(self._meant.query), **options
        )
        try:
            return await client.send(request, stream=True)
        except FAILURES as error:
            raise faults.error_from_exception(error) from error

    def _client(self) -> httpx2.AsyncClient:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            place = _Place(self._bases[0], self.endpoint.reach)
            hooks = {"response": [refuse]}
            client = http_client_for(place, CONNECT, self._resolver, event_hooks=hooks)
            self._clients[loop] = client
        return client


class Answer:
    """An answer with status 200, to be read once, within its deadlines."""

    def __init__(self, response: httpx2.Response, deadlines: Deadlines, until: float) -> None:
        self._response, self._deadlines, self._until = response, deadlines, until
        kind, _, options = response.headers.get("content-type", "").lower().partition(";")
        self.kind: str = kind.strip()
        self.options: str = options
        if (rate := response.headers.get("x-sample-rate", "")).isdecimal():
            self.options += f";rate={rate}"

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes. Raises SpeechError when it breaks off or is late."""
        loop = asyncio.get_running_loop()
        patience = self._deadlines.first
        async with aclosing(decoded(self._response)) as body:
            while True:
                try:
                    async with asyncio.timeout_at(min(self._until, loop.time() + patience)):
                        piece = await anext(body, None)
                except TimeoutError:
                    raise SpeechSlow("no more of the answer in time") from None
                except BROKEN as error:
                    raise SpeechCut(faults.transport_message(error)) from error
                if piece is None:
                    return
                patience = self._deadlines.between
                yield piece


async def whole(pieces: AsyncGenerator[bytes], most: int, head: bytes = b"") -> bytes:
    """Return what `head` began and the pieces that follow. Raises NotAModelServer beyond `most` bytes."""
    body, size = [head], len(head)
    async with aclosing(pieces):
        async for piece in pieces:
            body.append(piece)
            size += len(piece)
            if size > most:
                raise NotAModelServer(f"an answer of more than {most} bytes")
    return b"".join(body)


def _headers(endpoint: SpeechEndpoint, *, is_azure: bool) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity", "Accept": "*/*"}
    if endpoint.key and is_azure and not endpoint.key.startswith("eyJ"):  # a token of a person who logged in
        headers["api-key"] = endpoint.key
    elif endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    return headers | dict(endpoint.headers)
