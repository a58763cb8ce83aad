"""A conversation as a Markdown file: the branch in view, under a head of what is known of it.

What people wrote is quoted: it is plain text, and in a quotation nothing of it runs on into what follows.
What models wrote is Markdown already (chat/markdown/portable.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from chat.conversations.presenter import outline
from chat.markdown.portable import portable, quoted
from chat.models import Message, Role
from chat.transfer.document import (
    Document,
    name_of,
    notes,
    said,
    unseen_line,
    version_line,
)

# What would be more than words in a line of Markdown
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
# Separators that YAML takes for the end of a line, and controls that it refuses
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def pieces(document: Document) -> Iterator[bytes]:
    """Return the file, a piece after the other, in the active language and by the active clock."""
    yield _head(document).encode()
    for message, version in document.in_view():
        yield _message(message, version).encode()


def _head(document: Document) -> str:
    """Return the front matter and the title."""
    row = document.conversation
    facts = {
        "title": row.title,
        "created": timezone.localtime(row.created_at).isoformat(timespec="seconds"),
        "updated": timezone.localtime(row.last_activity_at).isoformat(timespec="seconds"),
        "model": str(row.model or ""),
        "persona": row.persona_name,
        "project": document.project_name,
    }
    lines = ["---", *(f"{name}: {_yaml(value)}" for name, value in facts.items() if value), "---"]
    head = "\n".join(lines) + f"\n\n# {line(row.title)}\n"
    if others := unseen_line(document.unseen):
        head += f"\n*{line(others)}*\n"
    return head


def _message(message: Message, version: tuple[int, int] | None) -> str:
    """Return a message below its heading, with an empty line before it."""
    when = formats.date_format(timezone.localtime(message.created_at), "DATETIME_FORMAT")
    about = [when, *([version_line(version)] if version else [])]
    parts = [f"## {line(name_of(message))}", f"*{line(' · '.join(about))}*"]
    if message.is_hidden:
        parts.append(f"*{line(_('This message was hidden by a moderator.'))}*")
    else:
        parts += _content(message)
    return "\n" + "\n\n".join(parts) + "\n"


def _content(message: Message) -> Iterator[str]:
    """Return what was thought, what was said, and how it ended."""
    text, thinking = said(message)
    if thinking:
        yield quoted(f"**{line(outline(message).thinking_line)}**\n\n{portable(thinking)}")
    if text.strip():
        yield portable(text) if message.role == Role.ASSISTANT else quoted(text)
    for note in notes(message):
        yield f"*{line(note)}*"


def line(text: str) -> str:
    """Return words as one line of Markdown that says just that."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _yaml(text: str) -> str:
    """Return a text as YAML's double quotes have it, which are JSON's but for a few characters."""
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
