"""How replies end that are none, although the model service answered in order."""

from django.utils.translation import gettext_lazy as _

from chat.errors import ProviderError


class Overloaded(ProviderError):
    """529, and the words of services that have too much to do just now."""

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
        "The model reached the maximum length before its reply began, most likely by thinking. "
        "Raise the limit or lower the reasoning effort in the chat settings, then try again."
    )


class ToolCalled(ProviderError):
    """The model called a tool, and was offered none."""

    code = "tool_called"
    sentence = _(
        "The model tried to use a tool, but this chat has none. Try again, or ask it to reply without tools."
    )
