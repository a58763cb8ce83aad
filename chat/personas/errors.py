"""What personas are refused for, and the limits that the sentences name."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MOST_PERSONAS = 100
"""Of one person."""


class TooManyPersonas(RequestError):
    code = "too_many_personas"
    status = 409
    sentence = with_limits(
        _("You’ve reached the limit of %(limit)s personas. Delete one first."), limit=MOST_PERSONAS
    )


class PersonaChanged(RequestError):
    """What an administrator looked at is no longer what would be shown to everybody."""

    code = "persona_changed"
    status = 409
    sentence = _("This persona has changed in the meantime. Review it again.")
