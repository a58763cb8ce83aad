"""The one client to the model service: AsyncOpenAI over aiohttp, with our limits instead of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import cache, partial
from typing import Any, cast
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver
from openai import AsyncOpenAI, AsyncStream, DefaultAioHttpClient, Omit, OpenAIError
from openai._vendor.httpx_aiohttp import AiohttpTransport

from chat.errors import (
    BadRequest,
    ContextTooLong,
    ProviderError,
    ProviderSilent,
    ReplyTooLarge,
    UnknownModel,
)
from chat.provider import faults
from chat.provider.addresses import GuardedConnector
from chat.provider.echoes import Echoes
from chat.provider.endpoint import Endpoint, first_chat_model
from chat.provider.quirks import COUNTING, NEWER, Fitting, Quirks
from chat.provider.stream import BROKEN, ReplyStream, Sending
from chat.provider.timeouts import Timeouts
from chat.text import find_bad

MAX_CONNECTIONS = 2000
KEEP_ALIVE = 4.0
"""Seconds an idle connection is kept. Many model servers (uvicorn) close at 5, and a request sent
just then would be lost."""

THINKING_ROOM = 1000
"""Tokens a short answer may spend on reasoning before it begins."""

MAX_SHORT, MAX_SHORT_THINKING = 2000, 8 * THINKING_ROOM
"""Characters of a short answer and of the thinking before it, for services that heed no limit."""

MAX_REQUESTS = 12
"""Requests that one reply may cost. It is what a model takes that refuses each of the six parameters, one of
them by both of its names, and the counting of tokens, and whose context is too short three times: 6+1+1+3,
and the one that it answers. A service that refuses on and on is asked no more."""

MAX_ERROR_BODY = 64 * 1024
MAX_MODELS_BODY = 16 * 1024 * 1024

LOOPBACK = ("127.0.0.1", "localhost", "::1")

FAILURES = (OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, aiohttp.ClientError, OSError, ValueError)
"""What a request raises when it gets no answer: the SDK lets some of the lower layers' errors through."""

log = logging.getLogger(__name__)


