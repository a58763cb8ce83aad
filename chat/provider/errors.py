"""What providers do wrong, or refuse, and replies that end without an answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.core.errors import ChatError, RequestError


class ProviderError(ChatError):
    """The provider did not give a whole reply. What had come until then is the caller's to keep."""

    code = "provider"
    status = 502
    sentence = _("The AI provider sent no reply. Try again.")


class WrongKey(ProviderError):
    """401 and 403."""

    code = "wrong_key"
    sentence = _("The provider rejected this site’s API key. Please tell your administrator.")


class UnknownModel(ProviderError):
    """404."""

    code = "unknown_model"
    sentence = _(
        "This model isn’t available at the provider. Choose another one, or tell your administrator."
    )


class NoModelListed(UnknownModel):
    code = "no_model_listed"
    sentence = _("No model is set up at the provider yet. Please tell your administrator.")


class OutOfCredit(ProviderError):
    """402, and 429 with `insufficient_quota`."""

    code = "out_of_credit"
    sentence = _("This site has run out of credit at the provider. Please tell your administrator.")


class RateLimited(ProviderError):
    """429. `retry_after` when the provider named it."""

    code = "rate_limited"
    status = 503
    sentence = _("Too many requests right now. Try again in a minute.")
    sentence_with_wait = _("Too many requests right now. Try again in %(wait)s.")


class ContextTooLong(ProviderError):
    code = "context_too_long"
    sentence = _("This conversation is too long for the model. Shorten your message or start a new chat.")


class ContentFiltered(ProviderError):
    code = "content_filtered"
    sentence = _("The provider’s content filter blocked this reply. Try rephrasing your message.")


class BadRequest(ProviderError):
    """400 and its like, with no better class. `parameter` is the one at fault, if the provider names it."""

    parameter = ""
    code = "provider_refused"
    sentence = _(
        "The provider refused this request. Try again; if it keeps happening, tell your administrator."
    )


class ProviderDown(ProviderError):
    """5xx, and errors the provider reports in the middle of a stream."""

    code = "provider_down"
    sentence = _("The AI provider is having problems. Try again shortly.")


class ProviderUnreachable(ProviderError):
    """Refused, unknown host, no connection in time, closed or reset before any header."""

    code = "provider_unreachable"
    sentence = _(
        "Can’t reach the AI provider. Try again shortly; if it keeps happening, tell your administrator."
    )


class ProviderSilent(ProviderError):
    """A deadline passed: first byte, between chunks, or the whole reply."""

    code = "provider_silent"
    status = 504
    sentence = _("The AI provider took too long to reply. Try again.")


class NotAModelServer(ProviderError):
    """An answer that is no stream of a model: a web page, other JSON, nothing, a redirect."""

    code = "not_a_model_server"
    sentence = _("The provider’s address doesn’t lead to a model API. Please tell your administrator.")


class AddressRefused(ProviderError):
    """A provider of the admin's leads to where this site does not connect to."""

    code = "address_refused"
    sentence = _(
        "This site isn’t allowed to connect to the provider’s address. Please tell your administrator."
    )


class StreamCut(ProviderError):
    """The stream ended without a finish_reason, or broke."""

    code = "stream_cut"
    sentence = _("Connection lost mid-reply. Continue or try again.")


class ReplyTooLarge(ProviderError):
    """2 MiB of text, or one line of 1 MiB."""

    code = "reply_too_large"
    sentence = _("The reply got too long and was cut off. Ask for something shorter.")


class BadParameter(RequestError):
    """One out of its range, which `said` tells. `parameter` is its name, if it has one."""

    code = "bad_parameter"
    sentence = _("One of these settings can’t be used, so nothing was saved.")

    def __init__(self, said: str = "", *, parameter: str = "") -> None:
        super().__init__()
        self.parameter = parameter
        self._said = said

    def user_text(self) -> str:
        return self._said or str(self.sentence)


class Overloaded(ProviderError):
    """529, and the words of providers that have too much to do just now."""

    code = "provider_overloaded"
    status = 503
    sentence = _("The AI provider is overloaded right now. Try again in a minute.")
    sentence_with_wait = _("The AI provider is overloaded right now. Try again in %(wait)s.")


class EmptyReply(ProviderError):
    """The reply ended in order, without a word."""

    code = "empty_reply"
    sentence = _("The model sent an empty reply. Try again, or rephrase your message.")


class OnlyThinking(ProviderError):
    """The reply ended in order after its thinking."""

    code = "only_thinking"
    sentence = _("The model stopped after thinking, without a reply. Try again.")


class LengthSpent(ProviderError):
    """The maximum length was reached before the first word: as a rule it went into the thinking."""

    code = "length_spent"
    sentence = _(
        "The model reached its maximum length before replying, probably while thinking. Raise the maximum "
        "reply length or lower the reasoning effort in Chat settings, then try again."
    )


class ToolCalled(ProviderError):
    """The model called a tool, and was offered none."""

    code = "tool_called"
    sentence = _(
        "The model tried to use a tool, but none is available here. Try again, or ask it to reply without "
        "tools."
    )
