"""Many tabs at once, in a process of their own.

Input: {"port", "pid" of the server, "cookies", "text" or "texts" (one for each cookie), "spread" (seconds within
which all ask)}, and if they ask in some that are there, "conversations" without messages, one for each cookie.
Output: see `result`.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

from tests.bench.proc import cpu_of
from tests.bench.reading import Reading
from tests.bench.tab import Tab

# Seconds: for titles and the last checkpoint, whose cost belongs to the replies; and the most for all
SETTLE = 1.5
LIMIT = 60
OPENING = 25


async def few_at_once(waits: Iterable[Awaitable[None]]) -> None:
    """`OPENING` of them at a time."""
    gate = asyncio.Semaphore(OPENING)

    async def one(wait: Awaitable[None]) -> None:
        async with gate:
            await wait

    await asyncio.gather(*map(one, waits))


async def opened(port: int, cookies: list[str]) -> list[Tab]:
    """A tab for each cookie."""
    tabs = [Tab() for _ in cookies]
    await few_at_once(tab.open(port, cookie) for tab, cookie in zip(tabs, cookies, strict=True))
    return tabs


async def answered(reader: Reading, ask: Callable[[], None], delay: float, limit: float = LIMIT) -> None:
    await asyncio.sleep(delay)
    ask()
    try:
        await asyncio.wait_for(reader.ended.wait(), limit)
    except TimeoutError:
        reader.status = "no end"


async def converse(tab: Tab, text: str, delay: float, conversation: str | None) -> None:
    await answered(tab, partial(tab.ask, text, conversation), delay)


def delays(count: int, spread: float) -> list[float]:
    """Of that many who all begin within `spread` seconds."""
    return [number * spread / count for number in range(count)]


def result(readers: Sequence[Reading], cpu: float) -> dict[str, Any]:
    """Times in ms; bytes from the asking on, with frame headers; `cpu` seconds of the server."""
    return {
        "statuses": [reader.status for reader in readers],
        "first": [(reader.first_at - reader.asked_at) * 1000 for reader in readers if reader.first_at],
        "latencies": [round(late * 1000, 2) for reader in readers for late in reader.latencies],
        "received": sum(reader.received for reader in readers),
        "sent": sum(reader.sent for reader in readers),
        "characters": sum(reader.characters for reader in readers),
        "cpu": cpu,
    }


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    cookies = spec["cookies"]
    tabs = await opened(spec["port"], cookies)
    await asyncio.sleep(0.5)
    before = cpu_of(spec["pid"])
    conversations = spec.get("conversations") or [None] * len(tabs)
    texts = spec.get("texts") or [spec["text"]] * len(tabs)
    asked = zip(tabs, texts, delays(len(tabs), spec["spread"]), conversations, strict=True)
    await asyncio.gather(*(converse(*each) for each in asked))
    await asyncio.sleep(SETTLE)
    return result(tabs, cpu_of(spec["pid"]) - before)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
