"""What somebody sees who asks once and reads the answer: when its text comes, and how old it is by then."""

import asyncio
import re
import time

STAMP = re.compile(r"\d{6,}")


class Reading:
    """The base of every client that asks a server under load, ours or another's.

    `status` says how it ended: "complete", or what went wrong. `received` and `sent` are bytes on its
    connections since it asked.
    """

    received: int
    sent: int
    characters: int

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.status = ""
        self.asked_at = self.first_at = 0.0
        self.latencies: list[float] = []
        self._last_stamp = 0

    def look(self, shown: str) -> None:
        """Note when the first text came, and how old each time stamp in it is that was not seen before."""
        if not shown:
            return
        now = time.monotonic()
        self.first_at = self.first_at or now
        for stamp in STAMP.findall(shown):
            if int(stamp) > self._last_stamp:
                self._last_stamp = int(stamp)
                self.latencies.append(now - self._last_stamp / 1e6)
