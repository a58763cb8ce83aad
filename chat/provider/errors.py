"""What providers do wrong, or refuse, and replies that end without an answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.core.errors import ChatError, RequestError


class ProviderError(ChatError):
    """The model service did not give a whole reply. What had come until then is the caller's to keep."""

    code = "provider"
    status = 502
    sentence = _("The model service gave no reply. Please retry.")


class WrongKey(ProviderError):
    """401 and 403."""

    code = "wrong_key"
    sentence = _(
        "The model service does not accept this site's key. Please tell the person who runs this site."
    )


class UnknownModel(ProviderError):
    """404."""

    code = "unknown_model"
    sentence = _(
        "The model service does not know the chosen model. Please tell the person who runs this site."
    )


class NoModelListed(UnknownModel):
    code = "no_model_listed"
    sentence = _("No model is set up at the provider yet. Please tell your administrator.")


class OutOfCredit(ProviderError):
    """402, and 429 with `insufficient_quota`."""

    code = "out_of_credit"
    sentence = _(
        "This site's credit at the model service is used up. Please tell the person who runs this site."
    )


class RateLimited(ProviderError):
    """429. `retry_after` when the service named it."""

    code = "rate_limited"
    status = 503
    sentence = _("The model service is getting too many requests. Please wait a minute, then retry.")
    sentence_with_wait = _("The model service is getting too many requests. Please retry in %(wait)s.")


class ContextTooLong(ProviderError):
    code = "context_too_long"
    sentence = _(
        "This is more text than the model can take. Please shorten your message or start a new chat."
    )


class ContentFiltered(ProviderError):
    code = "content_filtered"
    sentence = _(
        "The model service's content filter held back this reply. Please put your message differently."
    )


class BadRequest(ProviderError):
    """400 and its like, with no better class. `parameter` is the one at fault, where the service names it."""

    parameter = ""
    code = "provider_refused"
    sentence = _(
        "The model service refused this request. Please retry; "
        "if it stays so, tell the person who runs this site."
    )


class ProviderDown(ProviderError):
    """5xx, and errors the service reports in the middle of a stream."""

    code = "provider_down"
    sentence = _("The model service has a problem of its own. Please retry in a little while.")


class ProviderUnreachable(ProviderError):
    """Refused, unknown host, no connection in time, closed or reset before any header."""

    code = "provider_unreachable"
    sentence = _(
        "The model service cannot be reached. Please retry soon; "
        "if it stays so, tell the person who runs this site."
    )


class ProviderSilent(ProviderError):
    """A deadline passed: first byte, between chunks, or the whole reply."""

    code = "provider_silent"
    status = 504
    sentence = _("The model service took too long to answer. Please retry.")


class NotAModelServer(ProviderError):
    """An answer that is no stream of a model: a web page, other JSON, nothing, a redirect."""

    code = "not_a_model_server"
    sentence = _(
        "The address set for the model service answers, but not as a model service does. "
        "Please tell the person who runs this site."
    )


class AddressRefused(ProviderError):
    """A provider of the admin's leads to where this site does not connect to."""

    code = "address_refused"
    sentence = _(
        "The model service's address leads to where this site may not connect to. "
        "Please tell the person who runs this site."
    )


class StreamCut(ProviderError):
    """The stream ended without a finish_reason, or broke."""

    code = "stream_cut"
    sentence = _(
        "The connection to the model service broke before the reply was whole. Please continue or retry."
    )


class ReplyTooLarge(ProviderError):
    """2 MiB of text, or one line of 1 MiB."""

    code = "reply_too_large"
    sentence = _("The reply grew too large and was cut off. Please ask for something shorter.")


class BadParameter(RequestError):
    """One out of its range, which `said` tells. `parameter` is its name, if it has one."""

    code = "bad_parameter"
    sentence = _("One of these settings cannot be used. Nothing was saved.")

    def __init__(self, said: str = "", *, parameter: str = "") -> None:
        super().__init__()
        self.parameter = parameter
        self._said = said

    def user_text(self) -> str:
        return self._said or str(self.sentence)


class Overloaded(ProviderError):
    """529, and the words of services that have too much to do just now."""

    code = "provider_overloaded"
    status = 503
    sentence = _("The AI provider is overloaded right now. Try again in a minute.")
    sentence_with_wait = _("The AI provider is overloaded right now. Try again in %(wait)s.")


class EmptyReply(ProviderError):
    """The reply ended in order, without a word."""

    code = "empty_reply"
    sentence = _(
        "The model ended its reply without saying anything. Try again, or put your message differently."
    )


class OnlyThinking(ProviderError):
    """The reply ended in order after its thinking."""

    code = "only_thinking"
    sentence = _("The model thought about it, but gave no reply. Its thinking is above; try again.")


class LengthSpent(ProviderError):
    """The maximum length was reached before the first word: as a rule it went into the thinking."""

    code = "length_spent"
    sentence = _(
        "The model reached its maximum length before the reply began, most likely by thinking. "
        "Raise the maximum length or lower the reasoning effort in the chat settings, then try again."
    )


class ToolCalled(ProviderError):
    """The model called a tool, and was offered none."""

    code = "tool_called"
    sentence = _(
        "The model tried to use a tool, and there are none in this chat. "
        "Try again, or ask it to answer without tools."
    )
