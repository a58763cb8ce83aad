"""How many sockets each person has open: here, and with Redis in all processes together.

A place is a lease: a process that is killed gives none back, so each is kept only for a while and renewed.
When Redis is away each process counts its own.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

# Seconds: a place is good for so long, and is renewed well before (each ACCOUNT_STATUS_INTERVAL)
LEASE = 150
# Seconds for Redis to answer, and after it did not, those in which it is not asked
PATIENCE, PAUSE = 1.0, 10.0


class SocketLeases:
    """One per process."""

    def __init__(self) -> None:
        self._taken: dict[int, set[str]] = {}
        self._clients: dict[asyncio.AbstractEventLoop, Any] = {}
        self._ask_again = 0.0

    async def take(self, person: int, socket: str) -> bool:
        """Take a place for a socket; return False when the person has SOCKETS_PER_PERSON already."""
        most = settings.SOCKETS_PER_PERSON
        mine = self._taken.setdefault(person, set())
        if most and len(mine) >= most:
            return False
        mine.add(socket)
        if most and await self._asked(self._count_elsewhere, person, socket, otherwise=0) > most:
            await self.give_back(person, socket)
            return False
        return True

    async def renew(self, person: int, socket: str) -> None:
        """Keep a place that is in use."""
        await self._asked(self._put, person, socket, otherwise=None)

    async def give_back(self, person: int, socket: str) -> None:
        """Give a place back when its socket has closed. Once is enough, and without a place it is nothing."""
        mine = self._taken.get(person, set())
        if socket in mine:
            mine.discard(socket)
            if not mine:
                self._taken.pop(person, None)
            await self._asked(self._remove, person, socket, otherwise=None)

    async def close(self) -> None:
        """Close the connections of this event loop."""
        if client := self._clients.pop(asyncio.get_running_loop(), None):
            await client.aclose()

    # In Redis: for each person a sorted set of sockets, by when their places end

    async def _count_elsewhere(self, client: Any, person: int, socket: str) -> int:
        """Return how many there are with this one; of two that come at once both count."""
        async with client.pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(key(person), "-inf", time.time())
            pipe.zadd(key(person), {socket: time.time() + LEASE})
            pipe.expire(key(person), LEASE)
            pipe.zcard(key(person))
            return int((await pipe.execute())[-1])

    async def _put(self, client: Any, person: int, socket: str) -> None:
        async with client.pipeline(transaction=True) as pipe:
            pipe.zadd(key(person), {socket: time.time() + LEASE})
            pipe.expire(key(person), LEASE)
            await pipe.execute()

    async def _remove(self, client: Any, person: int, socket: str) -> None:
        await client.zrem(key(person), socket)

    async def _asked(
        self, ask: Callable[..., Awaitable[Result]], person: int, socket: str, *, otherwise: Result
    ) -> Result:
        """Return what Redis says; `otherwise` without one, and while it does not answer."""
        if not settings.REDIS_URL or time.monotonic() < self._ask_again:
            return otherwise
        redis, loop = redis_client(), asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = redis.from_url(settings.REDIS_URL)
        try:
            async with asyncio.timeout(PATIENCE):
                return await ask(self._clients[loop], person, socket)
        except (redis.RedisError, OSError) as problem:  # TimeoutError is one of the latter
            self._ask_again = time.monotonic() + PAUSE
            logger.warning("sockets are counted by this process alone: %r", problem)
            return otherwise


@cache
def redis_client() -> Any:
    """Return the module `redis.asyncio`."""
    # Not imported at the top: 6 MB of a server's memory that a site without Redis never needs
    return import_module("redis.asyncio")


def key(person: int) -> str:
    return f"chat:sockets:{person}"


socket_leases = SocketLeases()
