"""The jobs of exports: writing a large file, and removing those whose day is over."""

from __future__ import annotations

from typing import Any

from django.utils import timezone, translation

from chat.core.errors import NotFound
from chat.jobs.context import JobContext
from chat.jobs.registry import job
from chat.models.preferences import zone_named
from chat.transfer import files
from chat.transfer.actions import KIND, KIND_EXPIRED
from chat.transfer.reading import Choice
from chat.transfer.writing import Export, Format


@job(KIND)
def write(context: JobContext) -> dict[str, Any]:
    """Write the file, in its person's language and by their clock; begun anew after an interruption.

    Returns `{"file", "name", "size"}`: its name on the disk, what it is called, and its bytes.
    """
    payload, owner = context.payload, context.owner
    if owner is None:
        raise NotFound
    files.sweep()
    done = 0

    def counted() -> None:
        nonlocal done
        done += 1
        context.progress(done, payload["messages"])

    choice = Choice.named(payload["conversations"], payload["project"])
    ids = list(choice.rows(owner).values_list("pk", flat=True))
    export = Export(owner, Format(payload["format"]), ids, payload["name"])
    language, clock = payload["language"], zone_named(payload["zone"])
    with translation.override(language), timezone.override(clock), files.new_file() as (name, file):
        export.write(file, counted)
        size = file.tell()
    return {"file": name, "name": payload["name"], "size": size}


@job(KIND_EXPIRED)
def remove_expired(context: JobContext) -> None:
    """Remove the files whose day is over."""
    files.sweep()
