"""What conversations refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManyPins(RequestError):
    code = "too_many_pins"
    status = 409
    sentence = _("You can keep up to 20 exchanges in context. Remove one first.")
