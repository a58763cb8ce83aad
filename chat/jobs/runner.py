"""Does jobs, one after the other, in a thread with a connection of its own. Imported when there are some."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError, connections, reset_queries

from chat.core.database import drop_connections, keep_own_connection
from chat.core.errors import ChatError, StorageDown
from chat.core.tracing import new_request_id
from chat.jobs import queue, registry
from chat.jobs.context import Cancelled, Interrupted, JobContext, Told
from chat.models import Job, JobStatus

logger = logging.getLogger(__name__)

STALLED = 900.0
"""Seconds without progress after which a job has no heartbeat any more: it hangs, and another may try."""

TRY_AGAIN = 1.0
"""Seconds until the end of a job is written again that the database has not taken."""

LONGEST_DETAIL = 600


class Runner:
    """Does jobs in the name of a process, until that ends."""

    def __init__(
        self,
        worker_id: str,
        ending: threading.Event,
        is_busy: Callable[[], bool] = bool,
        kinds: Collection[str] | None = None,
        told: Told | None = None,
    ) -> None:
        """`ending` is set when the process ends, and `is_busy` tells whether people wait for it.

        `kinds` are the jobs to do, None all; `told` hears how far each is.
        """
        self._worker_id, self._ending, self._is_busy = worker_id, ending, is_busy
        self._kinds, self._told = kinds, told

    def run(self, slot: str = "") -> None:
        """Do what there is to do, also what processes left that are gone (`queue.abandoned`).

        Raises what the database raises when it is away before a job is begun.
        """
        queue.recover(slot, self._worker_id)
        while not self._ending.is_set() and (
            job := queue.claim(self._worker_id, self._kinds or registry.kinds())
        ):
            new_request_id()
            context = JobContext(job, self._ending.is_set, self._is_busy, self._told)
            with _beating(job, context):
                end = _call(job, context)
                try:
                    self._write(job, end)
                except Exception as problem:  # it is to hold what no database takes
                    self._write(job, _failure(job, problem))
            reset_queries()

    def run_in_thread(self, slot: str = "") -> None:
        """Do the same with a connection of this thread's own, closed at the end. Raise nothing."""
        keep_own_connection()
        try:
            self.run(slot)
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("no job can be begun: %r", problem)
        except Exception:
            logger.exception("no job can be begun")
        finally:
            connections.close_all()

    def _write(self, job: Job, end: Callable[[], bool]) -> None:
        """Write how a job ended, as soon as the database takes it; else it would be done again."""
        while True:
            try:
                end()
                return
            except (OperationalError, InterfaceError) as problem:
                logger.warning(
                    "the end of a job (%s, %d) can’t be written yet: %r", job.kind, job.pk, problem
                )
                drop_connections()
                if self._ending.wait(TRY_AGAIN):
                    return


def _call(job: Job, context: JobContext) -> Callable[[], bool]:
    """Call what does the job. Return what writes how that ended."""
    try:
        result = registry.kinds()[job.kind](context)
    except Interrupted:
        return lambda: queue.give_back(job, **context.unsaved)
    except Cancelled:
        return bool
    except (OperationalError, InterfaceError) as problem:
        logger.warning("a job (%s, %d) lost the database: %r", job.kind, job.pk, problem)
        drop_connections()
        return lambda: queue.put_off(job, StorageDown.code)
    except BaseException as problem:  # also SystemExit, which would end the thread without a word
        return _failure(job, problem)
    return lambda: queue.finish(job, JobStatus.DONE, result=result, **context.unsaved)


def _failure(job: Job, problem: BaseException) -> Callable[[], bool]:
    """Return what writes that a job failed: without the words of an error of others, maybe a person's."""
    code, detail = ChatError.code, type(problem).__name__
    if isinstance(problem, ChatError):
        code, detail = problem.code, problem.detail[:LONGEST_DETAIL]
    if code == ChatError.code:
        logger.error("a job (%s, %d) failed", job.kind, job.pk, exc_info=problem)
    return lambda: queue.finish(job, JobStatus.FAILED, error=code, error_detail=detail)


@contextmanager
def _beating(job: Job, context: JobContext) -> Iterator[None]:
    """Keep a job's heartbeat, also while one step of it takes long."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, context, ended), name="job heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(queue.BEAT)


def _beat(job: Job, context: JobContext, ended: threading.Event) -> None:
    keep_own_connection()
    try:
        while not ended.wait(queue.BEAT):
            if time.monotonic() - context.seen_at < STALLED:
                try:
                    context.is_lost = not queue.beat(job)
                except Exception as problem:  # without a beat another would begin the same job
                    logger.warning("no heartbeat of a job (%s, %d): %r", job.kind, job.pk, problem)
                    connections.close_all()
    finally:
        connections.close_all()
