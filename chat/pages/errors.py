"""What the pages refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class TooManySearches(RequestError):
    code = "too_many_searches"
    status = 429
    sentence = _("Too many searches. Wait a moment and try again.")
    sentence_with_wait = _("Too many searches. Try again in %(wait)s.")
