"""What every page passes through: its request id, its form, its limits, its privacy, its reader's clock.

All of them are synchronous on purpose. The first is also the outermost: Django then takes the whole
chain to the thread of the request in one step, where it would else go there and back for each
middleware in it.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from chat.core import tracing
from chat.core.errors import ChatError
from chat.models import Preferences
from chat.models.preferences import zone_named
from chat.web import languages, sessions

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]


TIME_ZONE_COOKIE = "timezone"

# Seconds after which is done what waits for the end of an answer: of one that nobody hears it never comes
HUNG_UP = 2.0


class RequestIdMiddleware:
    """Names the request for the log, and tells the name in `X-Request-Id`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = tracing.new_request_id()
        response = self.get_response(request)
        response.headers["X-Request-Id"] = name
        return response


class FormMiddleware:
    """Reads a posted form once, before anybody needs it.

    Django's error pages ask for the form as well (for its CSRF token). One that cannot be read, for its
    charset or its thousand fields, would raise there again, and end as a bare 500.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _ = request.POST
        except (BadRequest, SuspiciousOperation, MultiPartParserError):
            request._mark_post_parse_error()  # type: ignore[attr-defined]
            raise
        return self.get_response(request)


class RefusalMiddleware:
    """Gives a page that says that something is too much the status of that, and the time to try again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        problem = getattr(request, "refusal", None)
        if isinstance(problem, ChatError):
            response.status_code = problem.status
            if problem.retry_after is not None:
                response.headers["Retry-After"] = str(ceil(problem.retry_after))
        return response


class KnownPersonMiddleware:
    """Tells whose session it is, so that their next request counts as theirs (chat/web/turns.py)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "_cached_user", None)  # as far as a view has asked: this asks nothing
        if user is not None and user.is_authenticated and request.session.session_key:
            sessions.remember(request.session.session_key, user.pk)
        return response


class AfterAnswerMiddleware:
    """Does what can wait (`request.after_answer`) when the answer has been sent.

    When somebody hangs up before that, Django cancels the request or throws the answer away. The view has run
    to its end all the same: an account has been made, say, and its mail must go out.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        waiting: list[Callable[[], object]] = []
        request.after_answer = waiting  # type: ignore[attr-defined]
        go_on = once(waiting)
        try:
            response = self.get_response(request)
        except BaseException:  # cancelled
            go_on()
            raise
        if waiting:
            close = response.close
            unheard = threading.Timer(HUNG_UP, in_thread, [go_on])
            unheard.daemon = True
            unheard.start()

            def go_on_and_close() -> None:
                unheard.cancel()
                go_on()
                close()

            response.close = go_on_and_close  # type: ignore[method-assign]
        return response


def once(waiting: list[Callable[[], object]]) -> Callable[[], None]:
    """Return what does all of it, whoever calls it first."""
    lock = threading.Lock()

    def go_on() -> None:
        if lock.acquire(blocking=False):
            for work in waiting:
                do(work)

    return go_on


def in_thread(work: Callable[[], None]) -> None:
    """Call it in a thread that ends with it, which must leave no connection to the database open."""
    try:
        work()
    finally:
        connections.close_all()


def do(work: Callable[[], object]) -> None:
    """Call it; there is nobody left to be told of an error."""
    try:
        work()
    except Exception:
        logger.exception("what was to be done after an answer failed")


class PrivatePagesMiddleware:
    """Keeps what was made for somebody out of every cache: a proxy's, a shared computer's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A view that has said how it may be kept by its reader alone knows better
        is_private = "private" in response.get("Cache-Control", "")
        if (request.COOKIES or response.cookies) and not is_private:
            patch_cache_control(response, private=True, no_store=True)
        return response


class PreferencesMiddleware:
    """Reads a person's preferences: `request.preferences`, or None. Speaks their language, by their clock.

    The language is what they chose, else what Django has found by the browser's cookie and list. The clock is
    that of the time zone they chose, else of the browser's, which names its own in a cookie.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = getattr(request, "user", None)
        chosen = Preferences.of_user(person) if person is not None and person.is_authenticated else None
        request.preferences = chosen  # type: ignore[attr-defined]
        if chosen and (language := languages.of_person(request.session, chosen)):
            translation.activate(language)  # until Django's own middleware has named it in the answer
            request.LANGUAGE_CODE = language
        with timezone.override((chosen and chosen.zone) or zone_of_browser(request.COOKIES)):
            return self.get_response(request)


def zone_of_browser(cookies: Mapping[str, str]) -> ZoneInfo | None:
    """Return the time zone that the browser has named; None if it has not."""
    return zone_named(cookies.get(TIME_ZONE_COOKIE, ""))


def language_of(scope: dict[str, Any]) -> str:
    """Return the language of a socket's page, while nobody is known: by its cookie or the browser's list."""
    request = HttpRequest()
    headers = dict(scope["headers"])
    request.COOKIES = scope.get("cookies", {})
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)
