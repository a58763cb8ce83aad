"""What all clients of the comparison have in common, and the one of the bare relay."""

import asyncio
import time
from typing import Any

import msgspec

from tests.bench.peers.http import Browser, Events, Refused
from tests.bench.reading import Reading

# Seconds within which a page has what its server keeps for it
QUIET = 1.0


class Page(Reading):
    """Somebody's open page, which asks once. `person` is what the product knows them by, if anything."""

    def __init__(self, port: int, person: Any = None) -> None:
        super().__init__()
        self.port, self.person = port, person
        self.browser = Browser(port)
        self.text = ""

    @property
    def received(self) -> int:
        return self.browser.received

    @property
    def sent(self) -> int:
        return self.browser.sent

    @property
    def characters(self) -> int:
        """Of the reply, as it is shown."""
        return len(self.text)

    async def open(self) -> None:
        """Be where one can ask."""

    def ask(self, text: str) -> None:
        self.browser.count_anew()
        self.asked_at = time.monotonic()
        self._task = asyncio.create_task(self._ask(text))

    async def converse(self, text: str) -> None:
        """Ask, and set `ended` once the reply has."""
        raise NotImplementedError

    async def stored(self) -> str:
        """What is shown of the reply to somebody who opens the page now."""
        fresh = type(self)(self.port, self.person)
        await fresh.open()
        await asyncio.sleep(QUIET)
        fresh.close()
        return fresh.text

    async def _ask(self, text: str) -> None:
        try:
            await self.converse(text)
        except (Refused, OSError, TimeoutError) as problem:
            self.end(str(problem) or type(problem).__name__)

    def add(self, more: str) -> None:
        """Show some more of the reply."""
        self.text += more
        self.look(more)

    def end(self, status: str = "complete") -> None:
        if not self.ended.is_set():
            self.status = status
            self.ended.set()

    def close(self) -> None:
        self.browser.close()


class RelayPage(Page):
    """Reads the provider's own stream."""

    async def converse(self, text: str) -> None:
        body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}
        await self.browser.listen("/", Events(self._hear), body)

    def _hear(self, data: bytes) -> None:
        if data == b"[DONE]":
            self.end()
        else:
            for choice in msgspec.json.decode(data)["choices"]:
                self.add(choice["delta"].get("content") or "")
