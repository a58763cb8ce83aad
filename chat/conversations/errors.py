"""What conversations refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManyPins(RequestError):
    code = "too_many_pins"
    status = 409
    sentence = _("At most 20 exchanges of a conversation can be pinned. Please unpin another one first.")
