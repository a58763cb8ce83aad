"""From a stream's bytes to a reply: what each network read brought, and whether the reply is whole."""

from __future__ import annotations

import msgspec

from chat.core.text import clean
from chat.provider import faults, finish, wire_chunks
from chat.provider.deltas import Delta, ReasoningDelta, TextDelta, TextWasReasoning
from chat.provider.errors import (
    ContentFiltered,
    EmptyReply,
    LengthSpent,
    OnlyThinking,
    ProviderDown,
    ProviderError,
    ReplyTooLarge,
    StreamCut,
    ToolCalled,
)
from chat.provider.repeated_events import RepeatedEvents
from chat.provider.sse import BareLine, ErrorData, EventSplitter
from chat.provider.thinking import ThinkingSplitter
from chat.provider.usage import WireUsage, tokens_cached

MAX_REPLY = 2 * 1024 * 1024
"""Characters of text and reasoning one reply may have."""

MAX_NAME = 200
"""Characters of what a provider calls its model."""

MAX_HEAD = 16 * 1024
"""Bytes kept of an answer that has not shown an event yet, to tell what it is."""


class End(msgspec.Struct, frozen=True):
    """How a whole reply ended: `finish_reason` in the words of chat/provider/finish.py, "" where the provider
    gave none. Tokens are None where the server does not count them; `tokens_cached` of `tokens_in` came from
    its cache."""

    finish_reason: str
    model: str
    tokens_in: int | None
    tokens_out: int | None
    tokens_cached: int | None = None


