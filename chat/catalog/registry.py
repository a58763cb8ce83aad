"""Which model answers, known without a query: the models on offer and a client of each provider, in memory.

Read again when a process tells that they changed, and every RELOAD seconds; the providers are asked for
their models every LIST_AGAIN seconds, and one that was never asked, or was changed, at once. What the clients
learn of a model's capabilities is kept on its row, and known to every process from there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from chat.catalog import actions as catalog
from chat.catalog.actions import CatalogSnapshot
from chat.catalog.errors import KeyUnreadable
from chat.core.database import Reader
from chat.models import ModelProvider, OfferedModel
from chat.provider import Endpoint, ProviderClient, Timeouts
from chat.provider.capabilities import readable
from chat.provider.errors import NoModelListed, ProviderError
from chat.realtime import layer
from chat.realtime.layer_messages import ModelsChanged

logger = logging.getLogger(__name__)

# Seconds
RELOAD = 60.0
LIST_AGAIN = 600.0
KEEP_AGAIN = 10.0


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """What answers: `model` is the provider's name for it ("" for the one in use there), `label` people's.

    `requested_model` is the label of the one that was chosen and is no longer offered; `row` None is the
    model that the environment's provider has without a row.
    """

    provider: ProviderClient
    row: OfferedModel | None
    model: str
    label: str
    requested_model: str


class _SharedClient:
    """The client of a provider, kept open until it is retired and nobody uses it any more."""

    def __init__(self, client: ProviderClient | None, marks: object = None) -> None:
        self.marks = marks
        self.client = client
        self.is_asked = False  # for its models, just now
        self._users = 0
        self._is_retired = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ProviderClient]:
        if self.client is None:
            raise KeyUnreadable("the service's key has to be typed again")
        self._users += 1
        try:
            yield self.client
        finally:
            self._users -= 1
            await self._close_if_unused()

    async def retire(self) -> None:
        self._is_retired = True
        await self._close_if_unused()

    async def _close_if_unused(self) -> None:
        if self._is_retired and not self._users and self.client is not None:
            await self.client.aclose()


class Registry:
    """One per engine. `write` calls a function in a thread that may wait for the database.

    `environment_provider` is the client of the provider that the environment names.
    """

    def __init__(self, endpoint: Endpoint, reader: Reader, write: Callable[..., Awaitable[Any]]) -> None:
        self.environment_provider = self._client(None, endpoint, catalog.timeouts_of(None))
        self._reader = reader
        self._write = write
        self._snapshot = self._made([])
        self._clients: dict[int, _SharedClient] = {}
        self._providers: list[ModelProvider] = []
        self._environment_is_listed = False
        self._reads = 0
        # What was learnt of a provider's model and is on no row yet
        self._learnt: dict[tuple[int | None, str], dict[str, str]] = {}
        self._has_learnt = asyncio.Event()

    @asynccontextmanager
    async def answering(self, chosen: int | None) -> AsyncIterator[ResolvedModel]:
        """Yield what answers where the row `chosen` was chosen, kept open meanwhile. Raises KeyUnreadable."""
        if chosen is not None and chosen not in self._snapshot.rows:  # new, and the hint did not come
            await self.load()
        row, requested_model = self._snapshot.answering(chosen)
        if row is None or row.provider_id is None:
            model = row.name if row else self.environment_provider.endpoint.model
            yield ResolvedModel(self.environment_provider, row, model, str(row or ""), requested_model)
            return
        async with self._clients[row.provider_id].open() as client:
            yield ResolvedModel(client, row, row.name, str(row), requested_model)

    async def load(self) -> None:
        """Read what is on offer, and make the clients that are new or lead elsewhere now."""
        self._reads += 1
        mine = self._reads
        rows, providers = await self._reader.read(_read)
        if mine != self._reads:  # somebody reads it anew
            return
        self._snapshot, self._providers = self._made(rows), providers
        old = self._clients
        self._clients = {provider.pk: self._shared_client(provider) for provider in providers}
        self._recall()
        for pk, shared in old.items():
            if self._clients.get(pk) is not shared:
                await shared.retire()

    async def refresh(self) -> None:
        """Read it again, and ask the providers that were never asked for their models."""
        await self.load()
        await self._list(self._never_asked())

    async def run(self) -> None:
        """Keep it fresh until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                await self.load()
                is_due = loop.time() >= due
                if is_due:
                    due = loop.time() + LIST_AGAIN
                await asyncio.gather(
                    self._list(self._providers if is_due else self._never_asked()),
                    self._list_environment(again=is_due),
                )
            except Exception:
                logger.exception("the models could not be read; trying again in %s s", RELOAD)
            await asyncio.sleep(RELOAD)

    async def keep(self) -> None:
        """Put what is learnt of models on their rows, until cancelled. No reply waits for it."""
        while True:
            await self._has_learnt.wait()
            self._has_learnt.clear()
            try:
                for key in list(self._learnt):
                    await self._keep(*key)
            except Exception:
                logger.exception("what was learnt of a model is not kept; trying again in %s s", KEEP_AGAIN)
                await asyncio.sleep(KEEP_AGAIN)
                self._has_learnt.set()

    async def close(self) -> None:
        await self.environment_provider.aclose()
        for shared in self._clients.values():
            await shared.retire()

    async def _keep(self, provider_id: int | None, model: str) -> None:
        news = dict(self._learnt[provider_id, model])
        await self._write(catalog.note_capabilities, provider_id, model, news)
        if self._learnt[provider_id, model] == news:  # else there is more by now, and another turn
            del self._learnt[provider_id, model]
        await self._tell(True)

    def _note_learnt(self, provider_id: int | None, model: str, news: dict[str, str]) -> None:
        self._learnt.setdefault((provider_id, model), {}).update(news)
        self._has_learnt.set()

    def _recall(self) -> None:
        """Let each client know what the rows hold, and what is not on them yet."""
        kept: dict[int | None, dict[str, dict[str, str]]] = {}
        for row in self._snapshot.rows.values():
            if known := readable(row.capabilities):
                kept.setdefault(row.provider_id, {})[row.name] = known
        for (provider_id, model), news in self._learnt.items():
            kept.setdefault(provider_id, {}).setdefault(model, {}).update(news)
        self.environment_provider.recall(kept.get(None, {}))
        for provider_id, shared in self._clients.items():
            if shared.client is not None:
                shared.client.recall(kept.get(provider_id, {}))

    def _client(self, provider_id: int | None, endpoint: Endpoint, timeouts: Timeouts) -> ProviderClient:
        return ProviderClient(endpoint, timeouts, learnt=partial(self._note_learnt, provider_id))

    def _made(self, rows: list[OfferedModel]) -> CatalogSnapshot:
        return CatalogSnapshot(
            rows, self.environment_provider.endpoint, self.environment_provider.endpoint.model
        )

    def _shared_client(self, provider: ModelProvider) -> _SharedClient:
        marks = (
            provider.base_url,
            provider.sealed_key,
            provider.sealed_headers,
            provider.allow_private,
            provider.keeps_prefix,
            provider.name,
            catalog.timeouts_of(provider),
        )
        known = self._clients.get(provider.pk)
        if known is not None and known.marks == marks:
            return known
        try:
            endpoint, timeouts = catalog.endpoint_of(provider), catalog.timeouts_of(provider)
            return _SharedClient(self._client(provider.pk, endpoint, timeouts), marks)
        except KeyUnreadable as problem:
            logger.error("a model service cannot be used: %s; type its key again", problem.detail)
            return _SharedClient(None, marks)

    def _never_asked(self) -> list[ModelProvider]:
        return [provider for provider in self._providers if not (provider.listed_at or provider.problem)]

    async def _list(self, providers: list[ModelProvider]) -> None:
        await asyncio.gather(*map(self._list_one, providers))

    async def _list_one(self, provider: ModelProvider) -> None:
        """Keep what a provider lists. Never twice at once: the older answer could be noted last."""
        shared = self._clients[provider.pk]
        if shared.is_asked:
            return
        shared.is_asked = True
        try:
            async with shared.open() as client:
                names = await _names(client)
            await self._note(provider.pk, names)
        except ProviderError as problem:
            if provider.problem != problem.code:
                logger.warning("%s does not list its models: %s", provider.name, problem)
            await self._write(catalog.note_problem, provider.pk, problem.code, problem.detail)
        finally:
            shared.is_asked = False

    async def _list_environment(self, *, again: bool) -> None:
        """Keep what the environment's provider lists.

        One that was not there is asked again soon: it may have been starting too.
        """
        if self._environment_is_listed and not again:
            return
        try:
            names = await _names(self.environment_provider)
        except ProviderError as problem:
            logger.info("%s does not list its models: %s", self.environment_provider.endpoint.label, problem)
            if model := self.environment_provider.endpoint.model:
                await self._tell(await self._write(catalog.note_named, model))
            return
        self._environment_is_listed = True
        # Some providers have more than they list, and whoever runs the site names what it has
        await self._note(None, [name for name in (self.environment_provider.endpoint.model, *names) if name])

    async def _note(self, provider_id: int | None, names: list[str]) -> None:
        await self._tell(await self._write(catalog.note_listing, provider_id, names))

    async def _tell(self, is_news: bool) -> None:
        if is_news:
            await self.load()
            await layer.publish(layer.ENGINES, ModelsChanged())


async def _names(client: ProviderClient) -> list[str]:
    """Return what it lists.

    Raises ProviderError, also for nothing: that is no reason to call all models gone.
    """
    names = await client.models()
    if not names:
        raise NoModelListed("the service lists no model")
    return names


def _read() -> tuple[list[OfferedModel], list[ModelProvider]]:
    """Return the models and the providers.

    A model without its provider, which came or left between the two queries, is left out.
    """
    rows, providers = catalog.all_rows(), catalog.providers()
    known = {None, *(provider.pk for provider in providers)}
    return [row for row in rows if row.provider_id in known or not catalog.is_on_offer(row)], providers
