"""The events of a chat completion's stream, decoded: fast as documented, tolerant otherwise."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from chat.provider.usage import WireUsage, count, usage_in

THINKING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text", "reasoning_details")
"""Where providers put the thinking, beside the answer. Some send the same in two: the first counts."""

THINKING_PARTS = ("think", "reason")
"""How the types of those parts of a content begin that are thinking: Mistral's, Anthropic's, OpenRouter's."""


class WireDelta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: Any = None
    function_call: Any = None


class WireChoice(msgspec.Struct, gc=False):
    """`usage` is Moonshot's place for it."""

    delta: WireDelta | None = None
    finish_reason: str | None = None
    usage: WireUsage | None = None


class WireChunk(msgspec.Struct, gc=False):
    """One event. `is_whole` says that it is no piece of an answer, but all of it; `is_last` that no other
    follows. `timings` are llama.cpp's."""

    choices: list[WireChoice] | None = None
    usage: WireUsage | None = None
    timings: Any = None
    model: str | None = None
    error: Any = None
    is_whole: bool = False
    is_last: bool = False


_decode = msgspec.json.Decoder(WireChunk).decode


def decode(data: bytes) -> WireChunk:
    """Decode the data of one event. Raise ValueError when it is no JSON at all."""
    try:
        chunk = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_odd(data)
    if chunk.choices:
        choice = chunk.choices[0]
        delta = choice.delta
        if delta is not None and (
            delta.content or delta.reasoning_content or delta.reasoning or choice.finish_reason
        ):
            return chunk
    elif chunk.usage is not None and chunk.usage.prompt_tokens is not None:
        return chunk
    return _decode_odd(data)


def _decode_odd(data: bytes) -> WireChunk:
    """Decode an event that is not as documented.

    What is not understood is left out, and bytes that are no UTF-8 become U+FFFD.
    """
    try:
        return _understood(json.loads(data.decode("utf-8", "replace")))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _understood(value: object) -> WireChunk:
    if not isinstance(value, dict):
        return WireChunk()
    choices = value.get("choices")
    choice = _dict(choices[0]) if isinstance(choices, list) and choices else {}
    said = _said(value, choice)
    is_last = value.get("done") is True
    reason = _reason(value, choice, said) or ("stop" if is_last else "")
    return WireChunk(
        choices=[WireChoice(_delta(said), reason or None)],
        usage=_usage(value) or _usage(choice),
        timings=value.get("timings"),
        model=_text(value.get("model")) or None,
        error=_error(value, choice),
        is_whole=value.get("object") == "chat.completion" and "delta" not in choice,
        is_last=is_last,
    )


def _said(value: dict[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    """Return what holds the words.

    That is a delta, a message in its place (also Ollama's own, outside of choices), the choice itself in a
    text completion, or the event.
    """
    for said in (choice.get("delta"), choice.get("message"), value.get("message"), value.get("delta")):
        if isinstance(said, dict):
            return said
    if "text" in choice:
        return {"content": choice["text"]}
    if isinstance(value.get("response"), str) and "done" in value:  # Ollama's /api/generate
        return value | {"content": value["response"]}
    return value if value.get("type") == "message" else {}


def _delta(said: dict[str, Any]) -> WireDelta:
    content = said.get("content") or said.get("refusal")
    if not content and "text" in str(said.get("type", "")):
        content = said.get("text")
    text, thought = split_parts(content)
    field = next((found for name in THINKING_FIELDS if (found := _text(said.get(name)))), "")
    return WireDelta(text, thought + field, None, said.get("tool_calls"), said.get("function_call"))


def _reason(value: dict[str, Any], choice: dict[str, Any], said: dict[str, Any]) -> str:
    named = (choice.get("finish_reason"), value.get("done_reason"), said.get("stop_reason"))
    return next((reason for reason in named if isinstance(reason, str) and reason), "")


def _usage(value: dict[str, Any]) -> WireUsage | None:
    usage = _dict(value.get("usage"))
    if not usage and "eval_count" in value:  # Ollama's own
        return WireUsage(count(value.get("prompt_eval_count")), count(value["eval_count"]))
    return usage_in(usage) if usage else None


def _error(value: dict[str, Any], choice: dict[str, Any]) -> Any:
    """Return the error of an event, in any of the shapes that are known; None when it tells of none."""
    if error := value.get("error") or choice.get("error"):
        return error
    if "error" in (value.get("object"), value.get("type")):
        return value
    if choice or "choices" in value:
        return None
    if detail := value.get("detail") or value.get("errors"):
        return {"message": detail, "code": value.get("code") or value.get("status")}
    return value if isinstance(value.get("message"), str) and _names_an_error(value) else None


def _names_an_error(value: dict[str, Any]) -> bool:
    """Return whether a message comes with the number or the name of an error. (Some tell of a queue so.)"""
    code = value.get("code")
    if isinstance(code, str) and code and not _is_number(code):
        return True
    numbers = filter(_is_number, map(str, (code, value.get("status"))))
    return "error" in str(value.get("type")).lower() or any(int(number) >= 400 for number in numbers)


def _is_number(text: str) -> bool:
    # `int` takes neither all that isdigit() does ("²") nor 4,300 digits
    return text.isdecimal() and len(text) < 20


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def split_parts(content: object) -> tuple[str, str]:
    """Return the text and the thinking of a content: as such, or as a list of parts."""
    if not isinstance(content, list | dict):
        return _text(content), ""
    texts: list[str] = []
    thoughts: list[str] = []
    for part in content if isinstance(content, list) else [content]:
        kind = part.get("type") if isinstance(part, dict) else ""
        is_thinking = isinstance(kind, str) and kind.startswith(THINKING_PARTS)
        (thoughts if is_thinking else texts).append(_text(part))
    return "".join(texts), "".join(thoughts)


def _text(value: object) -> str:
    """Return text, given as such or as a list of parts, which may hold parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_text, value))
    if isinstance(value, dict):
        names = ("text", "thinking", "reasoning", "content", "summary")
        return next((found for name in names if (found := _text(value.get(name)))), "")
    return ""


def says_anything(chunk: WireChunk) -> bool:
    """Return whether a chunk is a piece of a reply, or tells of an error."""
    choice = chunk.choices[0] if chunk.choices else WireChoice()
    said = choice.delta or WireDelta()
    words = said.content or said.reasoning_content or said.tool_calls or said.function_call
    return bool(chunk.error or words or choice.finish_reason or chunk.is_last or chunk.is_whole)


def error_in(data: bytes) -> object:
    """Return the error in the data of an event of that name: an object, or words."""
    words = data.decode("utf-8", "replace")
    try:
        value = json.loads(words)
    except (ValueError, RecursionError):
        return words
    return (value.get("error") or value) if isinstance(value, dict) else words
