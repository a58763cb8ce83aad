"""Work in the background that outlives requests and processes: one row each."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobStatus(models.TextChoices):
    """How far a job is. Those that wait or run are open; no other state is ever left again."""

    WAITING = "waiting", _("Waiting to start")
    RUNNING = "running", _("In progress")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs; those reached for a person go through `of`."""

    def of(self, user: models.Model) -> Self:
        """Return the jobs that this person began."""
        return self.filter(owner_id=user.pk)

    def open(self) -> Self:
        """Return those that have not ended."""
        return self.filter(ended_at=None)

    def waiting(self) -> Self:
        return self.open().filter(status=JobStatus.WAITING)

    def running(self) -> Self:
        return self.open().filter(status=JobStatus.RUNNING)


class Job(models.Model):
    """Something to be done in the background, of the `kind` that says which function does it.

    `owner` began it and alone sees it; None is the site itself. `payload` says what to do, `state` where to
    go on after an interruption, and `result` what came of it. `done` of `total` is how far it is; a `total`
    of 0 is not known. It is begun after `run_after`, `attempts` times so far, by the process and run that
    `worker` names, which was alive at `heartbeat`; both times are the database's. `error` is the code of a
    ChatError, `error_detail` the operator's text.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(default=dict)
    state = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField(db_default=Now())
    worker = models.CharField(_("process"), max_length=120, blank=True, default="")
    heartbeat = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=40, blank=True, default="")
    error_detail = models.CharField(_("details"), max_length=600, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar = ["view"]
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
        indexes: ClassVar = [
            # Looked at every few seconds by each process, and empty as a rule. Not by status: SQLite uses an
            # index of some rows for a query that names their condition in the same words
            models.Index(
                fields=["run_after", "id"], condition=models.Q(ended_at=None), name="jobs_that_are_open"
            ),
            models.Index(fields=["owner", "-id"], name="jobs_of_a_person"),
            models.Index(
                fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="jobs_that_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None
