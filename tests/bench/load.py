"""Many tabs at once, in a process of their own.

Input: {"port", "pid" of the server, "cookies", "text" or "texts" (one for each cookie), "spread" (seconds within
which all ask)}, and if they ask in some that are there, "conversations" without messages, one for each cookie.
Output: see `result`.
"""

import asyncio
import json
import sys
from typing import Any

from tests.bench.proc import cpu_of
from tests.bench.tab import Tab

# Seconds: for titles and the last checkpoint, whose cost belongs to the replies; and the most for all
SETTLE = 1.5
LIMIT = 60
OPENING = 25


async def opened(port: int, cookies: list[str]) -> list[Tab]:
    """A tab for each cookie, `OPENING` at a time."""
    gate = asyncio.Semaphore(OPENING)
    tabs = [Tab() for _ in cookies]

    async def open_one(tab: Tab, cookie: str) -> None:
        async with gate:
            await tab.open(port, cookie)

    await asyncio.gather(*map(open_one, tabs, cookies))
    return tabs


async def converse(tab: Tab, text: str, delay: float, conversation: str | None) -> None:
    await asyncio.sleep(delay)
    tab.ask(text, conversation)
    try:
        await asyncio.wait_for(tab.ended.wait(), LIMIT)
    except TimeoutError:
        tab.status = "no end"


def result(tabs: list[Tab], cpu: float) -> dict[str, Any]:
    """Times in ms; bytes from the asking on, with frame headers; `cpu` seconds of the server."""
    return {
        "statuses": [tab.status for tab in tabs],
        "first": [(tab.first_at - tab.asked_at) * 1000 for tab in tabs if tab.first_at],
        "latencies": [round(late * 1000, 2) for tab in tabs for late in tab.latencies],
        "received": sum(tab.socket.received for tab in tabs),
        "sent": sum(tab.socket.sent for tab in tabs),
        "characters": sum(tab.characters for tab in tabs),
        "cpu": cpu,
    }


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    cookies, spread = spec["cookies"], spec["spread"]
    tabs = await opened(spec["port"], cookies)
    await asyncio.sleep(0.5)
    before = cpu_of(spec["pid"])
    delays = [number * spread / len(tabs) for number in range(len(tabs))]
    conversations = spec.get("conversations") or [None] * len(tabs)
    texts = spec.get("texts") or [spec["text"]] * len(tabs)
    asked = zip(tabs, texts, delays, conversations, strict=True)
    await asyncio.gather(*(converse(*each) for each in asked))
    await asyncio.sleep(SETTLE)
    return result(tabs, cpu_of(spec["pid"]) - before)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
