"""One of those compared while it is measured: this site, the bare relay, or a product in its own environment."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.bench.peers.products import PRODUCTS
from tests.bench.processes import Process, Site
from tests.compat.place import Place
from tests.support.server import free_port

# Seconds that a first start may take: it may make tables, and read what it has never read
START_LIMIT = 180


class Running:
    """On a folder of its own. May be killed, and started again on what it has kept."""

    ready = "/"

    def __init__(self, folder: Path, provider_port: int) -> None:
        self.folder, self.provider_port = folder, provider_port
        self.port = free_port()
        self.process: Process | None = None

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def launched(self) -> Process:
        raise NotImplementedError

    def people(self, count: int) -> list[Any] | None:
        """Those who will ask, while it runs; None where nobody has a name."""
        return None

    def start(self) -> float:
        """Return when it answers, after that many seconds."""
        self.process = self.launched()
        return self.process.wait_for(self.port, self.ready, START_LIMIT)

    def kill(self) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                self.process.signal(9)
            self.process.wait(10)

    def end(self) -> None:
        if self.process:
            self.process.end()


class Relay(Running):
    def launched(self) -> Process:
        arguments = ["-m", "tests.bench.relay", str(self.port), str(self.provider_port)]
        return Process(arguments, self.folder / "relay.log")


class OurSite(Running):
    ready = "/healthz"

    def __init__(self, folder: Path, provider_port: int) -> None:
        super().__init__(folder, provider_port)
        self._site = Site(folder, provider_port)
        self.port = self._site.port

    def launched(self) -> Process:
        return self._site.serve()

    def people(self, count: int) -> list[Any] | None:
        return self._site.people(count)


class Other(Running):
    """A product of others, in its place."""

    def __init__(self, folder: Path, provider_port: int, name: str, place: Place) -> None:
        super().__init__(folder, provider_port)
        self.product, self._place = PRODUCTS[name], place
        self.ready = self.product.ready

    def launched(self) -> Process:
        return Process(
            self.product.arguments(self.port),
            self.folder / "log.txt",
            program=self._place.program(self.product.program),
            folder=self.folder,
            **self.product.environment(self.folder, self.provider_port),
        )

    def people(self, count: int) -> list[Any] | None:
        made = self.product.people
        return asyncio.run(made(self.port, count)) if made else None  # type: ignore[arg-type]
