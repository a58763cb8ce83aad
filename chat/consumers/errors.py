"""What sockets refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooFast(RequestError):
    """The rate limit of one socket."""

    code = "too_fast"
    status = 429
    sentence = _("This page is sending requests too fast. Please wait a moment.")


class TooManySockets(RequestError):
    """The limit of open pages per person."""

    code = "too_many_sockets"
    status = 429
    sentence = _("You have too many tabs of this site open. Close some; this one tries again by itself.")
