"""From a stream's bytes to a reply: what each network read brought, and whether the reply is whole."""

from __future__ import annotations

import msgspec

from chat.errors import ContentFiltered, ProviderDown, ProviderError, ReplyTooLarge, StreamCut
from chat.provider import chunks, faults
from chat.provider.thinking import ThinkTag
from chat.sse import EventSplitter
from chat.text import clean

MAX_REPLY = 2 * 1024 * 1024
"""Characters of text and reasoning one reply may have."""

MAX_NAME = 200
"""Characters of what a service calls its model and its finish reason."""

MAX_HEAD = 16 * 1024
"""Bytes kept of an answer that has not shown an event yet, to tell what it is."""


class Delta(msgspec.Struct, frozen=True, gc=False):
    """What one network read brought: text of the answer, text of the thinking before it."""

    text: str
    reasoning: str


class End(msgspec.Struct, frozen=True):
    """How a whole reply ended. Tokens are None where the server does not count them."""

    finish_reason: str
    model: str
    tokens_in: int | None
    tokens_out: int | None


class Assembler:
    """Take a stream's bytes, give its text; know at the end whether the reply is whole.

    Nothing is raised on the way: a fault is kept, so that text which came in the same read as the
    fault is handed out first.
    """

    def __init__(self) -> None:
        self.finish_reason = ""
        self.done = False
        self.fault: ProviderError | None = None
        self._splitter = EventSplitter()
        self._tag = ThinkTag()
        self._seen = False
        self._head = b""
        self._size = 0
        self._held = ""
        self._model = ""
        self._usage = chunks.WireUsage()
        self._texts: list[str] = []
        self._thoughts: list[str] = []

    @property
    def over(self) -> bool:
        """Nothing more is wanted from the network."""
        return self.done or self.fault is not None

    def feed(self, data: bytes) -> Delta | None:
        """Take the next bytes; None when they bring no text."""
        events = self._splitter.feed(data)
        if not self._seen:
            self._seen = bool(events)
            self._head = (self._head + data)[:MAX_HEAD]
        for event in events:
            if not self.over:
                self._event(event)
        if self._splitter.overflow and not self.over:
            self.fault = (
                ReplyTooLarge("a line of the stream is too long") if self._seen else self._no_stream()
            )
        return self._batch(ended=self.over)

    def flush(self) -> Delta | None:
        """Take what an ended stream left: the last event without its blank line, half an emoji."""
        for event in self._splitter.flush():
            self._seen = True
            if not self.over:
                self._event(event, last=True)
        return self._batch(ended=True)

    def outcome(self, cut: str, event_stream: bool) -> End | ProviderError:
        """Judge the ended stream. `cut` says how the transport broke, if it did."""
        if self.fault is not None:
            return self.fault
        if self.finish_reason == "content_filter":
            return ContentFiltered("finish_reason content_filter")
        if self.finish_reason == "error":
            return ProviderDown("finish_reason error")
        if self.finish_reason:
            usage = self._usage
            model, reason = clean(self._model)[:MAX_NAME], clean(self.finish_reason)[:MAX_NAME]
            return End(reason, model, usage.prompt_tokens, usage.completion_tokens)
        if cut or self._seen or (event_stream and not self._head.strip()):
            return StreamCut(cut or "the stream ended without a finish_reason")
        return self._no_stream()

    def _no_stream(self) -> ProviderError:
        return faults.not_a_stream(self._head)

    def _event(self, data: bytes, last: bool = False) -> None:
        if data.startswith(b"[DONE]"):
            self.done = True
            return
        try:
            chunk = chunks.decode(data)
        except ValueError as error:
            if not last:  # the last one may just be cut off
                self.fault = StreamCut(f"an event is no JSON: {error}")
            return
        if chunk.error:
            self.fault = faults.told(chunk.error)
            return
        if chunk.choices:
            self._choice(chunk.choices[0])
        if chunk.usage is not None:
            self._usage = chunk.usage
        if chunk.model:
            self._model = chunk.model

    def _choice(self, choice: chunks.WireChoice) -> None:
        if choice.finish_reason:
            self.finish_reason = choice.finish_reason
        delta = choice.delta
        if delta is None:
            return
        if delta.content:
            self._texts.append(self._fitting(delta.content))
        if thought := delta.reasoning_content or delta.reasoning:
            self._thoughts.append(self._fitting(thought))

    def _fitting(self, text: str) -> str:
        room = MAX_REPLY - self._size
        self._size += len(text)
        if len(text) <= room:
            return text
        self.fault = ReplyTooLarge(f"more than {MAX_REPLY} characters")
        return text[:room]

    def _batch(self, ended: bool) -> Delta | None:
        if not (self._texts or self._thoughts or self._held or ended):
            return None
        text = self._held + "".join(self._texts)
        self._held = ""
        if not ended and text and "\ud800" <= text[-1] <= "\udbff":  # its other half may come next
            text, self._held = text[:-1], text[-1]
        answer, thought = self._tag.feed(clean(text))
        if ended:
            last = self._tag.flush()
            answer, thought = answer + last[0], thought + last[1]
        delta = Delta(answer, clean("".join(self._thoughts)) + thought)
        self._texts.clear()
        self._thoughts.clear()
        return delta if delta.text or delta.reasoning else None
