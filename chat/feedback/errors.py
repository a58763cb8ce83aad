"""What feedback refuses."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError

MOST_AN_HOUR = 300
"""Times that one person may rate a reply, or change or remove a rating."""


class TooMuchFeedback(RequestError):
    code = "too_much_feedback"
    status = 429
    sentence = _("You’ve rated a lot of replies just now. Try again later.")
    sentence_with_wait = _("You’ve rated a lot of replies just now. Try again in %(wait)s.")
