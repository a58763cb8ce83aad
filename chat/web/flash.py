"""What the next page says once, and the way to undo what was done if there is one.

Django's messages carry a text, a level and tags. They travel in a cookie, so that nothing is written to the
database, and the way back travels in the tags: only this file knows.
"""

import json
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class Undo:
    """A button that posts to an address."""

    address: str
    label: str


def flash(
    request: HttpRequest, text: str, level: int = messages.SUCCESS, *, undo: str = "", undo_label: str = ""
) -> None:
    """Let the next page say `text`, with a button "Undo" (or `undo_label`) that posts to `undo` if given."""
    way_back = json.dumps(asdict(Undo(undo, undo_label or gettext("Undo")))) if undo else ""
    messages.add_message(request, level, text, extra_tags=way_back)


def undo_of(message: Message) -> Undo | None:
    """Return the way to undo what a message tells of; None without one."""
    tags = message.extra_tags or ""
    if tags.startswith("/"):  # of an older version, which kept the address alone
        return Undo(tags, gettext("Undo"))
    return Undo(**json.loads(tags)) if tags.startswith("{") else None
