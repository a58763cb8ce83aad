"""What is refused of those who log in and sign up."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManySignUps(RequestError):
    """The limit of new accounts from one address in an hour."""

    code = "too_many_signups"
    status = 429
    sentence = _("Too many accounts were created from your network. Try again later.")
    sentence_with_wait = _("Too many accounts were created from your network. Try again in %(wait)s.")


class TooManyLogIns(RequestError):
    """The limit of tries to log in."""

    code = "too_many_logins"
    status = 429
    sentence = _("Too many attempts to log in. Try again later.")
    sentence_with_wait = _("Too many attempts to log in. Try again in %(wait)s.")
