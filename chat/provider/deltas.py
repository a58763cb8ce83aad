"""What a reply's stream brings, piece by piece. A further kind, such as a tool call, is a struct more."""

from __future__ import annotations

import msgspec


class TextDelta(msgspec.Struct, frozen=True, gc=False):
    """More text of the answer."""

    text: str


class ReasoningDelta(msgspec.Struct, frozen=True, gc=False):
    """More of the thinking."""

    text: str


class TextWasReasoning(msgspec.Struct, frozen=True, gc=False):
    """The last `length` characters of all the text given so far turned out to be thinking: its newest."""

    length: int


Delta = TextDelta | ReasoningDelta | TextWasReasoning


def add(text: str, reasoning: str, delta: Delta) -> tuple[str, str]:
    """Return the two texts of a reply with what came of it."""
    match delta:
        case TextDelta():
            return text + delta.text, reasoning
        case ReasoningDelta():
            return text, reasoning + delta.text
        case TextWasReasoning():
            place = len(text) - delta.length
            return text[:place], reasoning + text[place:]
