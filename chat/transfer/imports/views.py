"""The pages of an import: choose a file, see what is in it, take it in, read what became of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from chat.core.errors import NotFound, for_code
from chat.models import Import
from chat.serving import uploads
from chat.transfer.imports import actions, files
from chat.transfer.imports.losses import KINDS
from chat.transfer.imports.reader import LABELS
from chat.transfer.imports.tally import Tally
from chat.web.answers import done
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script

MOST_LISTED = 20
"""Earlier imports on the page where a file is chosen."""

REFRESH = 3
"""Seconds after which a page without a script looks again how far an import is."""


@member_view("GET")
def choose(request: MemberRequest) -> HttpResponse:
    """GET the form for a file, or the import that is open."""
    found = actions.open_import(request.user)
    if found is not None and found.is_open:
        return HttpResponseRedirect(reverse("import", args=[found.uuid]))
    earlier = [
        (one, Tally(one.report))
        for one in actions.of(request.user).filter(ended_at__isnull=False)[:MOST_LISTED]
    ]
    context = {
        "ticket": uploads.ticket(request.user.pk),
        "earlier": earlier,
        "most": uploads.most_bytes(),
    }
    return render(request, "transfer/import_choose.html", context)


@member_view("POST")
def upload(request: MemberRequest, ticket: str) -> HttpResponse:
    """POST file. The ticket, which only a page of this person's holds, is what tells that they meant it."""
    if uploads.holder(ticket) != request.user.pk:
        raise NotFound
    name, content, size = _sent(request)
    made = actions.begin(request.user, name, content, size, uploads.most_bytes())
    address = reverse("import", args=[made.uuid])
    return (
        JsonResponse({"address": address})
        if is_script(request)
        else HttpResponseRedirect(address, status=303)
    )


def _sent(request: MemberRequest) -> tuple[str, files.Content | None, int]:
    """Return the name of the file that came, the file and its size; Django has it under another server."""
    if arrived := uploads.arrived(request.META, request.user.pk):
        path, name, size = arrived
        return name, files.Arrived(path), size
    found = request.FILES.get("file")
    if not isinstance(found, UploadedFile):
        return "", None, 0
    return found.name or "", files.Uploaded(found), found.size or 0


@member_view("GET")
def one(request: MemberRequest, import_uuid: uuid.UUID) -> HttpResponse:
    """GET how far an import is: what is in the file, how much of it is taken in, or the report."""
    found = actions.import_of(request.user, import_uuid)
    job = actions.job_of(found) if found.is_open else None
    told = Tally(found.report if not found.is_open else found.preview)
    context = {
        "import": found,
        "job": job,
        "percent": 100 * job.done // job.total if job is not None and job.total else None,
        "refresh": REFRESH if found.status in ("reading", "running") else None,
        "told": told,
        "new_messages": told.added,
        "products": [(LABELS.get(name, name), count) for name, count in told.products.items()],
        "losses": [(KINDS[kind], count) for kind, count in told.losses.items() if kind in KINDS],
        "error": for_code(found.error)().user_text() if found.error else "",
        **(_notes(found, told) if not found.is_open else {}),
    }
    return render(request, "transfer/import.html", context)


def _notes(found: Import, told: Tally) -> dict[str, Any]:
    rows = list(found.notes.select_related("conversation").order_by("pk"))
    for row in rows:
        there = row.conversation is not None and row.conversation.deleted_at is None
        row.address = row.conversation.get_absolute_url() if there and row.conversation else ""  # type: ignore[attr-defined]
        row.sentence = KINDS.get(row.kind, row.kind)  # type: ignore[attr-defined]
    return {"notes": rows, "more": max(0, told.notes - len(rows))}


@member_view("POST")
def start(request: MemberRequest, import_uuid: uuid.UUID) -> HttpResponse:
    """POST with_deleted, if what was deleted here is to come back."""
    actions.start(request.user, import_uuid, with_deleted=bool(request.POST.get("with_deleted")))
    return done(request, reverse("import", args=[import_uuid]))


@member_view("POST")
def cancel(request: MemberRequest, import_uuid: uuid.UUID) -> HttpResponse:
    """POST. What has been taken in stays."""
    found = actions.cancel(request.user, import_uuid)
    taken = bool(found.report)
    return done(request, reverse("import", args=[import_uuid]) if taken else reverse("import_choose"))


@member_view("POST")
def forget(request: MemberRequest, import_uuid: uuid.UUID) -> HttpResponse:
    """POST. The report goes; the conversations stay."""
    actions.forget(request.user, import_uuid)
    return done(request, reverse("import_choose"))
