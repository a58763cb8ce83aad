"""What is refused for being too much: each says what is limited, and when to try again."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.errors import RequestError


class TooManyMessages(RequestError):
    """The limit of messages per person and minute."""

    code = "too_many_messages"
    status = 429
    sentence = _("You're sending messages too quickly. Try again in a minute.")
    sentence_with_wait = _("You're sending messages too quickly. Try again in %(wait)s.")


class TooManyReplies(RequestError):
    """The limit of replies running at once per person, `most`."""

    code = "too_many_replies"
    status = 429
    sentence = _("You've reached the limit of replies at a time. Wait for one to finish.")

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self.most = most

    def user_text(self) -> str:
        if not self.most:
            return super().user_text()
        return ngettext(
            "You've reached the limit of one reply at a time. Wait for it to finish.",
            "You've reached the limit of %(count)d replies at a time. Wait for one to finish.",
            self.most,
        ) % {"count": self.most}


class TooManyRequests(RequestError):
    """The limit of requests to the model in an hour, a person's."""

    code = "too_many_requests"
    status = 429
    sentence = _("You've used up your requests for this hour. Try again later.")
    sentence_with_wait = _("You've used up your requests for this hour. Try again in %(wait)s.")


class TooManyFromAddress(TooManyRequests):
    """An address's."""

    code = "too_many_from_address"
    sentence = _("Too many requests come from your network. Try again later.")
    sentence_with_wait = _("Too many requests come from your network. Try again in %(wait)s.")


class TooManyOnSite(TooManyRequests):
    """The whole site's."""

    code = "too_many_on_site"
    sentence = _("This site has used up its requests for this hour. Try again later.")
    sentence_with_wait = _("This site has used up its requests for this hour. Try again in %(wait)s.")


class TooFast(RequestError):
    """The rate limit of one socket."""

    code = "too_fast"
    status = 429
    sentence = _("This page is sending requests too quickly. Wait a moment.")


class TooManySockets(RequestError):
    """The limit of open pages per person."""

    code = "too_many_sockets"
    status = 429
    sentence = _("You have too many tabs of this site open. Close some and this one will reconnect.")


class TooManyPages(RequestError):
    """The limit of pages that one person, or somebody unknown at one address, is waiting for."""

    code = "too_many_pages"
    status = 429
    sentence = _("Too many pages are loading at once. Try again in a few seconds.")
    sentence_with_wait = _("Too many pages are loading at once. Try again in %(wait)s.")


class TooManyAttempts(RequestError):
    """The limit of how often a form of accounts is sent."""

    code = "too_many_attempts"
    status = 429
    sentence = _("Too many attempts. Try again later.")
    sentence_with_wait = _("Too many attempts. Try again in %(wait)s.")


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
