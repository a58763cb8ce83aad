"""What people and the site do with background jobs, a function each. A person's are reached through them."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from chat.core import limits
from chat.core.errors import NotFound
from chat.core.limits import HOUR, Allowance
from chat.jobs.errors import TooManyJobs
from chat.models import Job, JobStatus, User

MOST_OPEN = 5
"""Jobs of one person that may wait or run."""

MOST_AN_HOUR = 60
"""Jobs that one person may begin."""

KEPT_FOR = timedelta(days=7)
"""How long one can see how a job ended."""

wake: set[Callable[[], None]] = set()
"""Called when there is a new job: what does them in this process, if anything, hears of it at once."""


@transaction.atomic
def enqueue(
    kind: str, payload: dict[str, Any], *, owner: User | None = None, run_after: datetime | None = None
) -> Job:
    """Let something be done in the background, for `owner` or for the site; return its job.

    It is begun after the transaction that this is called in, and not before `run_after`. Raises TooManyJobs.
    A job that is cancelled while it waits is never begun: what was put somewhere for it is to be removed by
    whoever put it there.
    """
    if owner is not None:
        _check_may_begin(owner)
    times = {} if run_after is None else {"run_after": run_after}
    job = Job.objects.create(kind=kind, payload=payload, owner=owner, **times)
    for waker in list(wake):
        transaction.on_commit(waker, robust=True)
    return job


def _check_may_begin(owner: User) -> None:
    """Raise TooManyJobs, or hold the person's row so that two at once cannot pass together."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if Job.objects.of(owner).open().count() >= MOST_OPEN:
        raise TooManyJobs
    if refusal := limits.take(Allowance("jobs", str(owner.pk), MOST_AN_HOUR, HOUR)):
        raise TooManyJobs(retry_after=refusal.wait)


def of(user: User) -> QuerySet[Job]:
    """Return the jobs that a person began, the latest first."""
    return Job.objects.of(user).order_by("-pk")


def job_of(user: User, job_uuid: uuid.UUID) -> Job:
    """Return one of them. Raises NotFound."""
    job = Job.objects.of(user).filter(uuid=job_uuid).first()
    if job is None:
        raise NotFound
    return job


def cancel(user: User, job_uuid: uuid.UUID) -> Job:
    """End a job that waits or runs; one that has ended stays as it is. Return it. Raises NotFound.

    What does it hears of it with its next progress, and writes nothing more.
    """
    Job.objects.of(user).filter(uuid=job_uuid).open().update(
        status=JobStatus.CANCELLED, worker="", heartbeat=None, ended_at=Now()
    )
    return job_of(user, job_uuid)


def purge() -> int:
    """Remove the jobs that ended KEPT_FOR ago; return how many."""
    old = Job.objects.filter(ended_at__lt=Now() - KEPT_FOR)
    return old.delete()[0] if old.exists() else 0
