"""Many pages of one product at once, in a process of their own.

Input: {"product", "port", "pid" of the server, "people" (what each is known by, or null), "streams", "text",
"spread", "limit" (seconds for each reply)}. Output: as of bench/load.py, with the most "memory" in MB meanwhile, and
what share of a processor these "clients" took: near 1 they would have measured themselves.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.bench.load import SETTLE, answered, delays, few_at_once, result
from tests.bench.peers.page import RelayPage
from tests.bench.peers.products import PRODUCTS
from tests.bench.peers.site_page import SitePage
from tests.bench.proc import cpu_of_family, resident_of_family

PAGES: dict[str, Callable[[int, Any], Any]] = {
    "relay": RelayPage,
    "site": SitePage,
    **{name: product.page for name, product in PRODUCTS.items()},
}
# Seconds
BETWEEN_LOOKS = 0.5


class Memory:
    """Looks again and again what a server has in memory; `most` is in MB."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.most = 0.0

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, resident_of_family(self._pid))
            await asyncio.sleep(BETWEEN_LOOKS)


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    people = spec["people"] or [None] * spec["streams"]
    pages = [PAGES[spec["product"]](spec["port"], person) for person in people[: spec["streams"]]]
    await few_at_once(page.open() for page in pages)
    await asyncio.sleep(1)
    before, memory = cpu_of_family(spec["pid"]), Memory(spec["pid"])
    watching = asyncio.create_task(memory.watch())
    began, own = time.monotonic(), time.process_time()
    asked = zip(pages, delays(len(pages), spec["spread"]), strict=True)
    await asyncio.gather(*(answered(p, partial(p.ask, spec["text"]), d, spec["limit"]) for p, d in asked))
    clients = (time.process_time() - own) / (time.monotonic() - began)
    await asyncio.sleep(SETTLE)
    watching.cancel()
    found = result(pages, cpu_of_family(spec["pid"]) - before)
    for page in pages:
        page.close()
    return found | {"memory": memory.most, "clients": clients}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
