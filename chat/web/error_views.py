"""How an error is answered: a page of its own status to a person, the same as JSON to the page's scripts."""

import logging
import re
import sys
from functools import lru_cache
from io import BytesIO
from math import ceil
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views import csrf, defaults

from chat.core.errors import ChatError, StorageDown
from chat.web.errors import HiddenOrigin, OtherAddress, StaleForm, TooManyPages, UnknownHost, WrongMethod

logger = logging.getLogger(__name__)

ORIGIN = re.compile(r"https?://(?P<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
# Seconds after which a client may try again: a lock is short
RETRY_AFTER = 5
# Statuses whose page is also Django's own
PAGES = {403: "403.html", 404: "404.html"}


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer as Django's handler500; an error of ours and a database that cannot be used say what they are.

    It is called while the exception is handled, whatever raised it: a view, a session being saved, the
    admin. Its pages ask the database nothing.
    """
    problem = sys.exc_info()[1]
    if isinstance(problem, OperationalError | InterfaceError | StorageDown):
        problem = StorageDown(retry_after=RETRY_AFTER)
    return answer(request, problem) if isinstance(problem, ChatError) else defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer as Django does, with JSON for a script, and with what to do when the address is to blame."""
    error = origin_error(request)
    if is_script(request):
        return as_json(error or StaleForm())
    if error is None:
        return csrf.csrf_failure(request, reason)
    logger.warning(
        "a form from %.200r was refused: SITE_URL is %s", request.headers["Origin"], settings.SITE_URL
    )
    return render(request, "403_csrf.html", {"text": error.user_text()}, status=error.status)


def origin_error(request: HttpRequest) -> ChatError | None:
    """Return what is wrong with the address that a form came from; None if it is one of ours.

    Another one is named only if it is the same host by another port or scheme. A page anywhere may send a
    form here, and whoever runs the site must not be told to set SITE_URL to what that page likes.
    """
    origin = request.headers.get("Origin", "")
    if origin == "null":
        return HiddenOrigin()
    if not origin or origin in {*settings.SITE_ORIGINS, own_origin(request)}:
        return None
    theirs, ours = ORIGIN.fullmatch(origin), ORIGIN.fullmatch(own_origin(request))
    is_same_host = theirs and ours and theirs["host"] == ours["host"]
    return OtherAddress(site=settings.SITE_URL, origin=origin if is_same_host else "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer as Django's handler400; asked by a name that is not ours, it says what to set."""
    if not isinstance(exception, DisallowedHost):
        return defaults.bad_request(request, exception)
    error = UnknownHost()
    if is_script(request):
        return as_json(error)
    return HttpResponse(render_to_string("400.html", {"text": error.user_text()}), status=error.status)


def is_script(request: HttpRequest) -> bool:
    """Return whether the page's own script asks, which reads JSON."""
    return bool(request.headers.get("X-Fragment"))


def as_json(problem: ChatError) -> JsonResponse:
    """Return `{"code", "text"}` with the error's status."""
    return JsonResponse({"code": problem.code, "text": problem.user_text()}, status=problem.status)


def answer(request: HttpRequest, problem: ChatError) -> HttpResponse:
    """Return an error with its own status: as JSON to a script, and as a page to a person."""
    response = as_json(problem) if is_script(request) else _page(request, problem)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(problem.retry_after))
    if isinstance(problem, WrongMethod):
        response.headers["Allow"] = ", ".join(problem.allowed)
    return response


def answer_before_django(scope: dict[str, Any], problem: ChatError) -> HttpResponse:
    """Return an error as `answer` does to a request that is refused before Django has seen it.

    Nobody is known yet: the language is the browser's, by its cookie or its list. The headers that keep every
    page are added here, since no middleware will.
    """
    request = ASGIRequest({**scope, "query_string": b""}, BytesIO())  # one that is no text would raise here
    with translation.override(translation.get_language_from_request(request)):
        response = answer(request, problem)
    response.headers["Cache-Control"] = "no-store"
    for middleware in (XFrameOptionsMiddleware, CSPMiddleware, SecurityMiddleware):
        middleware(lambda request: response).process_response(request, response)
    return response


def _page(request: HttpRequest, problem: ChatError) -> HttpResponse:
    text = problem.user_text()
    if problem.status >= 500:
        return HttpResponse(render_to_string("503.html", {"text": text}), status=problem.status)
    if isinstance(problem, TooManyPages):
        return HttpResponse(_page_of_many(translation.get_language(), text), status=problem.status)
    return render(request, PAGES.get(problem.status, "error.html"), {"text": text}, status=problem.status)


# For each language, and what may be waited for: who asks for too much is to cost next to nothing
@lru_cache(maxsize=64)
def _page_of_many(language: str, text: str) -> str:
    """Return the page of what is refused for being too much, which asks the database nothing."""
    return render_to_string("error.html", {"text": text})


def own_origin(request: HttpRequest) -> str:
    """Return the origin of the site's pages by the host that the browser asked; "" if it is none of ours."""
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return ""
