"""The one client to the provider: AsyncOpenAI over aiohttp, with our limits instead of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
from aiohttp.abc import AbstractResolver

from chat.provider import faults, finish
from chat.provider.api_locations import best_told, is_elsewhere, looked_at
from chat.provider.base_urls import ParsedBaseUrl, parse_base_url_or_keep, shown, written
from chat.provider.capabilities import (
    CACHE_KEY,
    COUNTING,
    NEWER,
    STREAM,
    ModelCapabilities,
    ParameterNegotiation,
)
from chat.provider.deltas import add
from chat.provider.echoes import Echoes
from chat.provider.ending_habits import EndingHabits
from chat.provider.endpoint import Endpoint, first_chat_model
from chat.provider.errors import (
    AddressRefused,
    BadRequest,
    ContextTooLong,
    NoModelListed,
    NotAModelServer,
    ProviderError,
    ProviderSilent,
    ProviderUnreachable,
    ReplyTooLarge,
    UnknownModel,
)
from chat.provider.listing import names_in
from chat.provider.responses import FAILURES, capped, refuse
from chat.provider.sdk import AsyncStream, Omit
from chat.provider.stream import ReplyStream, RequestAttempt, Short
from chat.provider.timeouts import Timeouts
from chat.provider.transport import OF_SDK, Sdk, http_client_for

THINKING_ROOM = 1000
"""Tokens a short answer may spend on reasoning before it begins."""

MAX_SHORT, MAX_SHORT_THINKING = 2000, 8 * THINKING_ROOM
"""Characters of a short answer and of the thinking before it, for providers that heed no limit."""

MAX_REQUESTS = 15
"""Requests that one reply may cost. It is what a model takes that refuses each of the six parameters, one of
them by both of its names, the counting of tokens, the role of instructions, the stream and the key of a
cache, and whose context is too short three times: 6+1+1+1+1+1+3, and the one that it answers. A provider that
refuses on and on is asked no more."""

MAX_MODELS_BODY = 4 * 1024 * 1024

ANTHROPIC_HOST = "https://api.anthropic.com/"
ANTHROPIC: dict[str, Omit | str] = {"Authorization": Omit(), "anthropic-version": "2023-06-01"}
"""Its list is not part of what it made compatible, and takes the key in `x-api-key`."""

log = logging.getLogger(__name__)


class ProviderClient:
    """The client of one provider. May be used from several event loops; each has its own connections.

    No retries: a failed request is told at once, and whoever asked decides. (An exception, logged: a provider
    that refuses a parameter, or to count tokens, is asked again as capabilities.py says.) `learnt`
    is told of a model (by the provider's name for it) and of what is new in its capabilities, in the loop,
    whenever something is.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        timeouts: Timeouts | None = None,
        resolver: AbstractResolver | None = None,
        learnt: Callable[[str, dict[str, str]], None] | None = None,
    ) -> None:
        """Make a client that asks nothing yet.

        `resolver` looks names up, where the endpoint's reach is limited; the system's if it is None.
        """
        self.endpoint = endpoint
        self.timeouts = timeouts or Timeouts()
        self._resolver = resolver
        self._meant = parse_base_url_or_keep(endpoint.base_url)
        self._bases = list(self._meant.bases)  # the likeliest first; one is left when a chat was answered
        self._model = endpoint.model or self._meant.deployment
        self._ask_usage = True
        self._learnt = learnt
        self._endings = EndingHabits()
        self._capabilities: dict[str, ModelCapabilities] = {}
        self._headers = _headers(endpoint, self._meant)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Sdk] = WeakKeyDictionary()

    def stream(
        self,
        messages: list[dict[str, str]],
        model: str = "",
        attempt: RequestAttempt | None = None,
        cache_key: str = "",
        **parameters: Any,
    ) -> ReplyStream:
        """Ask for a reply to `messages` ({"role", "content"}); nothing is sent before the first step.

        `model` is the provider's own name for it, "" the one in use. `parameters` go into the request
        (temperature, max_tokens, ...) as far as the model takes them. `attempt` is that of an earlier try of
        the same reply: what was refused then is not sent again, and its requests count. `cache_key` stands
        for all prompts that begin alike; it is sent where the endpoint keeps prefixes.
        """
        key = cache_key if self.endpoint.keeps_prefix else ""
        return self._stream(messages, model, parameters, self.timeouts, attempt or RequestAttempt(), key)

    async def complete(
        self, messages: list[dict[str, str]], max_tokens: int, model: str = "", *, thinks: bool = False
    ) -> Short:
        """Ask for a short text, such as a title. Raise ProviderError.

        It may take as long as the first word of an answer: a slow provider queues it behind that. A model
        that `thinks` gets room for that.
        """
        limits = replace(self.timeouts, total=min(self.timeouts.first, self.timeouts.total))
        model = model or await self.model()
        # The models that call it by the newer name spend their allowance thinking first
        thinks = thinks or self.capabilities(model).known.get("max_tokens") == NEWER["max_tokens"]
        parameters = {"max_tokens": max_tokens + THINKING_ROOM if thinks else max_tokens}
        text = thinking = ""
        async with self._stream(messages, model, parameters, limits, RequestAttempt()) as reply:
            async for deltas in reply:
                for delta in deltas:
                    text, thinking = add(text, thinking, delta)
                if len(text) > MAX_SHORT or len(thinking) > MAX_SHORT_THINKING:
                    raise ReplyTooLarge(f"more than {MAX_SHORT} characters of a short answer")
        return Short(text, reply.end is not None and reply.end.finish_reason == finish.LENGTH)

    async def models(self, patience: float | None = None) -> list[str]:
        """Return the names of the models it lists; of a deployment of Azure's the one that the address names.

        Raises ProviderError, within `patience` in seconds, or `timeouts.short`.
        """
        if self._meant.deployment:
            return [self._meant.deployment]
        try:
            async with asyncio.timeout(patience or self.timeouts.short):
                return await self._list()
        except TimeoutError:
            raise ProviderSilent("no list of models in time") from None
        except ProviderError as error:
            error.detail = faults.log_line(error.detail, *self.endpoint.secrets)
            raise

    @property
    def known_model(self) -> str:
        """The model in use as far as is known: "" while the provider has not told."""
        return self._model

    async def model(self) -> str:
        """Return the model in use; ask the provider if the settings name none. Raise ProviderError.

        An answer waits for it: some providers list nothing while they are at work on another.
        """
        if not self._model:
            try:
                self._model = first_chat_model(await self.models(self.timeouts.first))
            except (NotAModelServer, UnknownModel) as problem:
                raise NoModelListed(f"no model is named, and none is listed: {problem.detail}") from problem
            if not self._model:
                raise NoModelListed("no model is named, and the list is empty")
        return self._model

    @property
    def address(self) -> str:
        """Where it is asked, as far as is known, for people to read."""
        return shown(self._bases[0], self._meant.query)

    @property
    def is_reread(self) -> bool:
        """Whether that is not what was written."""
        return self.endpoint.base_url.rstrip("/") != written(self._bases[0], self._meant.query)

    async def aclose(self) -> None:
        """Close this event loop's client and its connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def capabilities(self, model: str) -> ModelCapabilities:
        """Return what is known of the parameters that a model (by the provider's name) does not take."""
        if model not in self._capabilities:
            learnt = partial(self._learnt, model) if self._learnt else None
            self._capabilities[model] = ModelCapabilities(self._known_of_all(), learnt)
        return self._capabilities[model]

    def recall(self, kept: Mapping[str, Mapping[str, str]]) -> None:
        """Take over what is kept of the models' capabilities, and forget what is not in there."""
        for model in {*self._capabilities, *kept}:
            self.capabilities(model).known = {**self._known_of_all(), **kept.get(model, {})}

    def _known_of_all(self) -> Mapping[str, str]:
        return NEWER if self.endpoint.kind == "openai" else {}

    def _stream(
        self,
        messages: list[dict[str, str]],
        model: str,
        parameters: dict[str, Any],
        timeouts: Timeouts,
        attempt: RequestAttempt,
        cache_key: str = "",
    ) -> ReplyStream:
        echoes = Echoes(messages)
        opening = partial(self._open, messages, model, parameters, attempt, echoes, cache_key)
        timeouts = self._endings.limits(timeouts)
        return ReplyStream(opening, timeouts, partial(self._log_line, echoes), attempt, self._endings)

    async def _open(
        self,
        messages: list[dict[str, str]],
        model: str,
        parameters: dict[str, Any],
        attempt: RequestAttempt,
        echoes: Echoes,
        cache_key: str,
    ) -> httpx2.Response:
        """Ask, and ask again without what the provider refuses; `attempt` has what was sent in the end."""
        model = model or await self.model()
        negotiation = attempt.negotiation = attempt.negotiation or ParameterNegotiation(
            parameters, self.capabilities(model), cache_key
        )
        while True:
            attempt.parameters, attempt.ignored = negotiation.sent, negotiation.ignored
            attempt.requests += 1
            body = {"model": model, "messages": negotiation.messages(messages), **negotiation.sent}
            body[STREAM] = negotiation.streams
            if self._ask_usage and negotiation.counts and negotiation.streams:
                body[COUNTING] = {"include_usage": True}
            if negotiation.cache_key:
                body[CACHE_KEY] = negotiation.cache_key
            try:
                response = await self._post(body)
            except (BadRequest, ContextTooLong) as error:
                if attempt.requests >= MAX_REQUESTS or not negotiation.learn(error, echoes):
                    raise
                line = self._log_line(echoes, error.detail)
                log.info("%s refuses a parameter for %s: %s", self.endpoint.label, model, line)
            else:
                negotiation.taken()
                self._ask_usage = self._ask_usage and not negotiation.cannot_count
                return response

    def _log_line(self, echoes: Echoes, words: str) -> str:
        return faults.log_line(words, *self.endpoint.secrets, echoes=echoes)

    async def _post(self, body: dict[str, Any]) -> httpx2.Response:
        """Send the request, to where the API is; return once the headers are there."""
        problems: list[ProviderError] = []
        bases = list(self._bases)
        for base in bases:
            try:
                response = await self._post_to(base, body, is_sure=len(bases) == 1)
            except ProviderError as problem:
                if not is_elsewhere(problem):
                    raise
                problems.append(problem)
            else:
                self._found(base, is_sure=True)
                return response
        raise best_told(problems, [shown(base, ()) for base in bases])

    async def _post_to(self, base: str, body: dict[str, Any], *, is_sure: bool) -> httpx2.Response:
        # Not through `chat.completions`, which walks the messages through the SDK's types: with twenty of
        # them it took 4.7 ms of CPU. Even without them it took 0.6 ms more, and its import 50 ms.
        try:
            response = await self._client().ask(f"{base}/chat/completions", body, self._headers)
            return response if is_sure else await looked_at(response)
        except FAILURES as error:
            raise faults.error_from_exception(error) from error

    async def _list(self) -> list[str]:
        """Return what the first of the addresses lists that lists anything."""
        problems: list[ProviderError] = []
        empty: list[str] = []
        bases = list(self._bases)
        for base in bases:
            try:
                names = await self._list_at(base)
            except (ProviderUnreachable, AddressRefused):
                raise
            except ProviderError as problem:
                problems.append(problem)
                continue
            if names:
                self._found(base)
                return names
            empty.append(base)
        if not empty:
            raise best_told(problems, [shown(base, ()) for base in bases])
        self._found(empty[0])
        return []

    async def _list_at(self, base: str) -> list[str]:
        headers = self._headers | (ANTHROPIC if base.startswith(ANTHROPIC_HOST) else {})
        if base.startswith(ANTHROPIC_HOST):
            headers["x-api-key"] = self.endpoint.key
        try:
            response: Any = await self._client().get(
                f"{base}/models",
                cast_to=httpx2.Response,
                options={"headers": headers},
                stream=True,
                stream_cls=AsyncStream[object],
            )
            body = await capped(response, MAX_MODELS_BODY)
        except FAILURES as error:
            raise faults.error_from_exception(error) from error
        return names_in(body)

    def _found(self, base: str, *, is_sure: bool = False) -> None:
        """Note that the API is there: it lists its models, or, which is sure, answered."""
        is_news = self._bases[0] != base
        if is_news or (is_sure and len(self._bases) > 1):
            self._bases = [base] if is_sure else sorted(self._bases, key=base.__ne__)
        if is_news:
            log.info("%s: its base URL is understood as %s", self.endpoint.label, self.address)

    def _client(self) -> Sdk:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._new_client()
        return client

    def _new_client(self) -> Sdk:
        connect, hooks = self.timeouts.connect, {"response": [refuse]}
        endpoint = replace(self.endpoint, base_url=self._bases[0])
        http_client = http_client_for(endpoint, connect, self._resolver, event_hooks=hooks)
        return Sdk(
            api_key=self.endpoint.key or "none",
            base_url=self._bases[0],
            max_retries=0,
            timeout=http_client.timeout,
            http_client=http_client,
            default_headers={"Accept-Encoding": "identity"},
            default_query=dict(self._meant.query),
        )


def _headers(endpoint: Endpoint, meant: ParsedBaseUrl) -> dict[str, Omit | str]:
    """Return what goes with every request.

    The SDK wants to be told in so many words what is to be left out.
    """
    headers: dict[str, Omit | str] = dict.fromkeys(OF_SDK, Omit()) | dict(endpoint.headers)
    is_token = endpoint.key.startswith("eyJ")  # of a person who logged in, not of the resource
    if not endpoint.key or (meant.is_azure and not is_token):
        headers.setdefault("Authorization", Omit())
    if meant.is_azure and endpoint.key and not is_token:
        headers.setdefault("api-key", endpoint.key)
    return headers
