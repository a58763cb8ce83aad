"""Jobs inside the server: looks for them, and does them in threads that are there while there are some."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from chat.jobs import actions, queue

logger = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks for jobs that other processes enqueued or left; what this one enqueues is done at
once."""

END_LIMIT = 3.0
"""Seconds that the jobs have to stop when the server ends."""


class JobHost:
    """One per server, made in its event loop: `start` it, and `close` it at the end."""

    def __init__(
        self,
        worker_id: str,
        read: Callable[..., Awaitable[Any]],
        is_busy: Callable[[], bool],
        most: int,
    ) -> None:
        """`worker_id` is the server's slot, a colon and its own part. `read` calls what reads the database in
        a thread for that; `is_busy` tells whether replies are being written. `most` are done at once.
        """
        self._worker_id, self._slot = worker_id, worker_id.rpartition(":")[0]
        self._read, self._is_busy, self._most = read, is_busy, most
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for jobs."""
        actions.wake.add(self._wake)
        self._looking = asyncio.create_task(self._look(), name="look for jobs")

    async def close(self) -> None:
        """Stop the jobs that are being done: the next process goes on with them."""
        actions.wake.discard(self._wake)
        self._ending.set()
        if self._looking is not None:
            self._looking.cancel()
        await asyncio.to_thread(self._join)

    async def _look(self) -> None:
        while True:
            self._woken.clear()
            try:
                is_waiting = await self._read(queue.is_waiting, self._slot, self._worker_id)
                # What the one before left is there from the start; later it may be another's with our name
                slot, self._slot = self._slot, ""
                if is_waiting:
                    self._begin(slot)
            except Exception as problem:
                logger.warning("no look for jobs; trying again in %s s: %r", LOOK, problem)
            await self._wait()

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._woken.set)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _begin(self, slot: str) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) < self._most:
            # A daemon: what does not stop in time is left behind
            self._threads.append(threading.Thread(target=self._do, args=[slot], name="jobs", daemon=True))
            self._threads[-1].start()

    def _do(self, slot: str) -> None:
        """Do jobs until there is none. What does them is imported only now."""
        runner = import_module("chat.jobs.runner").Runner(self._worker_id, self._ending, self._is_busy)
        runner.run_in_thread(slot)

    def _join(self) -> None:
        deadline = time.monotonic() + END_LIMIT
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
