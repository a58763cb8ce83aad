"""A model server that does what a test tells it, over real TCP.

Written on bare asyncio, so that every byte, pause and reset is ours. In a test:

    async with ScriptedProvider() as server:
        server.script(play("plain", text="Hello"), play("status", code=429, retry_after=1))

Each chat request plays the next scenario of the queue, then the default one. A marker in the last
user message, `[[scenario:plain tokens=300 rate=50]]`, goes before both, so that a browser or a load
test can choose. The scenarios are in scripted_scenarios, scripted_refusals, scripted_slow, scripted_essay,
scripted_hostile and scripted_cache. As a process of its own:

    python -m tests.support.scripted_provider --port 9009 --default "plain tokens=300 rate=50"
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections import deque

from tests.support.scripted_cache import SCENARIOS
from tests.support.scripted_wire import Connection, Request, Scenario, ScriptedServer, parse, play

__all__ = ["Request", "Scenario", "ScriptedProvider", "parse", "play"]

MARKER = re.compile(r"\[\[scenario:([^\]]+)\]\]")


class ScriptedProvider(ScriptedServer):
    """The server. `requests` are the chat requests, `title_requests` those that ask for a title."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, default: Scenario | None = None) -> None:
        super().__init__(host, port)
        self.default = default or play("plain")
        self.models = ["scripted-1", "scripted-2"]
        self.prefix = "/v1"
        self.elsewhere: Scenario | None = None  # what other paths get; None is a 404
        self.paths: list[str] = []
        self.models_scenario: Scenario | None = None
        self.title = "A scripted title"
        self.title_queue: deque[Scenario] = deque()  # what the next requests for a title get, before `title`
        self.requests: list[Request] = []
        self.title_requests: list[Request] = []
        self.keep_requests = True

    def script(self, *scenarios: Scenario) -> None:
        """Queue what the next requests get, one each."""
        self.queue.extend(scenarios)

    @property
    def open_connections(self) -> int:
        return len(self.live)

    async def answer(self, request: Request, connection: Connection) -> None:
        """Play what the request is due."""
        self.paths.append(request.path)
        path = request.path.partition("?")[0]
        if path == f"{self.prefix}/models":
            await self._models(connection, request)
        elif path != f"{self.prefix}/chat/completions":
            await self._elsewhere(connection, request)
        elif request.wants_title:
            self.title_requests.append(request)
            chosen = self.title_queue.popleft() if self.title_queue else play("title", text=self.title)
            await SCENARIOS[chosen.name](connection, request, **chosen.params)
        else:
            if self.keep_requests:
                self.requests.append(request)
            chosen = self._choose(request)
            await SCENARIOS[chosen.name](connection, request, **chosen.params)

    async def _models(self, connection: Connection, request: Request) -> None:
        if self.models_scenario is not None:
            chosen = self.models_scenario
            await SCENARIOS[chosen.name](connection, request, **chosen.params)
        else:
            data = [{"id": name, "object": "model"} for name in self.models]
            connection.json(200, {"object": "list", "data": data})

    async def _elsewhere(self, connection: Connection, request: Request) -> None:
        if self.elsewhere is None:
            connection.json(404, {"detail": "Not Found"})
        else:
            await SCENARIOS[self.elsewhere.name](connection, request, **self.elsewhere.params)

    def _choose(self, request: Request) -> Scenario:
        if marker := MARKER.search(request.last_text):
            return parse(marker[1])
        return self.queue.popleft() if self.queue else self.default


async def serve(port: int, default: Scenario, models: list[str]) -> None:
    """Run until killed, and say the address once it answers."""
    server = ScriptedProvider(port=port, default=default)
    server.keep_requests = False
    server.models = models
    async with server:
        print(server.base_url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--default", type=parse, default=play("plain"), metavar="SCENARIO")
    parser.add_argument("--models", nargs="+", default=["scripted-1", "scripted-2"])
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.default, arguments.models))


if __name__ == "__main__":
    main()
