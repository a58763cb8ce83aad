"""What a message is made of: an ordered list of typed parts.

Today that is one text. A picture, a document or the call of a tool is another kind of part: a struct here,
and what a provider is sent for it in chat/provider/content.py.
"""

from collections.abc import Sequence
from typing import Any

import msgspec


class TextPart(msgspec.Struct, tag="text", frozen=True):
    """Words: Markdown in an answer, plain text in a question."""

    text: str


class UnknownPart(msgspec.Struct, tag="unknown", frozen=True):
    """A part of a kind that a newer version has written."""


Part = TextPart | UnknownPart


def read(stored: Sequence[Any]) -> tuple[Part, ...]:
    """Return the parts that a row holds; those of unknown kinds have no content."""
    return tuple(_part(value) for value in stored)


def _part(value: Any) -> Part:
    try:
        part: Part = msgspec.convert(value, Part)
        return part
    except msgspec.ValidationError:
        return UnknownPart()
