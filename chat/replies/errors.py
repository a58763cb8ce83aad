"""Why a message, an edit, a retry or a stop is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.core.errors import RequestError
from chat.core.text import MAX_MESSAGE, with_limits


class EmptyMessage(RequestError):
    code = "empty_message"
    sentence = _("Your message is empty. Write something first.")


class MessageTooLong(RequestError):
    code = "message_too_long"
    status = 413
    sentence = with_limits(
        _("Your message is too long (%(limit)s characters at most). Shorten it or send it in parts."),
        limit=MAX_MESSAGE,
    )


class BadText(RequestError):
    """NUL or a lone surrogate in a person's text: refused, since altering it would hide a loss."""

    code = "bad_text"
    sentence = _("Your message contains characters that can’t be saved. Remove them and try again.")


class NewerMessages(RequestError):
    """The parent of a send is no longer the tip of its conversation."""

    code = "newer_messages"
    status = 409
    sentence = _("This conversation has newer messages. Read them, then send yours again.")


class SentBefore(RequestError):
    """The client_id stands for another message already."""

    code = "sent_before"
    status = 409
    sentence = _("This message couldn’t be sent. Try again.")


class ReplyRunning(RequestError):
    code = "reply_running"
    status = 409
    sentence = _("A reply is still being written. Wait for it or stop it first.")


class NotContinuable(RequestError):
    """Only an answer that was stopped, interrupted or cut, has text and ends its branch can be written on."""

    code = "not_continuable"
    status = 409
    sentence = _("This reply can’t be continued. Use Retry to get a new one.")


class NotRunning(RequestError):
    code = "not_running"
    status = 409
    sentence = _("This reply has already finished.")


class TooManyMessages(RequestError):
    """The limit of messages per person and minute."""

    code = "too_many_messages"
    status = 429
    sentence = _("You’re sending messages too quickly. Try again in a minute.")
    sentence_with_wait = _("You’re sending messages too quickly. Try again in %(wait)s.")


class TooManyReplies(RequestError):
    """The limit of replies running at once per person, `most`."""

    code = "too_many_replies"
    status = 429
    sentence = _("You’ve reached the limit of replies at a time. Wait for one to finish.")

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self.most = most

    def user_text(self) -> str:
        if not self.most:
            return super().user_text()
        return ngettext(
            "You’ve reached the limit of one reply at a time. Wait for it to finish.",
            "You’ve reached the limit of %(count)d replies at a time. Wait for one to finish.",
            self.most,
        ) % {"count": self.most}


class TooManyRequests(RequestError):
    """The limit of requests to the model in an hour, a person's."""

    code = "too_many_requests"
    status = 429
    sentence = _("You’ve reached your hourly limit. Try again later.")
    sentence_with_wait = _("You’ve reached your hourly limit. Try again in %(wait)s.")


class TooManyFromAddress(TooManyRequests):
    """An address's."""

    code = "too_many_from_address"
    sentence = _("Too many requests from your network. Try again later.")
    sentence_with_wait = _("Too many requests from your network. Try again in %(wait)s.")


class TooManyOnSite(TooManyRequests):
    """The whole site's."""

    code = "too_many_on_site"
    sentence = _("This site has reached its hourly limit. Try again later.")
    sentence_with_wait = _("This site has reached its hourly limit. Try again in %(wait)s.")
