"""What people do to take their conversations along: at once where it is little, else in the background."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.core import limits
from chat.core.errors import NotFound
from chat.core.limits import HOUR, Allowance
from chat.jobs import actions as jobs
from chat.models import Job, JobStatus, Project, User
from chat.transfer import files
from chat.transfer.document import Document
from chat.transfer.errors import (
    MOST_CHARACTERS,
    MOST_TO_PRINT,
    ExportExpired,
    ExportTooLarge,
    NothingToExport,
    PrintTooLong,
    TooManyExports,
)
from chat.transfer.reading import Choice, Extent, extent_of
from chat.transfer.writing import Export, Format, documents_of, export_name

KIND = "export"
"""Of the jobs that write a file."""

KIND_EXPIRED = "export_expired"
"""Of the jobs that remove files whose day is over."""

AT_ONCE = 2_000_000
"""Characters that are written while their person waits: a second of work or two."""

CONVERSATIONS_AT_ONCE = 200
"""Conversations that are written while their person waits."""

MOST_AN_HOUR = 60
"""Exports of one person."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that is there: what it is called, and how many bytes it has."""

    name: str
    size: int
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page tells of a choice: of one conversation its `title`."""

    choice: Choice
    extent: Extent
    title: str
    project: Project | None

    @property
    def count(self) -> int:
        return len(self.extent.ids)

    @property
    def is_little(self) -> bool:
        """Whether it is written while its person waits."""
        return self.extent.characters <= AT_ONCE and self.count <= CONVERSATIONS_AT_ONCE


def look_at(user: User, choice: Choice) -> Chosen:
    """Return what is chosen. Raises NotFound for what is not the person's, and NothingToExport."""
    extent = extent_of(user, choice)
    if not extent.ids:
        raise NothingToExport
    project = Project.objects.of(user).filter(uuid=choice.project).first() if choice.project else None
    title = choice.rows(user).values_list("title", flat=True)[0] if len(extent.ids) == 1 else ""
    return Chosen(choice, extent, title, project)


def export(user: User, format: Format, choice: Choice) -> Finished | Job:
    """Return a file of what is chosen, or the job that makes it.

    Raises NotFound, NothingToExport, ExportTooLarge, TooManyExports and what `jobs.enqueue` raises.
    """
    chosen = look_at(user, choice)
    _take(user)
    if not chosen.is_little:
        return _export_later(user, format, chosen)
    has_many = chosen.count > 1 and format != Format.JSON
    name = _name(format, chosen, zipped=has_many)
    file = BytesIO()
    Export(user, format, chosen.extent.ids, name).write(file)
    size = file.tell()
    file.seek(0)
    return Finished(name, size, file)


def to_print(user: User, choice: Choice) -> list[Document]:
    """Return the conversations that are to be printed. Raises what `export` does, and PrintTooLong."""
    chosen = look_at(user, choice)
    if not chosen.is_little or chosen.extent.characters > MOST_TO_PRINT:
        raise PrintTooLong
    _take(user)
    return list(documents_of(user, chosen.extent.ids))


def job_of(user: User, job_uuid: uuid.UUID) -> Job:
    """Return a job of the person's that makes or has made a file. Raises NotFound."""
    job = jobs.job_of(user, job_uuid)
    if job.kind != KIND:
        raise NotFound
    return job


def latest(user: User) -> Job | None:
    """Return the last of those, while it is at work or its file is there."""
    job = jobs.of(user).filter(kind=KIND).first()
    return job if job is not None and (job.is_open or is_there(job)) else None


def is_there(job: Job) -> bool:
    """Return whether the file that a job makes is there."""
    return job.status == JobStatus.DONE and job.result is not None and files.is_kept(job.result["file"])


def finished(user: User, job_uuid: uuid.UUID) -> Finished:
    """Return the file that a job of the person's has made.

    Raises NotFound, also before it is there, and ExportExpired after its day.
    """
    job = job_of(user, job_uuid)
    if job.status != JobStatus.DONE or not job.result:
        raise NotFound
    file = files.open_file(job.result["file"])
    if file is None:
        raise ExportExpired
    return Finished(job.result["name"], job.result["size"], file)


def _export_later(user: User, format: Format, chosen: Chosen) -> Job:
    if chosen.extent.characters > MOST_CHARACTERS:
        raise ExportTooLarge
    files.check_room(4 * chosen.extent.characters)
    payload: dict[str, Any] = {
        "format": format.value,
        "conversations": [str(one) for one in chosen.choice.conversations],
        "project": str(chosen.choice.project or ""),
        "messages": chosen.extent.messages,
        "name": _name(format, chosen, zipped=True),
        "language": get_language(),
        "zone": timezone.get_current_timezone_name(),
    }
    job = jobs.enqueue(KIND, payload, owner=user)
    # A moment later, so that the file is over by then even if it waits for its turn
    after = timezone.now() + files.KEPT_FOR + timedelta(hours=1)
    jobs.enqueue(KIND_EXPIRED, {}, run_after=after)
    return job


def _name(format: Format, chosen: Chosen, *, zipped: bool) -> str:
    title = chosen.title or (chosen.project.name if chosen.project else _("Conversations"))
    return export_name(format, title, chosen.count, zipped=zipped)


def _take(user: User) -> None:
    if refusal := limits.take(Allowance("exports", str(user.pk), MOST_AN_HOUR, HOUR)):
        raise TooManyExports(retry_after=refusal.wait)
