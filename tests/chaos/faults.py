"""What goes wrong, one thing at a time, at random while people chat."""

import asyncio
import random
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing

import psycopg
from redis.asyncio import Redis as Client

from tests.chaos.setup import Server, SetUp

# Seconds: the most that all browsers may take to come back before the next fault begins anyway
RETURN_LIMIT = 30
# Seconds after which a lease is stale (chat/replies/reaper.py)
STALE = 10


class Faults:
    """The faults of one set-up."""

    def __init__(self, setup: SetUp, chance: random.Random) -> None:
        self._setup, self._chance = setup, chance

    async def inject(self, names: list[str]) -> None:
        """One after the other until the run is over: each once in random order, then again."""
        bag: list[str] = []
        while True:
            await asyncio.sleep(self._chance.uniform(*self._setup.size.pause))
            if self._setup.over:
                return
            if not bag:
                bag = self._chance.sample(names, len(names))
            name = bag.pop()
            self._setup.ledger.faults[name] += 1
            self._setup.tell(name)
            fault: Callable[[], Awaitable[None]] = FAULTS[name].__get__(self)
            async with self._setup.outage(name):
                await fault()

    def _a_server(self) -> Server:
        return self._chance.choice(self._setup.servers)

    # Processes

    async def _restart(self, *signals: int, code: int) -> None:
        server = self._a_server()
        cut = [tab for tab in self._setup.tabs if tab.proxy is server.proxy and tab.ready]
        hellos = [tab.hellos for tab in cut]
        ended = await server.end(*signals)
        if ended != code:
            self._setup.ledger.bad_ends.append(f"{signals} gave exit code {ended}")
        await server.start()
        up = time.monotonic()
        while time.monotonic() < up + RETURN_LIMIT:
            if all(tab.hellos > before or tab.is_closed for tab, before in zip(cut, hellos, strict=True)):
                break
            await asyncio.sleep(0.05)
        self._setup.ledger.resumed.append(time.monotonic() - up)

    async def kill(self) -> None:
        await self._restart(signal.SIGKILL, code=-signal.SIGKILL)

    async def terminate(self) -> None:
        await self._restart(signal.SIGTERM, code=0)

    async def terminate_twice(self) -> None:
        await self._restart(signal.SIGTERM, signal.SIGTERM, code=0)

    async def _freeze(self, seconds: float) -> None:
        server = self._a_server()
        server.process.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        server.process.signal(signal.SIGCONT)

    async def freeze(self) -> None:
        await self._freeze(self._chance.uniform(1, 4))

    async def freeze_until_stale(self) -> None:
        await self._freeze(STALE + self._chance.uniform(2, 5))

    # Connections

    async def drop_sockets(self) -> None:
        self._a_server().proxy.cut()

    async def reset_half(self) -> None:
        self._a_server().proxy.cut(0.5, reset=True)

    async def slow_network(self) -> None:
        proxy = self._a_server().proxy
        proxy.delay = self._chance.uniform(0.3, 1)
        await asyncio.sleep(4)
        proxy.delay = 0

    async def hold_network(self) -> None:
        seconds = self._chance.uniform(2, 5)
        self._a_server().proxy.hold(seconds)
        await asyncio.sleep(seconds)

    async def flap(self) -> None:
        for _ in range(3):
            self._a_server().proxy.cut(0.7, reset=self._chance.random() < 0.5)
            await asyncio.sleep(2)

    # The provider and the layer

    async def provider_gone(self) -> None:
        self._setup.provider.signal(signal.SIGKILL)
        await asyncio.to_thread(self._setup.provider.wait, 5)
        await asyncio.sleep(self._chance.uniform(0.5, 3))
        await asyncio.to_thread(self._setup.restart_provider)

    async def unreliable_layer(self) -> None:
        self._setup.layer_flag.touch()
        await asyncio.sleep(8)
        self._setup.layer_flag.unlink()

    # SQLite

    async def _lock(self, seconds: float) -> None:
        path = f"{self._setup.variables['DATA_DIR']}/db.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")

    async def lock(self) -> None:
        await self._lock(self._chance.uniform(1, 5))

    async def lock_for_long(self) -> None:
        await self._lock(self._chance.uniform(11, 14))

    # PostgreSQL and Redis

    async def postgres_disconnects(self) -> None:
        assert self._setup.database is not None
        everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        async with await psycopg.AsyncConnection.connect(self._setup.database.url) as connection:
            await connection.execute(everybody)

    async def postgres_restarts(self) -> None:
        assert self._setup.database is not None
        await asyncio.to_thread(self._setup.database.stop)
        await asyncio.sleep(self._chance.uniform(0, 3))
        await asyncio.to_thread(self._setup.database.start)

    async def postgres_gone_as_browsers_return(self) -> None:
        assert self._setup.database is not None
        await asyncio.to_thread(self._setup.database.stop)
        for server in self._setup.servers:
            server.proxy.cut()
        await asyncio.sleep(self._chance.uniform(1, 4))
        await asyncio.to_thread(self._setup.database.start)

    async def redis_gone(self) -> None:
        assert self._setup.broker is not None
        await asyncio.to_thread(self._setup.broker.stop)
        await asyncio.sleep(self._chance.uniform(2, 8))
        self._setup.broker.start()

    async def _tell_redis(self, *command: str) -> None:
        assert self._setup.broker is not None
        client = Client.from_url(self._setup.broker.url)
        try:
            await client.execute_command(*command)
        finally:
            await client.aclose()

    async def redis_flush(self) -> None:
        await self._tell_redis("FLUSHALL")

    async def redis_disconnects(self) -> None:
        await self._tell_redis("CLIENT", "KILL", "TYPE", "pubsub")
        await self._tell_redis("CLIENT", "KILL", "TYPE", "normal")

    async def slow_redis(self) -> None:
        assert self._setup.broker_proxy is not None
        self._setup.broker_proxy.delay = 0.2
        await asyncio.sleep(6)
        self._setup.broker_proxy.delay = 0


FAULTS: dict[str, Callable[[Faults], Awaitable[None]]] = {
    name: act for name, act in vars(Faults).items() if not name.startswith("_") and name != "inject"
}
ANYWHERE = ["kill", "kill", "terminate", "terminate_twice", "freeze", "freeze_until_stale"]
ANYWHERE += ["drop_sockets", "reset_half", "slow_network", "hold_network", "flap"]
ANYWHERE += ["provider_gone", "unreliable_layer"]
OF = {
    "SQLite": [*ANYWHERE, "lock", "lock_for_long"],
    "PostgreSQL and Redis": [
        *ANYWHERE,
        "postgres_disconnects",
        "postgres_restarts",
        "postgres_gone_as_browsers_return",
        "redis_gone",
        "redis_flush",
        "redis_disconnects",
        "slow_redis",
    ],
}
QUICK = {
    "SQLite": ["kill", "drop_sockets", "lock", "terminate"],
    "PostgreSQL and Redis": ["kill", "postgres_disconnects", "redis_disconnects", "reset_half"],
}
