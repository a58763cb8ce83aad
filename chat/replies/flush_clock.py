"""When a reply that is being written is shown: its first token at once, then by the clock."""

import asyncio
import logging
import time

from chat.replies.running import RunningReply

logger = logging.getLogger(__name__)

# Seconds between two tries to show what cannot be rendered
AFTER_FAULT = 1.0


class Interval:
    """Seconds between two flushes of a reply: short while the process is light, longer under load.

    `running` is the number of replies being written here: so many more flushes share one processor. A
    flush that is costly (a long open block) is followed by a pause of ten times its cost, at most
    `PATIENCE`, so that no reply takes over the loop.
    """

    LIGHT, BUSY, LONGEST, PATIENCE = 0.05, 0.1, 0.2, 2.0
    PER_REPLY = 0.00065
    BUSY_FROM = 20

    def __init__(self) -> None:
        self.running = 0

    @property
    def is_busy(self) -> bool:
        """Whether so many replies are being written that reading them piece by piece costs too much."""
        return self.running >= self.BUSY_FROM

    def after(self, cost: float) -> float:
        """Return the rest after a flush that took `cost` seconds."""
        base = self.LIGHT
        if self.is_busy:
            base = min(max(self.BUSY, self.PER_REPLY * self.running), self.LONGEST)
        return max(base, min(10 * cost, self.PATIENCE))


class FlushClock:
    """Shows one reply to its audience: the first token at once, then one frame an interval."""

    def __init__(self, running: RunningReply, interval: Interval) -> None:
        self._running = running
        self._interval = interval
        self._has_news = asyncio.Event()
        self._is_running = True
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to show what comes."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Show nothing more."""
        self._is_running = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def note(self) -> None:
        """Show what has come in time.

        Under load it is shown here, and whoever reads the provider waits for that.

        So there is one read for all that comes in an interval: reading each piece took a fifth of all
        processor time. What a broken connection had not handed over yet is lost.
        """
        if self._interval.is_busy:
            await self._show()
        else:
            self._has_news.set()

    async def _run(self) -> None:
        """Show what comes until stopped.

        Ends by a flag too: below the channel layer a cancellation can be lost (on Python 3.11 redis-py waits
        with `asyncio.wait_for`, which swallows one that comes in the turn in which its work is done).
        """
        while self._is_running:
            await self._has_news.wait()
            self._has_news.clear()
            await self._show()

    async def _show(self) -> None:
        """Send what has come, then rest. A fault of the renderer costs the view, never the text."""
        began = time.perf_counter()
        try:
            await self._running.audience.flush()
        except Exception as problem:
            logger.warning("reply %s cannot be shown: %r", self._running.reply.uuid, problem)
            await asyncio.sleep(AFTER_FAULT)
        self._running.has_begun.set()
        await asyncio.sleep(self._interval.after(time.perf_counter() - began))
