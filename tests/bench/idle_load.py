"""Sockets that say nothing. Input: {"port", "pid", "cookies", "sockets"}. Output: {"more": MB, "open"}."""

import asyncio
import json
import sys
from itertools import cycle, islice
from typing import Any

from tests.bench.load import opened
from tests.bench.proc import resident_of

SETTLE = 2


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    before = resident_of(spec["pid"])
    tabs = await opened(spec["port"], list(islice(cycle(spec["cookies"]), spec["sockets"])))
    await asyncio.sleep(SETTLE)
    still = sum(not tab.socket.closed.is_set() for tab in tabs)
    return {"more": resident_of(spec["pid"]) - before, "open": still}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