class Assembler:
    """Take a stream's bytes, give its text; know at the end whether the reply is whole.

    Nothing is raised on the way: a fault is kept, so that text which came in the same read as the
    fault is handed out first.
    """

    def __init__(self) -> None:
        self.finish_reason = ""
        self.done = False
        self.fault: ProviderError | None = None
        self._broken: ProviderError | None = None
        self._splitter = EventSplitter()
        self._repeated = RepeatedEvents()
        self._thinking = ThinkingSplitter()
        self._seen = False
        self._whole = False
        self._called = False
        self._head = b""
        self._size = 0
        self._held = ""
        self._model = ""
        self._usage = WireUsage()
        self._timings: object = None
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._has_text = False
        self._has_thoughts = False

    @property
    def over(self) -> bool:
        """Whether nothing more is wanted from the network."""
        return self.done or self.fault is not None

    def feed(self, data: bytes) -> list[Delta]:
        """Take the next bytes and return what they bring."""
        if not self._seen:
            self._head = (self._head + data)[:MAX_HEAD]
        if self._is_repeated(data):
            return self._batch(ended=False)
        events = self._splitter.feed(data)
        for event in events:
            if not self.over:
                self._event(event)
        if events and not self.over:
            self._repeated.learn(events[-1])
        if self._splitter.overflow and not self.over:
            self.fault = (
                ReplyTooLarge("a line of the stream is too long") if self._seen else self._no_stream()
            )
        return self._batch(ended=self.over)

    def _is_repeated(self, data: bytes) -> bool:
        """Take in events that are known but for their words; return whether that is all they are."""
        if self.over or not self._splitter.is_between_events or self._size + len(data) > MAX_REPLY:
            return False
        words = self._repeated.words(data)
        if not words:
            return False
        self._texts.append(words)
        self._size += len(words)
        self._model = self._repeated.model or self._model
        return True

    def flush(self) -> list[Delta]:
        """Return what an ended stream left: the last event without its blank line, half an emoji."""
        for event in self._splitter.flush():
            if not self.over:
                self._event(event, last=True)
        return self._batch(ended=True)

    @property
    def is_open_end(self) -> bool:
        """Whether the provider said that the reply is finished, but not that nothing more comes."""
        return self.finish_reason == finish.STOP and not self.done

    def outcome(self, cut: str, event_stream: bool) -> End | ProviderError:
        """Judge the ended stream. `cut` says how the transport broke, if it did."""
        if self.fault is not None:
            return self.fault
        if self.finish_reason == finish.FILTERED:
            return ContentFiltered("finish_reason content_filter")
        if self.finish_reason == finish.FAILED:
            return ProviderDown("finish_reason error")
        if self.finish_reason or self.done or self._whole:
            return self._without_words() or self._end()
        if cut or self._seen or (event_stream and not self._head.strip()):
            return StreamCut(cut or "the stream ended without a finish_reason")
        return self._no_stream()

    def _end(self) -> End:
        usage, model = self._usage, clean(self._model)[:MAX_NAME]
        cached = tokens_cached(usage, self._timings)
        return End(self.finish_reason, model, usage.prompt_tokens, usage.completion_tokens, cached)

    def _without_words(self) -> ProviderError | None:
        """Return what is wrong with a reply that ended in order, but is no answer."""
        reason = f"finish_reason {self.finish_reason or 'none'}"
        if self._called and self.finish_reason != finish.LENGTH:
            return ToolCalled(reason)
        if self._has_text:
            return None
        if self.finish_reason == finish.LENGTH:
            return LengthSpent(reason)
        return OnlyThinking(reason) if self._has_thoughts else EmptyReply(reason)

    def _no_stream(self) -> ProviderError:
        return faults.error_from_body(self._head)

    def _event(self, data: bytes, last: bool = False) -> None:
        if data.startswith(b"[DONE]"):
            self._seen = self.done = True
            return
        if type(data) is ErrorData:
            self._seen = True
            self.fault = faults.error_from_event(wire_chunks.error_in(data))
            return
        try:
            chunk = wire_chunks.decode(data)
        except ValueError as error:
            self._no_json(data, last, str(error))
            return
        if type(data) is BareLine and not wire_chunks.says_anything(chunk):
            return
        self._seen = True
        self._chunk(chunk)

    def _no_json(self, data: bytes, last: bool, why: str) -> None:
        """Note an event that is no JSON.

        Words, such as a ping, say nothing; what should be JSON is an event that got broken.
        """
        if isinstance(data, BareLine):
            return
        self._seen = True
        lines = data.splitlines()
        if (
            len(lines) > 1
        ):  # events without the blank lines between them, or one that was broken off by another
            self._each(lines)
            return
        words = data.strip().strip(b'"').upper()
        if words.startswith(b"[DONE]"):
            self.done = True
        elif words.lstrip(b"[").startswith(b"ERROR"):
            self.fault = faults.error_from_event(wire_chunks.error_in(data))
        elif words.startswith((b"{", b"[")):
            self._broken = StreamCut(f"an event is no JSON: {why}")
            if not last:  # the last one may just be cut off
                self.fault = self._broken

    def _each(self, lines: list[bytes]) -> None:
        self._broken = None
        for line in lines:
            if not self.over:
                self._event(line, last=True)
        if not self.over:
            self.fault = self._broken

    def _chunk(self, chunk: wire_chunks.WireChunk) -> None:
        if chunk.error:
            self.fault = faults.error_from_event(chunk.error)
            return
        if chunk.choices:
            self._choice(chunk.choices[0], chunk.is_whole)
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.timings is not None:
            self._timings = chunk.timings
        if chunk.model:
            self._model = chunk.model
        if chunk.is_last:
            self.done = True

    def _choice(self, choice: wire_chunks.WireChoice, is_whole: bool) -> None:
        if choice.usage is not None:
            self._usage = choice.usage
        if choice.finish_reason:
            self.finish_reason = finish.kind(choice.finish_reason) or self.finish_reason
        delta = choice.delta
        if delta is None or (is_whole and self._size):  # some repeat the whole of it after its pieces
            return
        self._whole = self._whole or is_whole
        if thought := delta.reasoning_content or delta.reasoning:
            self._thoughts.append(self._fitting(thought))
        if delta.content:
            self._texts.append(self._fitting(delta.content))
        if delta.tool_calls or delta.function_call:
            self._called = True

    def _fitting(self, text: str) -> str:
        room = MAX_REPLY - self._size
        self._size += len(text)
        if len(text) <= room:
            return text
        self.fault = ReplyTooLarge(f"more than {MAX_REPLY} characters")
        return text[:room]

    def _batch(self, ended: bool) -> list[Delta]:
        if not (self._texts or self._thoughts or self._held or ended):
            return []
        text = self._held + "".join(self._texts)
        self._held = ""
        if not ended and text and "\ud800" <= text[-1] <= "\udbff":  # its other half may come next
            text, self._held = text[:-1], text[-1]
        thought = clean("".join(self._thoughts)) if self._thoughts else ""
        self._texts.clear()
        self._thoughts.clear()
        if thought:
            self._thinking.has_thoughts = True
        answer, more, moved = self._thinking.feed(clean(text), ended)
        if more or thought or moved:
            self._has_thoughts = True
            thought += more
        if moved or not self._has_text:
            self._has_text = bool(answer) and not answer.isspace()
        found: list[Delta] = [TextWasReasoning(moved)] if moved else []
        if thought:
            found.append(ReasoningDelta(thought))
        if answer:
            found.append(TextDelta(answer))
        return found
