"""What a function that does a job is given: its row, and how to say how far it is."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection

from chat.jobs import queue
from chat.models import Job, User

SAVE_INTERVAL = 1.0
"""Seconds between two progresses that are written, outside of transactions."""

LONGEST_PAUSE = 0.1
"""Seconds that a job gives way for at a time, while replies are being written."""


Told = Callable[[int, int], None]
"""Hears of each progress: how much is done, of how much."""


class Cancelled(BaseException):
    """The job is to end here: its owner cancelled it, or is gone, or another process has it.

    No Exception, so that no `except Exception` of a job keeps it going.
    """


class Interrupted(Cancelled):
    """This process ends. The job goes on in the next, with the state that it saved last."""


class JobContext:
    """A job that is being done, for the function that does it.

    `payload` says what to do, for whom `owner` (None is the site itself), and `state` where to go on: it is
    empty the first time, and then what was saved last.
    """

    def __init__(
        self,
        job: Job,
        is_ending: Callable[[], bool] = bool,
        is_busy: Callable[[], bool] = bool,
        told: Told | None = None,
    ) -> None:
        """`is_ending` tells whether this process ends, `is_busy` whether people wait for it."""
        self.uuid: uuid.UUID = job.uuid
        self.owner: User | None = job.owner
        self.payload: dict[str, Any] = job.payload
        self.state: dict[str, Any] = job.state
        self.seen_at = time.monotonic()
        """When it last said how far it is, by time.monotonic."""
        self.is_lost = False
        """Whether another has it by now, as its heartbeat found."""
        self.unsaved: dict[str, Any] = {}
        """How far it is, of what is not written yet."""
        self._job, self._is_ending, self._is_busy, self._told = job, is_ending, is_busy, told
        self._saved_at = 0.0

    def progress(self, done: int, total: int = 0, state: dict[str, Any] | None = None) -> None:
        """Say how far the job is, often; `state` is where to go on after an interruption.

        As the last thing in a transaction it is always written, together with what that has done or not at
        all: nothing is done twice, and nothing any more when another has the job. Outside of a transaction it
        is written at most once a second, and what was done since is done again after a kill. Raises Cancelled
        or Interrupted, which a job lets pass.
        """
        self.unsaved |= {"done": done, "total": total}
        if state is not None:
            self.unsaved["state"] = self.state = state
        if self.is_lost:
            raise Cancelled
        if connection.in_atomic_block or time.monotonic() - self._saved_at >= SAVE_INTERVAL:
            fields, self.unsaved = self.unsaved, {}
            if not queue.beat(self._job, **fields):
                raise Cancelled
            self._saved_at = time.monotonic()
        if self._told:
            self._told(done, total)
        if self._is_ending():
            raise Interrupted
        self._give_way()

    def _give_way(self) -> None:
        """Leave the processor to the replies for as long as it was used, and note that the job is alive.

        Not within a transaction: on SQLite everybody who writes waits for its end.
        """
        now = time.monotonic()
        if self._is_busy() and not connection.in_atomic_block:
            time.sleep(min(now - self.seen_at, LONGEST_PAUSE))
        self.seen_at = time.monotonic()
