"""The answers to requests that no view could answer: the error pages, and the same for the page's scripts."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import csrf, defaults

from chat.errors import ChatError, StaleForm, StorageDown

# Seconds after which a client may try again: a lock is short
RETRY_AFTER = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, with a database that is locked, full or away as a 503 that says so.

    It is called while the exception is handled, whatever raised it: a view, a session being saved, the
    admin. Its pages ask the database nothing.
    """
    problem = sys.exc_info()[1]
    if not isinstance(problem, OperationalError | InterfaceError | StorageDown):
        return defaults.server_error(request)
    error = StorageDown()
    answer = as_json(error) if is_script(request) else _page(error)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's, with JSON for a script."""
    return as_json(StaleForm()) if is_script(request) else csrf.csrf_failure(request, reason)


def is_script(request: HttpRequest) -> bool:
    """Whether the page's own script asks, which reads JSON."""
    return bool(request.headers.get("X-Fragment"))


def as_json(problem: ChatError) -> JsonResponse:
    """`{"code", "text"}` with the error's status."""
    return JsonResponse({"code": problem.code, "text": problem.user_text()}, status=problem.status)


def _page(problem: ChatError) -> HttpResponse:
    return HttpResponse(render_to_string("503.html", {"text": problem.user_text()}), status=problem.status)
