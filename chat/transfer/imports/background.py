"""The jobs of an import: looking through the file, taking it in, and letting go of what nobody decided on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from chat.conversations.actions import TITLE_LENGTH, tell_places
from chat.core.text import clean
from chat.jobs.context import JobContext
from chat.jobs.registry import job
from chat.models import Conversation, Import, ImportNote, ImportStatus, User
from chat.realtime import layer
from chat.serving.uploads import has_room
from chat.transfer.imports import actions, files, losses, reader
from chat.transfer.imports.archive import Extent
from chat.transfer.imports.errors import FileGone, FileTooLarge
from chat.transfer.imports.known import Lookup
from chat.transfer.imports.reader import Item
from chat.transfer.imports.source import Losses
from chat.transfer.imports.tally import SAME, Tally
from chat.transfer.imports.tree import Tree, plant
from chat.transfer.imports.writer import Pending, title_of, write

AT_ONCE, MOST_CHARACTERS = 10, 200_000
"""Conversations of one transaction, and characters after which it ends: on SQLite whoever writes waits for
it, and each is synced to the disk."""

Batch = list[tuple[Item, Tree | None]]

MOST_NOTES = 1000
"""Lines that the report of one file has; what comes beyond is in its totals."""


@job(actions.PREVIEW)
def preview(job: JobContext) -> None:
    """Look through a file, and note what is in it and what of that is here."""
    found = _import(job, ImportStatus.READING)
    if found is None:
        return
    extent, tally = Extent(), Tally()
    for batch in _batches(reader.read(files.path_of(found.uuid), extent=extent)):
        lookup = _lookup(found.owner, batch)
        for item, tree in batch:
            if item.found is None or tree is None:
                tally.skip(item.found.losses if item.found else Losses.one(item.problem))
            else:
                known = lookup.find(item.found, tree)
                tally.add(item.found, tree, known.outcome, known.added)
        job.progress(min(extent.done, extent.total), extent.total)
    with transaction.atomic():
        reading = Import.objects.filter(pk=found.pk, status=ImportStatus.READING)
        reading.update(status=ImportStatus.READY, preview=tally.stored())
        job.progress(extent.total, extent.total)


@job(actions.RUN)
def run(job: JobContext) -> dict[str, Any] | None:
    """Take a file in. What came and where to go on are one transaction: a kill doubles nothing."""
    found = _import(job, ImportStatus.RUNNING)
    if found is None:
        return None
    tally, all_there = Tally(job.state.get("tally")), Tally(found.preview).total
    first, second = job.state.get("place", [0, 0])
    for batch in _batches(reader.read(files.path_of(found.uuid), (first, second))):
        if not has_room():  # a small ZIP may hold much
            raise FileTooLarge
        with transaction.atomic():
            most = sum(len(tree.rows) for _, tree in batch if tree)
            lookup, pending = _lookup(found.owner, batch), Pending(found.owner, most)
            for item, tree in batch:
                _take(item, tree, found, lookup, pending, tally)
            pending.save()
            place = batch[-1][0].place
            state = {"tally": tally.stored(), "place": [place[0], place[1] + 1]}
            job.progress(tally.total, max(tally.total, all_there), state)
        job.progress(tally.total, max(tally.total, all_there))  # gives way to replies
    with transaction.atomic():
        actions.end(found, ImportStatus.DONE, tally.stored())
        job.progress(tally.total, tally.total)
        tell_places(found.owner, Conversation.objects.of(found.owner).listed())
        layer.announce_projects(found.owner_id)
    return tally.stored()


def _batches(items: Iterator[Item]) -> Iterator[Batch]:
    """Yield what one transaction takes in: AT_ONCE things, fewer where there is much in them."""
    batch: Batch = []
    characters = 0
    for item in items:
        tree = plant(item.found) if item.found else None
        batch.append((item, tree))
        characters += sum(len(row.text) for row in tree.rows) if tree else 0
        if len(batch) >= AT_ONCE or characters > MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _lookup(owner: User, batch: Batch) -> Lookup:
    return Lookup(owner, [item.found for item, tree in batch if item.found is not None and tree is not None])


def _import(job: JobContext, status: ImportStatus) -> Import | None:
    """Return the import that a job is for, None when that is over. Raises FileGone."""
    rows = Import.objects.filter(uuid=job.payload["import"], status=status)
    found = rows.select_related("owner").first()
    if found is not None and not files.path_of(found.uuid).exists():
        raise FileGone
    return found


def _take(
    item: Item, tree: Tree | None, found: Import, lookup: Lookup, pending: Pending, tally: Tally
) -> None:
    """Take in one thing of the file, and note in the report what of it stays behind."""
    if item.found is None or tree is None:
        lost = item.found.losses if item.found else Losses.one(item.problem)
        tally.skip(lost)
        _note(found, tally, item.found.title if item.found else item.name, None, lost)
        return
    known = lookup.find(item.found, tree)
    conversation = write(found.owner, item.found, tree, known, pending, with_deleted=found.with_deleted)
    if conversation is None:
        item.found.losses = Losses.one(losses.DELETED)
    tally.add(item.found, tree, known.outcome, known.added if conversation else 0)
    if known.outcome != SAME:
        tally.taken += conversation is not None
        _note(found, tally, title_of(item.found, tree), conversation, item.found.losses)


def _note(found: Import, tally: Tally, title: str, conversation: Conversation | None, lost: Losses) -> None:
    notes = [
        ImportNote(
            of=found,
            conversation=conversation,
            title=clean(" ".join(title.split()))[:TITLE_LENGTH],
            kind=kind,
            detail=", ".join(loss.details)[:400],
            count=loss.count,
        )
        for kind, loss in lost.items()
    ]
    room = max(0, MOST_NOTES - tally.notes)
    tally.notes += len(notes)
    ImportNote.objects.bulk_create(notes[:room])


@job(actions.EXPIRE)
def expire(job: JobContext) -> None:
    """Let go of a file whose owner has not decided on it, or is gone."""
    found = Import.objects.filter(uuid=job.payload["import"]).first()
    if found is None:
        files.remove(uuid.UUID(job.payload["import"]))
    elif found.status == ImportStatus.READY:
        actions.end(found, ImportStatus.CANCELLED, {})