class Provider:
    """The door to one model service. May be used from several event loops; each has its own client.

    No retries: a failed request is told at once, and whoever asked decides. (An exception, logged: a service
    that refuses a parameter, or to count tokens, is asked again as chat/provider/quirks.py says.) `learnt`
    is told of a model (by the service's name for it) and of what is new in its quirks, in the event loop,
    whenever something is.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        timeouts: Timeouts | None = None,
        resolver: AbstractResolver | None = None,
        learnt: Callable[[str, dict[str, str]], None] | None = None,
    ) -> None:
        """`resolver` looks names up, where the endpoint's reach is limited; the system's if it is None."""
        self.endpoint = endpoint
        self.timeouts = timeouts or Timeouts()
        self._resolver = resolver
        self._model = endpoint.model
        self._ask_usage = True
        self._learnt = learnt
        self._quirks: dict[str, Quirks] = {}
        # Without a key the SDK wants the header left out of each request, in so many words.
        self._headers: dict[str, Omit | str] = {} if endpoint.key else {"Authorization": Omit()}
        self._headers |= dict(endpoint.headers)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncOpenAI] = WeakKeyDictionary()

    def stream(
        self,
        messages: list[dict[str, str]],
        model: str = "",
        sending: Sending | None = None,
        **parameters: Any,
    ) -> ReplyStream:
        """Ask for a reply to `messages` ({"role", "content"}); nothing is sent before the first step.

        `model` is the service's own name for it, "" the one in use. `parameters` go into the request
        (temperature, max_tokens, ...) as far as the model takes them. `sending` is that of an earlier try of
        the same reply: what was refused then is not sent again, and its requests count.
        """
        return self._stream(messages, model, parameters, self.timeouts, sending or Sending())

    async def complete(self, messages: list[dict[str, str]], max_tokens: int, model: str = "") -> str:
        """Ask for a short text, such as a title. Raises ProviderError, within `timeouts.short`."""
        limits = replace(self.timeouts, first=self.timeouts.short, total=self.timeouts.short)
        model = model or await self.model()
        # The models that call it by the newer name spend their allowance thinking first
        thinks = self.quirks(model).known.get("max_tokens") == NEWER["max_tokens"]
        parameters = {"max_tokens": max_tokens + THINKING_ROOM if thinks else max_tokens}
        text = thinking = ""
        async with self._stream(messages, model, parameters, limits, Sending()) as reply:
            async for delta in reply:
                text, thinking = text + delta.text, thinking + delta.reasoning
                if len(text) > MAX_SHORT or len(thinking) > MAX_SHORT_THINKING:
                    raise ReplyTooLarge(f"more than {MAX_SHORT} characters of a short answer")
        return text

    async def models(self) -> list[str]:
        """The ids the service lists. Raises ProviderError, within `timeouts.short`."""
        try:
            async with asyncio.timeout(self.timeouts.short):
                return await self._list()
        except TimeoutError:
            raise ProviderSilent("no list of models in time") from None
        except ProviderError as error:
            error.detail = faults.tidy(error.detail, *self.endpoint.secrets)
            raise

    @property
    def known_model(self) -> str:
        """The model in use as far as is known: "" while the service has not told."""
        return self._model

    async def model(self) -> str:
        """The model in use; asked from the service if the settings name none. Raises ProviderError."""
        if not self._model:
            self._model = first_chat_model(await self.models())
            if not self._model:
                raise UnknownModel("the service lists no model, and OPENAI_MODEL is not set")
        return self._model

    async def aclose(self) -> None:
        """Close this event loop's client and its connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def quirks(self, model: str) -> Quirks:
        """What is known of the parameters that a model (by the service's name for it) does not take."""
        if model not in self._quirks:
            learnt = partial(self._learnt, model) if self._learnt else None
            self._quirks[model] = Quirks(self._known_of_all(), learnt)
        return self._quirks[model]

    def recall(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        """Know of the models' quirks what is kept of them, and no more: what is not in there is forgotten."""
        for model in {*self._quirks, *kept}:
            self.quirks(model).known = {**self._known_of_all(), **kept.get(model, {})}

    def _known_of_all(self) -> Mapping[str, str]:
        return NEWER if self.endpoint.kind == "openai" else {}

    def _stream(
        self,
        messages: list[dict[str, str]],
        model: str,
        parameters: dict[str, Any],
        timeouts: Timeouts,
        sending: Sending,
    ) -> ReplyStream:
        echoes = Echoes(messages)
        opening = partial(self._open, messages, model, parameters, sending, echoes)
        return ReplyStream(opening, timeouts, partial(self._tidy, echoes), sending)

    async def _open(
        self,
        messages: list[dict[str, str]],
        model: str,
        parameters: dict[str, Any],
        sending: Sending,
        echoes: Echoes,
    ) -> httpx2.Response:
        """Ask, and ask again without what the service refuses. `sending` tells what was sent in the end."""
        model = model or await self.model()
        fitting = sending.fitting = sending.fitting or Fitting(parameters, self.quirks(model))
        while True:
            sending.parameters, sending.untaken = fitting.sent, fitting.untaken
            sending.requests += 1
            body = {"model": model, "messages": messages, **fitting.sent}
            if self._ask_usage and fitting.counts:
                body[COUNTING] = {"include_usage": True}
            try:
                response = await self._post(body)
            except (BadRequest, ContextTooLong) as error:
                if sending.requests >= MAX_REQUESTS or not fitting.learn(error, echoes):
                    raise
                said = self._tidy(echoes, error.detail)
                log.info("%s refuses a parameter for %s: %s", self.endpoint.label, model, said)
            else:
                fitting.taken()
                self._ask_usage = self._ask_usage and not fitting.cannot_count
                return response

    def _tidy(self, echoes: Echoes, words: str) -> str:
        return faults.tidy(words, *self.endpoint.secrets, echoes=echoes)

    async def _post(self, body: dict[str, Any]) -> httpx2.Response:
        """Send the request; return once the headers are there."""
        # Not through `chat.completions`, which walks the messages through the SDK's types: with twenty of
        # them it took 4.7 ms of CPU. Even without them it took 0.6 ms more, and its import 50 ms.
        try:
            response: Any = await self._client().post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=body | {"stream": True},
                options={"headers": self._headers},
                stream=True,
                stream_cls=AsyncStream[object],  # not made, as a bare response is asked for
            )
        except FAILURES as error:
            raise faults.unreachable(error) from error
        return cast(httpx2.Response, response)

    async def _list(self) -> list[str]:
        try:
            list_models = self._client().models.with_streaming_response.list
            async with list_models(extra_headers=self._headers) as answer:
                body = await _capped(answer.http_response, MAX_MODELS_BODY)
        except FAILURES as error:
            raise faults.unreachable(error) from error
        return _ids(body)

    def _client(self) -> AsyncOpenAI:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._new_client()
        return client

    def _new_client(self) -> AsyncOpenAI:
        url, key = self.endpoint.base_url, self.endpoint.key
        limits = httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE)
        http_client = DefaultAioHttpClient(
            verify=_tls() if url.startswith("https:") else False,
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=self.timeouts.connect, pool=self.timeouts.connect),
            limits=limits,
            # A proxy cannot reach this machine; and behind one, where a name leads could not be judged
            trust_env=self.endpoint.reach == "any" and urlsplit(url).hostname not in LOOPBACK,
            event_hooks={"response": [_refuse]},
            transport=None if self.endpoint.reach == "any" else self._guarded(),
        )
        return AsyncOpenAI(
            api_key=key or "none",
            base_url=url,
            max_retries=0,
            timeout=http_client.timeout,
            http_client=http_client,
            default_headers={"Accept-Encoding": "identity"},
        )

    def _guarded(self) -> AiohttpTransport:
        """What connects only to where the endpoint may lead."""

        def session() -> aiohttp.ClientSession:
            options = {"ssl": _tls(), "limit": MAX_CONNECTIONS, "keepalive_timeout": KEEP_ALIVE}
            return aiohttp.ClientSession(
                connector=GuardedConnector(self.endpoint.reach, self._resolver, **options)
            )

        return AiohttpTransport(client=session, verify=_tls())


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate authorities takes 30 ms: once a process, not once an event loop."""
    return httpx2.create_ssl_context()


def _ids(body: bytes) -> list[str]:
    """The ids of a list of models, but those that cannot be written down. Raises what tells of no list."""
    try:
        # Bytes that are no UTF-8 become lone surrogates, as others are written in the JSON itself
        listed = json.loads(body.decode("utf-8", "surrogateescape"))["data"]
        ids = [model["id"] for model in listed if isinstance(model, dict) and "id" in model]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise faults.not_a_stream(body) from None
    names = [name for name in ids if isinstance(name, str) and not find_bad(name)]
    if listed and not names:
        raise faults.not_a_stream(body)
    return names


async def _refuse(response: httpx2.Response) -> None:
    """Raise for every answer that cannot be what was asked for, before the SDK reads it whole.

    The SDK reads an error's body without a limit, and inflates what it reads: 200 MB of zeros as
    gzip cost it a gigabyte.
    """
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in ("", "identity"):
        raise faults.answered(response.status_code, response.headers, b"a compressed body")
    kind = response.headers.get("content-type", "").lower()
    if response.status_code != 200 or kind.startswith("text/html"):
        body = await _capped(response, MAX_ERROR_BODY)
        raise faults.answered(response.status_code, response.headers, body)


async def _capped(response: httpx2.Response, most: int) -> bytes:
    """The first `most` bytes of a body, or what came of them before it broke off."""
    body = b""
    with suppress(*BROKEN):
        async with aclosing(response.aiter_raw()) as pieces:
            async for piece in pieces:
                body += piece
                if len(body) >= most:
                    break
    return body[:most]
