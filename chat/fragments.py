"""A message as HTML: the one place for the page, the socket and the admin."""

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chat.errors import for_code
from chat.markdown import RENDERER_VERSION, render
from chat.models import Message, Role
from chat.text import is_long


def body_html(message: Message) -> SafeString:
    """What was said, as safe HTML: a person's words escaped, the model's rendered and sanitised."""
    if message.role == Role.USER:
        return escape(message.text)
    closed = message.html and message.html_version == RENDERER_VERSION
    return mark_safe(message.html if closed else render(message.text))


def error_sentence(message: Message) -> str:
    """What went wrong with a reply and what to do, in the active language; "" when nothing did."""
    return for_code(message.error)().user_text() if message.error else ""


def thought(message: Message | None) -> str:
    """How long a reply has thought, in the active language, as the page says it (live.js)."""
    if message is None or message.thinking_ms is None:
        return _("Thinking")
    return _("Thought for {} s").format(max(1, round(message.thinking_ms / 1000)))


def is_folded(message: Message | None) -> bool:
    """Whether the page shows the beginning of it first: a person's long message."""
    return message is not None and not message.is_hidden and is_long(message.text)


def article(message: Message) -> str:
    """The message's whole article, with its place among its siblings."""
    Message.with_siblings([message])
    return render_to_string("chat/_message.html", {"message": message})
