"""What every page passes through: its request id, its form, its limits, its privacy, its reader's clock.

All of them are synchronous on purpose. The first is also the outermost: Django then takes the whole
chain to the thread of the request in one step, where it would else go there and back for each
middleware in it.
"""

import logging
import threading
from collections.abc import Callable
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from chat import limits, logins, sessions, tracing
from chat.errors import ChatError
from chat.limit_errors import TooManyAttempts
from chat.limits import HOUR, MINUTE, Allowance

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]

RESET = "account_reset_password"
FORMS_A_MINUTE = {
    RESET: 20,
    "account_reset_password_from_key": 20,
    "account_change_password": 5,
    "account_set_password": 5,
    "account_email": 10,
    "account_reauthenticate": 10,
}
# Mails to one person, so that nobody's mailbox is flooded: asked for by strangers, by one browser that has
# logged in to the account before, and by all such browsers together
RESETS_AN_HOUR = 10
RESETS_OF_DEVICE = 5
RESETS_OF_DEVICES = 10

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


class AccountFormsMiddleware:
    """Bounds how often the forms of accounts are sent; log-in and sign-up know better (chat/accounts.py).

    allauth would do it by Django's cache, which takes a database that is locked for an attempt too many.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """The answer to one form too many, None as a rule."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if request.method != "POST" or name not in FORMS_A_MINUTE:
            return None
        refusal = limits.take(*form_allowances(request, name))
        if refusal is None:
            return None
        problem = TooManyAttempts(retry_after=refusal.wait)
        logger.warning("refused %s: %s: %s", refusal.allowance.of, name, problem.code)
        request.refusal = problem  # type: ignore[attr-defined]
        return render(request, "429.html", {"text": problem.user_text()})


def form_allowances(request: HttpRequest, name: str) -> list[Allowance]:
    """What sending a form is counted by: who is logged in, else the address; and whom it has written to."""
    whom = str(request.POST.get("email", "")).strip().lower() if name == RESET else ""
    # A known browser has its own: strangers, and others at its address, must not use up what its owner has
    if whom and (device := logins.device(request, whom)):
        return [
            Allowance(f"{name} mails, by a device", f"{whom} {device}", RESETS_OF_DEVICE, HOUR),
            Allowance(f"{name} mails, by devices", whom, RESETS_OF_DEVICES, HOUR),
        ]
    address = limits.network_of(request.META.get("REMOTE_ADDR", ""))
    who = f"person {request.user.pk}" if request.user.is_authenticated else f"address {address}"
    allowances = [Allowance(name, who, FORMS_A_MINUTE[name], MINUTE)]
    if name == RESET:
        allowances.append(Allowance(f"{name} mails", whom, RESETS_AN_HOUR, HOUR))
    return allowances


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
    """Tells whose session it is, so that their next request counts as theirs (chat/turns.py)."""

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


class TimeZoneMiddleware:
    """Shows times by the clock of the reader, whose browser names its zone in a cookie."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(zone_named(request.COOKIES.get(TIME_ZONE_COOKIE, ""))):
            return self.get_response(request)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of an IANA name such as `Europe/Berlin`; None for any other text."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown; a path that leaves the folder; a folder
        return None
