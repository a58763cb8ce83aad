"""Odd but real shapes of a stream, each a whole body; and what text each should give."""

from __future__ import annotations

import json

TEXT = "Grüße, 世界 🙂"
DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def delta(content: object) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": content}}]})


def escaped(content: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": content}}]}).encode() + b"\n\n"


STOP = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
GOOD = delta(TEXT) + STOP + DONE


def before(odd: bytes) -> bytes:
    """An odd event at the start and in the middle of a good stream."""
    return odd + delta(TEXT[:5]) + odd + delta(TEXT[5:]) + STOP + DONE


FORMS: dict[str, bytes] = {
    "good": GOOD,
    "crlf": GOOD.replace(b"\n", b"\r\n"),
    "cr": GOOD.replace(b"\n", b"\r"),
    "bom": b"\xef\xbb\xbf" + GOOD,
    "empty_data": before(b"data: \n\ndata:\n\ndata\n\n"),
    "word_data": before(b"data: ping\n\ndata: : keep-alive\n\n"),
    "retry_and_id": before(b"retry: 3000\nid: 1\n\nevent: ping\n\n"),
    "one_line_end": GOOD.replace(b"\n\n", b"\n"),
    "messages": GOOD.replace(b'"delta"', b'"message"'),
    "bare_lines": (delta(TEXT) + STOP).replace(b"data: ", b"").replace(b"\n\n", b"\n"),
    "comments": b": hello\n\n" + GOOD.replace(b"\n\n", b"\n\n: ping\n\n"),
    "no_space": GOOD.replace(b"data: ", b"data:"),
    "other_fields": GOOD.replace(b"data: ", b"event: message\nid: 7\nretry: 10\ndata: "),
    "multi_line_data": GOOD.replace(b', "delta"', b',\ndata: "delta"'),
    "no_last_newline": GOOD.removesuffix(b"\n\n"),
    "no_choices": before(event({"choices": []})),
    "null_choices": before(event({"choices": None})),
    "missing_choices": before(event({"id": "x"})),
    "null_choice": before(event({"choices": [None]})),
    "null_delta": before(event({"choices": [{"delta": None}]})),
    "missing_delta": before(event({"choices": [{"index": 0}]})),
    "null_content": before(delta(None)),
    "list_event": before(event([1, 2])),
    "string_event": before(event("hi")),
    "null_event": before(event(None)),
    "number_event": before(event(5)),
    "object_choices": before(event({"choices": {"delta": {"content": "no"}}})),
    "number_content": before(delta(7)),
    "unknown_fields": before(event({"choices": [], "x": {"y": [1]}, "provider": "z"})),
    "role_only": before(event({"choices": [{"delta": {"role": "assistant"}}]})),
    "null_usage": before(event({"choices": [], "usage": None})),
    "odd_usage": before(event({"choices": [], "usage": {"prompt_tokens": "many"}})),
    "odd_model": before(event({"model": 5, "choices": []})),
    "null_error": GOOD.replace(b'{"choices"', b'{"error": null, "choices"'),
    "parts": delta([{"type": "text", "text": TEXT[:5]}, {"type": "text", "text": TEXT[5:]}]) + STOP + DONE,
    "string_parts": delta([TEXT[:5], TEXT[5:]]) + STOP + DONE,
    "finish_with_text": event({"choices": [{"delta": {"content": TEXT}, "finish_reason": "stop"}]}) + DONE,
    "split_surrogates": delta(TEXT[:-1]) + escaped("\ud83d") + escaped("\ude42") + STOP + DONE,
    "lone_surrogate": escaped("a\ud83d") + escaped("b") + STOP + DONE,
    "last_surrogate": escaped("ab\ud83d") + STOP + DONE,
    "nul": delta("a\0b") + STOP + DONE,
    "bad_utf8": delta("a?b").replace(b"?", b"\xff") + STOP + DONE,
    "bad_json": delta("ab") + b"data: {nonsense\n\n" + STOP + DONE,
    "deep_json": delta("ab") + b"data: " + b"[" * 100_000 + b"\n\n" + STOP + DONE,
}

EXPECTED = {
    "lone_surrogate": "a\ufffdb",
    "last_surrogate": "ab\ufffd",
    "nul": "a\ufffdb",
    "bad_utf8": "a\ufffdb",
}
"""The text each form should give, where it is not TEXT."""

BROKEN = ("bad_json", "deep_json")
"""Forms that break off after "ab"."""
