"""What every page passes through: its request id, its form, its privacy, its reader's clock.

All of them are synchronous on purpose. The first is also the outermost: Django then takes the whole
chain to the thread of the request in one step, where it would else go there and back for each
middleware in it.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.cache import patch_cache_control

from chat import tracing

Handler = Callable[[HttpRequest], HttpResponseBase]

TIME_ZONE_COOKIE = "timezone"


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
