"""A model server in a thread, whose answers a test writes and lets go on step by step."""

import asyncio
import threading
from typing import Any

from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.scripted_scenarios import DONE, chunk, scenario
from tests.support.scripted_wire import Connection, Request


@scenario
async def steps(connection: Connection, request: Request, pieces: list[str], gate: asyncio.Semaphore) -> None:
    """The first piece at once, each further one and the end when the gate lets it."""
    for number, piece in enumerate(pieces):
        if number:
            await gate.acquire()
        else:
            connection.stream_head()
        connection.write(chunk(piece))
    await gate.acquire()
    connection.write(chunk(finish="stop") + DONE)
    connection.end()


class Steps:
    """An answer that waits: `go_on()` lets it say its next piece, and at last end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.gate = asyncio.Semaphore(0)
        self._loop = loop

    def go_on(self, times: int = 1) -> None:
        for _ in range(times):
            self._loop.call_soon_threadsafe(self.gate.release)


class Model:
    """`says` and its kin say what the next request gets."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._provider = ScriptedProvider()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Model":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._provider.__aenter__(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        await self._provider.__aexit__()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    @property
    def variables(self) -> dict[str, str]:
        """What the site is started with to use it."""
        return {
            "OPENAI_BASE_URL": self._provider.base_url,
            "OPENAI_API_KEY": "test-key",
            "OPENAI_MODEL": "scripted-1",
        }

    @property
    def base_url(self) -> str:
        return self._provider.base_url

    @property
    def names(self) -> list[str]:
        """The models that it lists."""
        return self._provider.models

    @property
    def asked(self) -> list[str]:
        """The last message of each request so far."""
        return [request.last_text for request in self._provider.requests]

    def last_body(self) -> dict[str, Any]:
        """The last request."""
        body: dict[str, Any] = self._provider.requests[-1].body
        return body

    def titles(self, title: str) -> None:
        """What conversations are called from now on."""
        self._provider.title = title

    def says(self, *texts: str) -> None:
        for text in texts:
            self.plays("plain", text=text, size=40)

    def says_in_steps(self, *pieces: str) -> Steps:
        steps = Steps(self._loop)
        self.plays("steps", pieces=list(pieces), gate=steps.gate)
        return steps

    def plays(self, name: str, **params: Any) -> None:
        """Another scenario of tests/support/scripted_scenarios.py."""
        self._provider.script(play(name, **params))

    def forget(self) -> None:
        """What one test left unplayed must not reach the next."""
        self._provider.queue.clear()
        self._provider.title = "A scripted title"
