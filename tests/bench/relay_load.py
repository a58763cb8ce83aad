"""The same load on the bare relay: many readers of the provider's own stream.

Input: {"port", "pid" of the relay, "streams", "text", "spread"}. Output: {"complete", "latencies" in ms, "first",
the waits from asking to the first token in ms, "cpu"}.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

from tests.bench.proc import cpu_of

STAMP = re.compile(rb'"content": "(\d+) "')
LIMIT = 60


class Reader(asyncio.Protocol):
    """Sends one request and notes how old each time stamp is when it comes."""

    def __init__(self, request: bytes) -> None:
        self.latencies: list[float] = []
        self.complete = False
        self.over = asyncio.Event()
        self.asked_at = self.first_at = 0.0
        self._request = request
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.asked_at = time.monotonic()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._rest += data
        end = 0
        for found in STAMP.finditer(self._rest):
            self.first_at = self.first_at or now
            self.latencies.append(now - int(found[1]) / 1e6)
            end = found.end()
        self._rest = self._rest[end:]
        if b"[DONE]" in self._rest:
            self.complete = True
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self.over.set()


def request_for(text: str) -> bytes:
    body = json.dumps(
        {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}
    ).encode()
    return b"POST / HTTP/1.1\r\nHost: relay\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def read(port: int, request: bytes, delay: float) -> Reader:
    await asyncio.sleep(delay)
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_connection(lambda: Reader(request), "127.0.0.1", port)
    await asyncio.wait_for(reader.over.wait(), LIMIT)
    return reader


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    streams, request = spec["streams"], request_for(spec["text"])
    before = cpu_of(spec["pid"])
    delays = [number * spec["spread"] / streams for number in range(streams)]
    readers = await asyncio.gather(*(read(spec["port"], request, delay) for delay in delays))
    return {
        "complete": sum(reader.complete for reader in readers),
        "latencies": [round(late * 1000, 2) for reader in readers for late in reader.latencies],
        "first": [(reader.first_at - reader.asked_at) * 1000 for reader in readers],
        "cpu": cpu_of(spec["pid"]) - before,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
