"""A set-up under test: its server processes behind proxies, its provider, its stores, its outages."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.processes import Process, Site, helper, provider_at
from tests.chaos.layer import FLAG
from tests.chaos.ledger import Ledger
from tests.chaos.proxy import Proxy
from tests.chaos.questions import KEY, LIMITS
from tests.chaos.tab import Tab
from tests.support.server import free_port
from tests.support.stores import Postgres, Redis, postgres, redis

# Seconds a process may take to end after SIGTERM
END_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it: `longest` in words of a reply, `pause` in seconds between two faults, `imports` the number
    of people whose files are taken in meanwhile, and the seconds between two.

    `silence` lets the provider hang at times until the site gives it up.
    """

    people: int
    replies: int
    longest: int
    pause: tuple[float, float]
    imports: tuple[int, float]
    silence: bool = True


# Faults with which everybody is to be served as ever
BEARABLE = {
    "drop_sockets",
    "reset_half",
    "provider_gone",
    "unreliable_layer",
    "redis_gone",
    "redis_flush",
    "redis_disconnects",
    "slow_redis",
}

FULL = Size(people=24, replies=1100, longest=120, pause=(1.5, 3.5), imports=(20, 6.0))
SHORT = Size(people=8, replies=24, longest=30, pause=(0.3, 0.8), imports=(2, 1.0), silence=False)


class Server:
    """One `manage.py serve` and the proxy before it. Whoever ends it says so with `ours`."""

    def __init__(self, site: Site, ledger: Ledger) -> None:
        self.site = site
        self.proxy = Proxy(site.port)
        self.ours = True
        self._ledger = ledger
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        assert self._process is not None
        return self._process

    async def start(self) -> None:
        """Return when it answers."""
        self._process = self.site.serve(fork=True)
        await asyncio.to_thread(self._process.wait_for, self.site.port, "/healthz")
        self.ours = False

    async def end(self, *signals: int) -> int:
        """Send the signals; its exit code."""
        self.ours = True
        for number in signals:
            self.process.signal(number)
        return await asyncio.to_thread(self.process.wait, END_LIMIT)

    async def guard(self) -> None:
        """Note it when it ends although nobody here ended it, and start it again."""
        while True:
            await asyncio.sleep(0.2)
            if not self.ours and self.process.exit_code is not None:
                said = self.process.log.read_text(errors="replace")[-2000:]
                self._ledger.deaths.append(f"exit code {self.process.exit_code}: {said}")
                self.ours = True
                await self.start()

    def leave(self) -> None:
        if self._process is not None:
            self._process.signal(signal.SIGCONT)
            self._process.end()


class SetUp:
    """Everything of one run. `database` and `broker` are None on SQLite."""

    def __init__(self, name: str, folder: Path, size: Size) -> None:
        self.name, self.folder, self.size = name, folder, size
        self.ledger = Ledger()
        self.servers: list[Server] = []
        self.database: Postgres | None = None
        self.broker: Redis | None = None
        self.broker_proxy: Proxy | None = None
        self.provider_port = free_port()
        self.provider = provider_at(self.provider_port, folder)
        self.layer_flag = folder / "layer-faults"
        self.tabs: list[Tab] = []
        self.over = False
        self._tickets = size.replies
        self._outages: list[tuple[str, float, float]] = []
        self._present: tuple[str, float] | None = None

    @property
    def proxies(self) -> list[Proxy]:
        return [server.proxy for server in self.servers]

    @property
    def variables(self) -> dict[str, str]:
        """Of a process on the same data."""
        return self.servers[0].site.variables

    def tab(self, person: int, cookie: str, canary: str) -> Tab:
        """A new tab, still closed, among those that faults look at."""
        tab = Tab(person, cookie, canary, self.proxies, self.ledger)
        self.tabs = [*(tab for tab in self.tabs if not tab.is_closed), tab]
        return tab

    def take_ticket(self) -> bool:
        """Whether another reply is wanted."""
        self._tickets -= 1
        return self._tickets >= 0

    def tell(self, what: str) -> None:
        """Write down what happens, and when, beside the logs."""
        with (self.folder / "faults.log").open("a") as log:
            print(f"{datetime.now(UTC):%H:%M:%S.%f} {what}", file=log)

    # Outages

    @asynccontextmanager
    async def outage(self, name: str) -> AsyncIterator[None]:
        """A fault from its beginning to its end."""
        self._present = (name, time.monotonic())
        try:
            yield
        finally:
            self._outages.append((*self._present, time.monotonic()))
            self._present = None

    def outage_since(self, moment: float) -> float:
        """Seconds in which the site could not help it: nobody's patience runs meanwhile."""
        times = [(start, end) for name, start, end in self._all_outages() if name not in BEARABLE]
        return sum(max(0.0, end - max(start, moment)) for start, end in times)

    def faults_since(self, moment: float) -> list[str]:
        return [name for name, _, end in self._all_outages() if end > moment - 5]

    def _all_outages(self) -> list[tuple[str, float, float]]:
        present = [(*self._present, time.monotonic())] if self._present else []
        return [*self._outages, *present]

    # Building

    def site(self, name: str, **more: str) -> Site:
        folder = self.folder / name
        folder.mkdir()
        return Site(
            folder,
            self.provider_port,
            DJANGO_SETTINGS_MODULE="tests.chaos.settings",
            OPENAI_API_KEY=KEY,
            SECRET_KEY="shared by all processes " * 3,
            **{FLAG: str(self.layer_flag)},
            **LIMITS,
            **more,
        )

    async def build(self, stack: AsyncExitStack) -> None:
        """Start everything; `stack` ends it."""
        stack.callback(lambda: self.provider.end())
        urls, names = {}, ["a"]
        if self.name != "SQLite":
            self.database = stack.enter_context(await asyncio.to_thread(postgres))
            self.broker = stack.enter_context(redis())
            self.broker_proxy = await stack.enter_async_context(Proxy(self.broker.port))
            redis_url = f"redis://127.0.0.1:{self.broker_proxy.port}/0"
            urls, names = {"DATABASE_URL": self.database.url, "REDIS_URL": redis_url}, ["a", "b"]
        self.servers = [Server(self.site(name, **urls), self.ledger) for name in names]
        self.cookies = await asyncio.to_thread(self.servers[0].site.people, self.size.people, fork=True)
        count, every = self.size.imports
        folders = [server.site.variables["DATA_DIR"] for server in self.servers]
        spec = {"people": count, "every": every, "folders": folders}
        await asyncio.to_thread(helper, "chaos.imports", spec, fork=True, **self.variables)
        for server in self.servers:
            stack.callback(server.leave)
            await stack.enter_async_context(server.proxy)
            await server.start()
            guard = asyncio.ensure_future(server.guard())
            stack.callback(guard.cancel)

    def restart_provider(self) -> None:
        self.provider = provider_at(self.provider_port, self.folder)


@asynccontextmanager
async def built(name: str, folder: Path, size: Size) -> AsyncIterator[SetUp]:
    setup = SetUp(name, folder, size)
    async with AsyncExitStack() as stack:
        await setup.build(stack)
        yield setup


def chance_of(seed: int, *what: object) -> random.Random:
    """Luck of one's own, so that a seed gives each person the same run whatever the others do."""
    return random.Random(f"{seed} {what}")
