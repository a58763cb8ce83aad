"""The words in an answer to a transcription, in whatever form services give them.

Known: JSON; plain text; OpenAI's events; the chunks of vLLM (its issue 49116), which look like those of a
chat; bare segments, each an event (faster-whisper-server). llama.cpp says `"text": ""` in its last event (its
PR 21863), and some services have no last event at all: so the pieces are collected, and what the last event
says counts only if there is something in it.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from chat.core.text import clean
from chat.provider import faults
from chat.provider.errors import NotAModelServer
from chat.provider.speech.invented import with_space
from chat.provider.sse import BareLine, ErrorData, EventSplitter

MAX_WORDS = 100_000
"""Characters of a clip's words. In 10 minutes a quick speaker says 12,000."""

WRAPPED = re.compile(r"\s*(?:event:[^\n]*\n)?data: ?(?:\{\"|\[DONE\])")
"""LiteLLM 1.106 puts the whole stream of the service behind it into the "text" of its JSON."""

NAMES = ("text", "transcription", "transcript", "segments", "result")
"""Where the words are in JSON. Some leave out `text`, or say null, and have segments alone."""

DEEPEST = 4
CHARSET = re.compile(r"\bcharset=\"?([\w.:-]{1,40})")
OF_NAMES = {"punycode", "idna"}
"""What Python has beside character sets, for the names of hosts: 160 kB of Punycode take 9 s."""

PAGE = re.compile(rb"(?i)\s*<(?:!doctype|html|head|body)")


class Transcript:
    """Collect the words of a streamed answer, event by event."""

    def __init__(self) -> None:
        self.is_done = False
        self.has_begun = False
        # Lists: a text that grows by a character at a time would be copied at each of 100,000
        self._pieces: list[str] = []
        self._segments: list[str] = []
        self.length = 0
        """Characters of the words so far."""

    @property
    def text(self) -> str:
        """All words so far, put together anew each time."""
        return clean("".join(self._pieces) or "".join(self._segments)).strip()

    def add(self, data: bytes) -> None:
        """Take the data of one event. Raises ProviderError for one that tells of an error."""
        if data.strip() == b"[DONE]":
            self.is_done = self.has_begun = True
            return
        try:
            event = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            event = None
        if isinstance(data, ErrorData | BareLine) or not isinstance(event, dict):
            raise faults.error_from_body(data)
        self._take(event)
        if self.length > MAX_WORDS:
            raise NotAModelServer(f"more than {MAX_WORDS} characters of a clip")

    def _take(self, event: dict[str, Any]) -> None:
        kind = str(event.get("type") or event.get("object") or "")
        if event.get("error") or kind.endswith("error"):
            raise faults.error_from_event(event.get("error") or event)
        if kind == "transcript.text.delta":
            self._add(self._pieces, _string(event, "delta"))
        elif kind == "transcript.text.done":
            self._end(_string(event, "text"))
        elif isinstance(event.get("choices"), list):
            self._add(self._pieces, *(_string(_delta(choice), "content") for choice in event["choices"]))
        elif isinstance(event.get("text"), str):  # a segment; with pieces beside it, it says the same again
            self._add(self._segments, with_space(event["text"], self._segments))
        elif not kind:
            raise faults.error_from_event(event)
        self.has_begun = True

    def _add(self, words: list[str], *pieces: str) -> None:
        words += filter(None, pieces)
        self.length += sum(map(len, pieces))

    def _end(self, text: str) -> None:
        """Take what the last event says for all of it, if it says something."""
        if text:
            self._pieces, self.length = [text], len(text)
        self.is_done = True


def whole_text(body: bytes, kind: str, options: str = "") -> str:
    """Return the words of an answer that is no stream. Raises ProviderError.

    `kind` is its content type, `options` what followed that.
    """
    if not body.strip() and kind != "text/plain":
        raise NotAModelServer("the answer is empty")
    if PAGE.match(body):
        raise faults.error_from_body(body)
    try:
        value = json.loads(body)  # which finds out UTF-16 and a byte order mark
    except (ValueError, RecursionError):
        if kind not in {"text/plain", ""}:
            raise faults.error_from_body(body) from None
        value = _decoded(body, options)
    if kind == "text/plain" and not isinstance(value, str | dict | list):  # a number that was said
        value = _decoded(body, options)
    text = _text_in(value)
    if text is None:
        raise faults.error_from_body(body)
    if WRAPPED.match(text):
        return _text_of_events(text)
    if len(text) > MAX_WORDS:
        raise NotAModelServer(f"more than {MAX_WORDS} characters of a clip")
    return clean(text).strip("\ufeff").strip()


def _text_in(value: object, depth: int = 0) -> str | None:
    """Return the words in an answer's JSON, or those of its segments; None where there are none."""
    if isinstance(value, str):
        return value
    if depth == DEEPEST:
        return None
    if isinstance(value, list):
        return _joined([_text_in(segment, depth + 1) for segment in value])
    if not isinstance(value, dict) or value.get("error"):
        return None
    named = (_text_in(value.get(name), depth + 1) for name in NAMES)
    text = next((words for words in named if words is not None), None)
    is_empty = text is None and value.get("text", value.get("segments")) in (None, [])
    return "" if is_empty and value.keys() & {"text", "segments"} else text


def _joined(found: list[str | None]) -> str | None:
    """Return the words of segments; None where there are no segments, or one has no words in it at all."""
    words: list[str] = []
    for segment in found:
        if segment is None:
            return None
        if segment:
            words.append(with_space(segment, words))
    return "".join(words) if found else None


def _decoded(body: bytes, options: str) -> str:
    """Return a text in the character set that its content type names."""
    found = CHARSET.search(options)
    try:
        known = codecs.lookup(found[1]).name if found else "utf-8"
        return body.decode("utf-8" if known in OF_NAMES else known, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _text_of_events(text: str) -> str:
    """Return the words of an event stream that came as a text."""
    transcript, events = Transcript(), EventSplitter()
    for data in (*events.feed(text.encode("utf-8", "surrogatepass")), *events.flush()):
        transcript.add(data)
    return transcript.text


def _delta(choice: object) -> dict[str, Any]:
    inner = choice.get("delta") or choice.get("message") if isinstance(choice, dict) else None
    return inner if isinstance(inner, dict) else {}


def _string(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
