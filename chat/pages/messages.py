"""A message as HTML: the one place for the page, the socket and the admin."""

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.core.errors import for_code
from chat.core.text import is_long
from chat.markdown import RENDERER_VERSION, render
from chat.models import Message, Role
from chat.moderation.actions import mark_reported
from chat.provider import parameters
from chat.replies.request_log import mark_view


def body_html(message: Message) -> SafeString:
    """What was said, as safe HTML: a person's words escaped, the model's rendered and sanitised."""
    if message.role == Role.USER:
        return escape(message.text)
    closed = message.html and message.html_version == RENDERER_VERSION
    return mark_safe(message.html if closed else render(message.text))


def thinking_html(message: Message | None) -> SafeString:
    """What a reply thought before it answered, as safe HTML."""
    if message is None or not message.reasoning:
        return escape("")
    closed = message.thinking_html and message.html_version == RENDERER_VERSION
    return mark_safe(message.thinking_html if closed else render(message.reasoning))


def error_sentence(message: Message) -> str:
    """What went wrong with a reply and what to do, in the active language; "" when nothing did."""
    return for_code(message.error)().user_text() if message.error else ""


def request_line(message: Message | None) -> str:
    """By what the operator finds a reply that went wrong, in the active language; "" when nothing did."""
    return request_named(message.request_id) if message and message.error else ""


def request_named(request_id: str) -> str:
    """The line of `request_line`; "" without an id."""
    return _("Request ID: %(id)s") % {"id": request_id} if request_id else ""


def untaken_sentence(message: Message) -> str:
    """Which of the parameters that were set the model did not take, in the active language."""
    words = {"names": parameters.labels(message.untaken)}
    return _("This model doesn't support these settings: %(names)s") % words


def instead(message: Message | None) -> str:
    """That another model was chosen than the one that answered, in the active language; "" as a rule."""
    if message is None or not message.instead_of:
        return ""
    names = {"chosen": message.instead_of, "answering": message.model_label or message.model}
    return _("%(chosen)s is no longer available; %(answering)s replied.") % names


def thought(message: Message | None) -> str:
    """How long a reply has thought, in the active language, as the page says it (live.js)."""
    if message is None or message.thinking_ms is None:
        return _("Thinking")
    return _("Thought for {} s").format(max(1, round(message.thinking_ms / 1000)))


def dropped(count: int) -> str:
    """That `count` exchanges were left out, in the active language; "" when none was."""
    if not count:
        return ""
    return ngettext(
        "The conversation was too long; 1 older exchange was left out.",
        "The conversation was too long; %(count)d older exchanges were left out.",
        count,
    ) % {"count": count}


def is_folded(message: Message | None) -> bool:
    """Whether the page shows the beginning of it first: a person's long message."""
    return message is not None and not message.is_hidden and is_long(message.text)


def article(message: Message) -> str:
    """The message's whole article, with its place among its siblings."""
    Message.with_siblings([message])
    mark_reported([message])
    mark_view(message)
    return render_to_string("pages/_message.html", {"message": message})
