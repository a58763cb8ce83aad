"""Who has which job: every change is one conditional update, so that exactly one party makes it.

All times are the database's, and a run is known by a name of its own (Job.worker): whoever was frozen until
another took the job over can neither write nor end it any more.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now

from chat.jobs.errors import JobInterrupted
from chat.models import Job, JobStatus
from chat.models.jobs import JobQuerySet

logger = logging.getLogger(__name__)

BEAT = 3.0
"""Seconds between two heartbeats of a job."""

STALE_AFTER = timedelta(seconds=30)
"""Without a heartbeat for as long a job's process is gone: ten beats."""

MOST_ATTEMPTS = 4
"""Times that a job is begun when its process is killed or its database goes away each time."""

REST = timedelta(seconds=10)
"""Doubled with each attempt after the first, before the next: a job that kills its server each time must
leave people some time in between."""

CANDIDATES = 10
"""Jobs that are tried before other processes are taken to be at all of them."""


def _is_due() -> Q:
    return Q(status=JobStatus.WAITING, run_after__lte=Now())


def _is_abandoned(slot: str, worker_id: str) -> Q:
    is_gone = Q(heartbeat__lt=Now() - STALE_AFTER)
    if slot:
        is_gone |= Q(worker__startswith=f"{slot}:") & ~Q(worker__startswith=f"{worker_id}:")
    return Q(status=JobStatus.RUNNING) & is_gone


def abandoned(slot: str = "", worker_id: str = "") -> JobQuerySet:
    """Return the running jobs whose process is gone.

    In a `slot`, an address that one process at a time can listen at, that is whoever is not `worker_id`.
    """
    return Job.objects.open().filter(_is_abandoned(slot, worker_id))


def is_waiting(slot: str = "", worker_id: str = "") -> bool:
    """Return whether there is a job to begin, or to go on with. One query, cheap when there is none."""
    return Job.objects.open().filter(_is_due() | _is_abandoned(slot, worker_id)).exists()


def recover(slot: str = "", worker_id: str = "") -> None:
    """Let the jobs of processes that are gone (`abandoned`) be begun again, or fail after MOST_ATTEMPTS."""
    gone = abandoned(slot, worker_id)
    for pk, kind, attempts in gone.values_list("pk", "kind", "attempts"):
        if attempts < MOST_ATTEMPTS:
            if gone.filter(pk=pk).update(**_again(attempts)):
                logger.warning("a job (%s, %d) goes on: its process is gone", kind, pk)
        elif gone.filter(pk=pk).update(**_ended(JobStatus.FAILED), error=JobInterrupted.code):
            logger.error("a job (%s, %d) is given up: its process died %d times", kind, pk, attempts)


def backlog() -> tuple[int, datetime | None]:
    """Return how many jobs might be begun now, and since when the first of them waits."""
    found = Job.objects.open().filter(_is_due()).aggregate(count=Count("pk"), first=Min("run_after"))
    return found["count"], found["first"]


def claim(worker_id: str, kinds: Collection[str]) -> Job | None:
    """Begin one of the jobs of these kinds and return it, with its owner; None when there is none.

    Of one person one job runs at a time, so that nobody waits for all that another has begun.
    """
    ready = Job.objects.open().filter(_is_due(), kind__in=list(kinds))
    same_owner = Job.objects.running().filter(owner=OuterRef("owner"))
    candidates = ready.exclude(Exists(same_owner)).order_by("run_after", "pk")
    for pk in list(candidates.values_list("pk", flat=True)[:CANDIDATES]):
        worker = f"{worker_id}:{secrets.token_hex(4)}"
        begun = {"status": JobStatus.RUNNING, "worker": worker, "heartbeat": Now()}
        is_begun = ready.filter(pk=pk).update(**begun, attempts=F("attempts") + 1)
        # Gone by now, if its owner was quick
        if is_begun and (job := held(pk, worker).select_related("owner").first()):
            return job
    return None


def held(pk: int, worker: str) -> JobQuerySet:
    """Return the job, while this run of it has it."""
    return Job.objects.running().filter(pk=pk, worker=worker)


def beat(job: Job, **fields: Any) -> bool:
    """Write that a job is alive, and how far it is. Return whether this run of it still has it."""
    return bool(held(job.pk, job.worker).update(heartbeat=Now(), **fields))


def finish(job: Job, status: JobStatus, **fields: Any) -> bool:
    """End a job. Return whether this run of it still had it."""
    return bool(held(job.pk, job.worker).update(**_ended(status), **fields))


def give_back(job: Job, **fields: Any) -> bool:
    """Let a job be gone on with at once, by whoever is next: its process ends in good order."""
    back = _again(0) | {"attempts": F("attempts") - 1}
    return bool(held(job.pk, job.worker).update(**back, **fields))


def put_off(job: Job, error: str, **fields: Any) -> bool:
    """Let a job that something outside stopped be tried later, or fail with `error` after MOST_ATTEMPTS."""
    if job.attempts < MOST_ATTEMPTS:
        return bool(held(job.pk, job.worker).update(**_again(job.attempts), **fields))
    return finish(job, JobStatus.FAILED, error=error, **fields)


def _again(attempts: int) -> dict[str, Any]:
    """Return the fields of a job that waits again, after this many attempts."""
    # Nothing is added where there is no rest: SQLite writes a sum with more digits than Now() has, which
    # makes it later than the same moment
    run_after = Now() + REST * 2 ** (attempts - 1) if attempts > 1 else Now()
    return {"status": JobStatus.WAITING, "worker": "", "heartbeat": None, "run_after": run_after}


def _ended(status: JobStatus) -> dict[str, Any]:
    return {"status": status, "worker": "", "heartbeat": None, "ended_at": Now()}
