"""What people do with imports, a function each. Every row is reached through its owner."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.core import limits
from chat.core.errors import NotFound
from chat.core.limits import HOUR, Allowance
from chat.core.text import clean
from chat.jobs import actions as jobs
from chat.models import Import, ImportStatus, Job, JobStatus, User
from chat.serving.uploads import has_room
from chat.transfer.imports import files
from chat.transfer.imports.errors import (
    MOST_UPLOADS_AN_HOUR,
    FileTooLarge,
    ImportEnded,
    ImportOpen,
    NoFile,
    TooManyUploads,
)
from chat.transfer.imports.files import Content

PREVIEW, RUN, EXPIRE = "import_preview", "import_run", "import_expire"
"""Kinds of jobs (background.py)."""

DECIDED_WITHIN = timedelta(days=1)
"""How long a file waits for its owner to decide; then it is removed."""

MOST_KEPT = 50
"""Imports of one person whose reports are kept, the latest."""


def of(user: User) -> QuerySet[Import]:
    """Return a person's imports, the latest first."""
    return Import.objects.of(user).order_by("-pk")


def import_of(user: User, import_uuid: uuid.UUID) -> Import:
    """Return one of them, ended if its job has. Raises NotFound."""
    found = Import.objects.of(user).filter(uuid=import_uuid).first()
    if found is None:
        raise NotFound
    return settle(found)


def open_import(user: User) -> Import | None:
    """Return the one that is open, if there is one."""
    found = Import.objects.of(user).open().first()
    return settle(found) if found is not None else None


def job_of(found: Import) -> Job | None:
    """Return the job that works on an import, or did last."""
    return Job.objects.filter(uuid=found.job).first() if found.job else None


def settle(found: Import) -> Import:
    """End an import whose job has ended without having said so: it failed, or was cancelled elsewhere."""
    if found.status not in (ImportStatus.READING, ImportStatus.RUNNING):
        return found
    job = job_of(found)
    if job is None or not job.is_open:
        failed = job is None or job.status != JobStatus.CANCELLED
        status = ImportStatus.FAILED if failed else ImportStatus.CANCELLED
        if Import.objects.filter(pk=found.pk, status=found.status).exists():
            end(found, status, (job.state if job else {}).get("tally", {}), job.error if job else "")
    found.refresh_from_db()
    return found


def end(found: Import, status: ImportStatus, report: dict[str, object], error: str = "") -> None:
    """Note how an import has ended; its file goes, its report stays."""
    Import.objects.filter(pk=found.pk).open().update(
        status=status, report=report, error=error, ended_at=timezone.now()
    )
    transaction.on_commit(lambda: files.remove(found.uuid), robust=True)


def begin(user: User, name: str, upload: Content | None, size: int, most: int) -> Import:
    """Keep an uploaded file, and let it be looked through.

    Raises NoFile, FileTooLarge (beyond `most` bytes, or when the disk is nearly full), ImportOpen,
    TooManyUploads, and what `enqueue` raises.
    """
    if upload is None or not size:
        raise NoFile
    if size > most or not has_room():
        raise FileTooLarge
    if Import.objects.of(user).open().exists():
        raise ImportOpen
    if refusal := limits.take(Allowance("imports", str(user.pk), MOST_UPLOADS_AN_HOUR, HOUR)):
        raise TooManyUploads(retry_after=refusal.wait)
    _make_room(user)
    made = Import(owner=user, file_name=clean(name)[:200] or "…", size=size)
    upload.move_to(files.path_of(made.uuid))
    try:
        with transaction.atomic():
            made.job = jobs.enqueue(PREVIEW, {"import": str(made.uuid)}, owner=user).uuid
            made.save()
            jobs.enqueue(EXPIRE, {"import": str(made.uuid)}, run_after=timezone.now() + DECIDED_WITHIN)
    except IntegrityError as problem:  # of two at once the other was first
        files.remove(made.uuid)
        raise ImportOpen from problem
    except BaseException:
        files.remove(made.uuid)
        raise
    return made


def _make_room(user: User) -> None:
    """Remove reports beyond MOST_KEPT, and files that nothing refers to."""
    old = Import.objects.of(user).order_by("-pk").values_list("pk", flat=True)[MOST_KEPT - 1 :]
    Import.objects.filter(pk__in=list(old)).delete()
    files.sweep(Import.objects.open().values_list("uuid", flat=True))


def start(user: User, import_uuid: uuid.UUID, *, with_deleted: bool) -> Import:
    """Let what the preview shows be taken in. Raises NotFound, ImportEnded, and what `enqueue` raises."""
    found = import_of(user, import_uuid)
    if found.status == ImportStatus.RUNNING:
        return found
    with transaction.atomic():
        ready = Import.objects.select_for_update().filter(pk=found.pk, status=ImportStatus.READY)
        if not ready.exists():
            raise ImportEnded
        job = jobs.enqueue(RUN, {"import": str(found.uuid)}, owner=user)
        Import.objects.filter(pk=found.pk).update(
            status=ImportStatus.RUNNING, with_deleted=with_deleted, job=job.uuid
        )
    return import_of(user, import_uuid)


def cancel(user: User, import_uuid: uuid.UUID) -> Import:
    """End an import; what it has taken in by then stays. Raises NotFound."""
    found = import_of(user, import_uuid)
    job = jobs.cancel(user, found.job) if found.is_open and found.job else None
    state = job.state if job is not None and found.status == ImportStatus.RUNNING else {}
    end(found, ImportStatus.CANCELLED, state.get("tally", {}))
    return import_of(user, import_uuid)


def forget(user: User, import_uuid: uuid.UUID) -> None:
    """Remove the report of an import that has ended. Raises NotFound, ImportOpen."""
    found = import_of(user, import_uuid)
    if found.is_open:
        raise ImportOpen
    found.delete()
