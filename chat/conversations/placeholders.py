"""What `{{date}}`, `{{user}}` and `{{language}}` stand for in the words of a persona."""

import re

from django.utils import formats, timezone
from django.utils.translation import get_language, get_language_info

from chat.models import Message, User

_PLACEHOLDER = re.compile(r"\{\{\s*(date|user|language)\s*\}\}")


def instructions_for(reply: Message) -> str:
    """Return what the reply's conversation tells the model, filled in for the person who asked. No query."""
    return fill_placeholders(reply.conversation.instructions, reply.author)


def fill_placeholders(words: str, person: User | None) -> str:
    """Return a persona's words with their placeholders filled in, once.

    `{{date}}` and `{{language}}` are those of the reader, as far as the caller has made them current, and
    `{{user}}` what the person is called. Anything else in braces is text like any other.
    """
    if not _PLACEHOLDER.search(words):
        return words
    values = {
        "date": formats.date_format(timezone.localdate(), "l, Y-m-d"),
        "user": person.get_short_name() if person else "",
        "language": get_language_info(get_language() or "en")["name_local"],
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], words)
