"""What every page passes through: its request id, its privacy, its reader's clock.

All three are synchronous on purpose. The first is also the outermost: Django then takes the whole
chain to the thread of the request in one step, where it would else go there and back for each
middleware in it.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
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


class PrivatePagesMiddleware:
    """Keeps what was made for somebody out of every cache: a proxy's, a shared computer's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.COOKIES or response.cookies:
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
