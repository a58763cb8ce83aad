"""Everything that can go wrong and that a person should be told about.

One tree. Each class has a stable wire code, an HTTP status, and a sentence for the person: what
happened, and what to do next. What the operator should know goes to `detail`, never to the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import ceil

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Sentence = str | Promise


class ChatError(Exception):
    """The root. `detail` is the operator's text, cleaned and without keys; `retry_after` is in seconds."""

    code: str = "error"
    status: int = 500
    sentence: Sentence = _("Something went wrong on our side. Please try again.")
    sentence_with_wait: Sentence | None = None
    """Said instead when `retry_after` is known; it names the time as %(wait)s."""

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__()
        self.detail = detail
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code

    def user_text(self) -> str:
        """The sentence in the language that is active now."""
        if self.retry_after is not None and self.sentence_with_wait is not None:
            return str(self.sentence_with_wait) % {"wait": wait_words(self.retry_after)}
        return str(self.sentence)


class StorageDown(ChatError):
    """The database is locked, full, or away."""

    code = "storage"
    status = 503
    sentence = _(
        "The site couldn't reach its database, so nothing was saved. Try again in a moment; if it keeps "
        "happening, tell your administrator."
    )


def wait_words(seconds: float) -> str:
    """A waiting time as a person says it: "1 second", "5 minutes", "2 hours"; rounded up."""
    if seconds < 90:
        count = max(1, ceil(seconds))
        return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count}
    if seconds < 90 * 60:
        count = ceil(seconds / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    count = ceil(seconds / 3600)
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def for_code(code: str) -> type[ChatError]:
    """The class of a stored code, so that a page made later can still say the sentence.

    An unknown code (from a newer version's rows) gives ChatError itself.
    """
    return next((error for error in _tree(ChatError) if error.code == code), ChatError)


def codes(root: type[ChatError]) -> list[str]:
    """The codes of an error and all of its kinds."""
    return [error.code for error in _tree(root)]


def _tree(root: type[ChatError]) -> Iterator[type[ChatError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


# What a person or their browser asked for


class RequestError(ChatError):
    """A request that is refused; nothing was saved."""

    code = "bad_request"
    status = 400
    sentence = _("That request couldn't be understood. Reload the page and try again.")


class BadFrame(RequestError):
    """A socket frame that is not a command: no JSON, wrong shape, binary."""

    code = "bad_frame"
    sentence = _("The page sent something the server doesn't understand. Reload the page.")


class UnknownCommand(RequestError):
    code = "unknown_command"
    sentence = _("This page is out of date. Reload it and try again.")


class FrameTooLarge(RequestError):
    code = "frame_too_large"
    status = 413
    sentence = _("This is too much to send at once. Shorten it and try again.")


class EmptyMessage(RequestError):
    code = "empty_message"
    sentence = _("Your message is empty. Write something first.")


class MessageTooLong(RequestError):
    code = "message_too_long"
    status = 413
    sentence = _("Your message is too long (64,000 characters at most). Shorten it or send it in parts.")


class BadText(RequestError):
    """NUL or a lone surrogate in a person's text: refused, since altering it would hide a loss."""

    code = "bad_text"
    sentence = _("Your message contains characters that can't be saved. Remove them and try again.")


class NotFound(RequestError):
    """The same for another person's id as for a random one."""

    code = "not_found"
    status = 404
    sentence = _("This doesn't exist, or you don't have access. Check the address.")


class StaleForm(RequestError):
    """The CSRF token is missing or not this session's."""

    code = "stale_form"
    status = 403
    sentence = _(
        "For your safety this wasn't sent: you may have logged in or out in another tab. Reload the "
        "page and try again."
    )


class NewerMessages(RequestError):
    """The parent of a send is no longer the tip of its conversation."""

    code = "newer_messages"
    status = 409
    sentence = _("This conversation has newer messages. Look at them, then send yours again.")


class SentBefore(RequestError):
    """The client_id stands for another message already."""

    code = "sent_before"
    status = 409
    sentence = _("This message couldn't be sent. Try again.")


class ReplyRunning(RequestError):
    code = "reply_running"
    status = 409
    sentence = _("A reply is still being written here. Wait for it, or stop it first.")


class NotContinuable(RequestError):
    """Only an answer that was stopped, interrupted or cut, has text and ends its branch can be written on."""

    code = "not_continuable"
    status = 409
    sentence = _("This reply can't be continued. Use Retry to get another one.")


class NotRunning(RequestError):
    code = "not_running"
    status = 409
    sentence = _("This reply has already ended.")


class ModelNotOffered(RequestError):
    """A choice that names no model of this site."""

    code = "model_not_offered"
    status = 409
    sentence = _("This model is no longer available. Choose another one and try again.")


class LoggedOut(RequestError):
    code = "logged_out"
    status = 401
    sentence = _("You're logged out. Log in again; your conversations are saved.")


class Suspended(RequestError):
    """The person may read, not send. `until` None means without an end; `reason` is the moderator's."""

    code = "suspended"
    status = 403
    sentence = _("Your account is suspended. You can read, but you can't send messages.")
    _until = _("You can't send messages until %(until)s.")
    _reason = _("Reason: %(reason)s")

    def __init__(self, until: datetime | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason

    def user_text(self) -> str:
        text = str(self.sentence)
        if self.until is not None:
            local = timezone.localtime(self.until) if timezone.is_aware(self.until) else self.until
            moment = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local:%Z}".strip()
            text = str(self._until) % {"until": moment}
        return f"{text} {self._reason % {'reason': self.reason}}" if self.reason else text


# What the model service did


class ProviderError(ChatError):
    """The model service did not give a whole reply. What had come until then is the caller's to keep."""

    code = "provider"
    status = 502
    sentence = _("The AI provider sent no reply. Try again.")


class WrongKey(ProviderError):
    """401 and 403."""

    code = "wrong_key"
    sentence = _("The provider rejected this site's API key. Please tell your administrator.")


class UnknownModel(ProviderError):
    """404."""

    code = "unknown_model"
    sentence = _(
        "This model isn't available at the provider. Choose another one, or tell your administrator."
    )


class NoModelListed(UnknownModel):
    code = "no_model_listed"
    sentence = _("No model is set up at the provider yet. Please tell your administrator.")


class OutOfCredit(ProviderError):
    """402, and 429 with `insufficient_quota`."""

    code = "out_of_credit"
    sentence = _("This site has run out of credit at the provider. Please tell your administrator.")


class RateLimited(ProviderError):
    """429. `retry_after` when the service named it."""

    code = "rate_limited"
    status = 503
    sentence = _("Too many requests right now. Try again in a minute.")
    sentence_with_wait = _("Too many requests right now. Try again in %(wait)s.")


class ContextTooLong(ProviderError):
    code = "context_too_long"
    sentence = _("This conversation is too long for the model. Shorten your message or start a new chat.")


class ContentFiltered(ProviderError):
    code = "content_filtered"
    sentence = _("The provider's content filter blocked this reply. Try rephrasing your message.")


class BadRequest(ProviderError):
    """400 and its like, with no better class. `parameter` is the one at fault, where the service names it."""

    parameter = ""
    code = "provider_refused"
    sentence = _(
        "The provider refused this request. Try again; if it keeps happening, tell your administrator."
    )


class ProviderDown(ProviderError):
    """5xx, and errors the service reports in the middle of a stream."""

    code = "provider_down"
    sentence = _("The AI provider is having problems. Try again shortly.")


class ProviderUnreachable(ProviderError):
    """Refused, unknown host, no connection in time, closed or reset before any header."""

    code = "provider_unreachable"
    sentence = _(
        "Can't reach the AI provider. Try again shortly; if it keeps happening, tell your administrator."
    )


class ProviderSilent(ProviderError):
    """A deadline passed: first byte, between chunks, or the whole reply."""

    code = "provider_silent"
    status = 504
    sentence = _("The AI provider took too long to reply. Try again.")


class NotAModelServer(ProviderError):
    """An answer that is no stream of a model: a web page, other JSON, nothing, a redirect."""

    code = "not_a_model_server"
    sentence = _("The provider's address doesn't lead to a model API. Please tell your administrator.")


class AddressRefused(ProviderError):
    """A provider of the admin's leads to where this site does not connect to."""

    code = "address_refused"
    sentence = _(
        "This site isn't allowed to connect to the provider's address. Please tell your administrator."
    )


class KeyUnreadable(ProviderError):
    """The stored key of a provider was sealed with another secret."""

    code = "key_unreadable"
    sentence = _(
        "This site can't read its API key for this model. Choose another model, or tell your administrator."
    )


class StreamCut(ProviderError):
    """The stream ended without a finish_reason, or broke."""

    code = "stream_cut"
    sentence = _("Connection lost mid-reply. Continue or try again.")


class ReplyTooLarge(ProviderError):
    """2 MiB of text, or one line of 1 MiB."""

    code = "reply_too_large"
    sentence = _("The reply got too long and was cut off. Ask for something shorter.")
