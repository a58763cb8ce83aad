"""What sockets refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManySockets(RequestError):
    """The limit of open pages per person."""

    code = "too_many_sockets"
    status = 429
    sentence = _("You have too many tabs of this site open. Close some and this one will reconnect.")
