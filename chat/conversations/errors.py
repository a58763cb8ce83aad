"""What conversations refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MOST_PINNED = 20
"""Exchanges of one conversation that are pinned; each of them goes with every message."""


class TooManyPins(RequestError):
    code = "too_many_pins"
    status = 409
    sentence = with_limits(
        _("You can keep up to %(limit)s exchanges in context. Remove one first."), limit=MOST_PINNED
    )
