"""The events of a chat completion's stream, decoded: fast as documented, tolerant otherwise."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

MAX_COUNT = 2**31 - 1
"""A count of tokens has to fit a database's integer."""


class WireDelta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class WireChoice(msgspec.Struct, gc=False):
    delta: WireDelta | None = None
    finish_reason: str | None = None


Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]


class WireUsage(msgspec.Struct, gc=False):
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None


class WireChunk(msgspec.Struct, gc=False):
    choices: list[WireChoice] | None = None
    usage: WireUsage | None = None
    model: str | None = None
    error: Any = None


_decode = msgspec.json.Decoder(WireChunk).decode


def decode(data: bytes) -> WireChunk:
    """Decode the data of one event. Raises ValueError when it is no JSON at all."""
    try:
        chunk = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_odd(data)
    return chunk if chunk.choices or chunk.usage else _decode_odd(data)


def _decode_odd(data: bytes) -> WireChunk:
    """Decode an event that is not as documented.

    What is not understood is left out, and bytes that are no UTF-8 become U+FFFD.
    """
    try:
        value = json.loads(data.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        return WireChunk()
    choices = value.get("choices")
    choice = _dict(choices[0]) if isinstance(choices, list) and choices else {}
    delta = _dict(choice.get("delta"))
    wire_delta = WireDelta(
        _text(delta.get("content")), _text(delta.get("reasoning_content")), _text(delta.get("reasoning"))
    )
    usage = _dict(value.get("usage"))
    counts = WireUsage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
    return WireChunk(
        choices=[WireChoice(wire_delta, _text(choice.get("finish_reason")) or None)],
        usage=counts if usage else None,
        model=_text(value.get("model")) or None,
        error=value.get("error") or (value if value.get("object") == "error" else None),
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= MAX_COUNT else None


def _text(value: object) -> str:
    """Text as such, or as a list of parts."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) if isinstance(part, dict) else _text(part) for part in value)
    return value if isinstance(value, str) else ""
