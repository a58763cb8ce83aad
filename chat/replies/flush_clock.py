"""When a reply that is being written is shown: its first token at once, then by the clock."""

import asyncio
import logging
import time

from chat.provider import ReplyStream
from chat.replies.running import RunningReply

logger = logging.getLogger(__name__)

# Seconds between two tries to show what cannot be rendered
AFTER_FAULT = 1.0


class Interval:
    """Seconds between two flushes of a reply: they grow with the number of replies being written here.

    `running` is that number. Few are shown as often as a screen shows anything (`SHORTEST`), many so seldom
    that the processor has time for all (`LONGEST`). A flush that is costly (a long open block) is followed by
    a pause of ten times its cost, at most `PATIENCE`, so that no reply takes over the loop.

    While many are written, a pause ends with those of others, every `STEP`: all that are due are read,
    rendered and sent in one turn of the loop. Each at its own time, the process woke for every one of them.
    """

    SHORTEST, LONGEST, PATIENCE = 0.016, 0.12, 2.0
    PER_REPLY = 0.003
    BUSY_FROM = 20
    STEP = 0.02

    def __init__(self) -> None:
        self.running = 0
        self._resting: dict[int, list[asyncio.Future[None]]] = {}  # by the step with which they end

    @property
    def is_busy(self) -> bool:
        """Whether so many replies are being written that reading them piece by piece costs too much."""
        return self.running >= self.BUSY_FROM

    def after(self, cost: float) -> float:
        """Return the rest after a flush that took `cost` seconds."""
        base = min(max(self.SHORTEST, self.PER_REPLY * self.running), self.LONGEST)
        return max(base, min(10 * cost, self.PATIENCE))

    def step(self, now: float, cost: float) -> int:
        """Return with which step of the loop's time the rest ends after a flush that took `cost`.

        The rest begins now, and many replies are being written.
        """
        return int((now + max(self.after(cost), self.STEP)) / self.STEP)

    async def rest(self, cost: float) -> None:
        """Rest after a flush that took `cost` seconds.

        One timer wakes all who rest until the same step, in place of one each in a heap of hundreds.
        """
        if not self.is_busy:
            await asyncio.sleep(self.after(cost))
            return
        loop = asyncio.get_running_loop()
        step = self.step(loop.time(), cost)
        resting = self._resting.get(step)
        if resting is None:
            resting = self._resting[step] = []
            loop.call_at(step * self.STEP, self._wake, step)
        rested = loop.create_future()
        resting.append(rested)
        await rested

    def _wake(self, step: int) -> None:
        for rested in self._resting.pop(step):
            if not rested.done():
                rested.set_result(None)


class Allowance:
    """The bytes that a reply may spend on being shown soon, so that few characters do not cost many of them.

    Each character earns `PER_CHARACTER` bytes beside its own, and each frame costs `FRAME` beside its words:
    its head, its marks and its share of the acknowledgements.
    """

    PER_CHARACTER, FRAME, MOST = 4, 32, 64

    def __init__(self) -> None:
        self._saved = self.FRAME  # the first words are shown at once

    def covers(self, characters: int) -> bool:
        """Return whether a frame with so many characters may be sent."""
        return self._saved + self.PER_CHARACTER * characters >= self.FRAME

    def spend(self, characters: int) -> None:
        """Note that a frame with so many characters is sent."""
        self._saved = max(0, min(self._saved + self.PER_CHARACTER * characters - self.FRAME, self.MOST))


class FlushClock:
    """Shows one reply to its audience: the first token at once, then one frame an interval at most.

    What is too little for a frame waits for more, but no longer than `LATEST` seconds.
    """

    LATEST = 0.05

    def __init__(self, running: RunningReply, interval: Interval) -> None:
        self._running = running
        self._interval = interval
        self._allowance = Allowance()
        self._has_news = asyncio.Event()
        self._late: asyncio.TimerHandle | None = None
        self._is_running = True
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to show what comes."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Show nothing more."""
        self._is_running = False
        if self._late is not None:
            self._late.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def note(self, stream: ReplyStream) -> None:
        """Show what has come of the stream in time.

        Under load it is shown here, and whoever reads the provider waits for that: so all that comes in an
        interval is taken in at once. Of 200 replies to take each piece in as it came was a fifth of all
        processor time; to read the connection in the pause all the same was a sixth.
        """
        if self._interval.is_busy:
            stream.pause()
            await self._show()
        elif self._allowance.covers(self._running.writer.waiting):
            self._has_news.set()
        elif self._late is None:
            self._late = asyncio.get_running_loop().call_later(self.LATEST, self._has_news.set)

    async def _run(self) -> None:
        """Show what comes until stopped.

        Ends by a flag too: below the channel layer a cancellation can be lost (on Python 3.11 redis-py waits
        with `asyncio.wait_for`, which swallows one that comes in the turn in which its work is done).
        """
        while self._is_running:
            await self._has_news.wait()
            await self._show()

    async def _show(self) -> None:
        """Send what has come, then rest. A fault of the renderer costs the view, never the text."""
        began = time.perf_counter()
        self._has_news.clear()
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._allowance.spend(self._running.writer.waiting)
        try:
            await self._running.audience.flush()
        except Exception as problem:
            logger.warning("reply %s cannot be shown: %r", self._running.reply.uuid, problem)
            await asyncio.sleep(AFTER_FAULT)
        self._running.has_begun.set()
        await self._interval.rest(time.perf_counter() - began)
