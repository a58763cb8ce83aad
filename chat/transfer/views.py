"""Taking conversations along: a form that asks for the format, the file, and a page to be printed."""

import uuid
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.conversations.errors import MOST_CHOSEN, TooManyChosen
from chat.core.errors import NotFound
from chat.models import Job
from chat.transfer import actions, html_file
from chat.transfer.actions import Finished
from chat.transfer.errors import ExportExpired
from chat.transfer.forms import PRINT, ExportForm
from chat.transfer.names import attachment
from chat.transfer.reading import Choice
from chat.transfer.writing import Format
from chat.web.decorators import MemberRequest, member_view

TYPES = {
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".zip": "application/zip",
}
CHUNK = 64 * 1024
"""Bytes of a file that are read at a time."""


@member_view("GET", "POST")
def export(request: MemberRequest) -> HttpResponseBase:
    """GET the form for `?conversation=` (often), `?project=`, or all; POST the same with a format.

    POST answers with the file, with the way to the job that makes it, or with a page to be printed; without a
    format with the form, as a list does in which conversations were chosen.
    """
    choice = _choice(request)
    if request.method == "POST" and request.POST.get("format"):
        form = ExportForm(request.POST)
        if form.is_valid():
            return _exported(request, choice, form.cleaned_data["format"])
    chosen = actions.look_at(request.user, choice)
    context = {
        "chosen": chosen,
        "choice": choice,
        "formats": Format,
        "latest": actions.latest(request.user),
        "back": _back(choice),
    }
    return render(request, "transfer/export.html", context)


@member_view("GET")
def progress(request: MemberRequest, job_uuid: uuid.UUID) -> HttpResponseBase:
    """GET how far the job is that makes a file, and then the way to that."""
    job = actions.job_of(request.user, job_uuid)
    context = {"job": job, "is_there": actions.is_there(job), "expired": ExportExpired().user_text()}
    return render(request, "transfer/job.html", context)


@member_view("GET")
def download(request: MemberRequest, job_uuid: uuid.UUID) -> HttpResponseBase:
    """GET the file that a job has made."""
    return _as_download(request, actions.finished(request.user, job_uuid))


def _exported(request: MemberRequest, choice: Choice, wanted: str) -> HttpResponseBase:
    if wanted == PRINT:
        documents = actions.to_print(request.user, choice)
        title = documents[0].conversation.title if len(documents) == 1 else _("Conversations")
        pages = [html_file.joined(document) for document in documents]
        return render(request, "transfer/print.html", {"title": title, "pages": pages, "back": _back(choice)})
    made = actions.export(request.user, Format(wanted), choice)
    if isinstance(made, Job):
        return HttpResponseRedirect(reverse("export_job", args=[made.uuid]), status=303)
    return _as_download(request, made)


def _choice(request: MemberRequest) -> Choice:
    """Return what a request names. Raises NotFound for what is no id."""
    named = request.POST if request.method == "POST" else request.GET
    conversations = named.getlist("conversation")
    if len(conversations) > MOST_CHOSEN:
        raise TooManyChosen
    try:
        return Choice.named(conversations, named.get("project", ""))
    except ValueError as problem:
        raise NotFound from problem


def _back(choice: Choice) -> str:
    """Return where somebody came from who chose this."""
    if len(choice.conversations) == 1:
        return reverse("conversation", args=[choice.conversations[0]])
    if choice.project:
        return reverse("project", args=[choice.project])
    return reverse("chat")


def _as_download(request: MemberRequest, made: Finished) -> StreamingHttpResponse:
    """Return a file as the browser keeps it, a piece at a time.

    As it is: of one that Django compresses on its way nobody knows the length, and whether it arrived whole.
    """
    pieces = _later(made.file) if hasattr(request, "scope") else _now(made.file)
    response = StreamingHttpResponse(pieces, content_type=TYPES[made.name[made.name.rindex(".") :]])
    response.headers["Content-Length"] = str(made.size)
    response.headers["Content-Encoding"] = "identity"
    response.headers["Content-Disposition"] = attachment(made.name)
    response._resource_closers.append(made.file.close)  # type: ignore[attr-defined]
    return response


def _now(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


async def _later(file: BinaryIO) -> AsyncIterator[bytes]:
    """Read for the server's loop: an iterator of the usual kind Django reads to its end before it sends."""
    while piece := file.read(CHUNK):
        yield piece
