"""A reply as it grows: text in, numbered patches out. No I/O, no clock."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from chat.models import Message
from chat.realtime.protocol import Snapshot
from chat.replies.growing_text import GrowingText

_encoder = msgspec.json.Encoder()


class Writer:
    """Collects what the model says and renders it when asked to flush.

    `seq` counts the flushes that changed something; a snapshot and the frames after it carry it.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.html = self.thinking_html = ""  # what to keep: there once it is closed, unless rendering failed
        self._answer, self._thinking = GrowingText(), GrowingText(1)
        self._patches: list[tuple[object, ...]] = []
        self._rendering = asyncio.Lock()

    @property
    def text(self) -> str:
        """All the text so far, rendered or not."""
        return self._answer.text

    @property
    def reasoning(self) -> str:
        """All the thinking so far."""
        return self._thinking.text

    @property
    def waiting(self) -> int:
        """How many characters have come since the last flush."""
        return self._answer.waiting + self._thinking.waiting

    def feed(self, text: str, reasoning: str, moved: int = 0) -> None:
        """Take in what came; it is shown at the next flush.

        The last `moved` characters of the text until now are thinking, before `reasoning`.
        """
        if moved:
            self._thinking.feed(self._answer.take_back(moved))
        if text:
            self._answer.feed(text)
        if reasoning:
            self._thinking.feed(reasoning)

    async def flush(self) -> str:
        """Render what is pending; return the frame's end, `,seq,change,...]`, or "" when nothing changed."""
        async with self._rendering:
            for growing in (self._thinking, self._answer):
                text, is_anew = growing.take_pending()
                if text or is_anew:
                    await self._render(growing, growing.is_long(text), growing.render, text, is_anew)
            return self._numbered()

    async def close(self) -> str:
        """Close the last blocks, after the last flush, and return what `flush` returns."""
        async with self._rendering:
            for growing in (self._thinking, self._answer):
                if growing.blocks:
                    await self._render(growing, True, growing.close)
            self.html, self.thinking_html = self._answer.html, self._thinking.html
            return self._numbered()

    def count_what_is_missing(self) -> None:
        """Count on if a part could not be rendered: a page sees by the number of the end that it lacks it."""
        if not (self._answer.is_sound and self._thinking.is_sound):
            self.seq += 1

    async def _render(
        self, growing: GrowingText, in_thread: bool, render: Callable[..., Any], *arguments: Any
    ) -> None:
        rendering = self._rendered(growing, in_thread, render, *arguments)
        if not in_thread:
            await rendering
            return
        task = asyncio.create_task(rendering)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})  # another render at the same time would spoil both
            task.result()
            raise

    async def _rendered(
        self, growing: GrowingText, in_thread: bool, render: Callable[..., Any], *arguments: Any
    ) -> None:
        """Render, and keep the patches for the next number, also where nobody waits for them any more."""
        try:
            patches = await asyncio.to_thread(render, *arguments) if in_thread else render(*arguments)
        except Exception:
            growing.is_sound = False
            raise
        self._patches += patches

    def _numbered(self) -> str:
        changes, self._patches = self._patches, []
        if not changes:
            return ""
        self.seq += 1
        return f",{self.seq},{_encoder.encode(changes)[1:-1].decode()}]"

    async def snapshot(self, reply: Message, handle: int) -> Snapshot:
        """Return the reply as its subscribers see it at `seq`; never between a render and its number."""
        async with self._rendering:
            blocks, thoughts = self._answer.blocks, self._thinking.blocks
            return Snapshot(reply.uuid, handle, self.seq, blocks, thoughts, reply.generation.thinking_ms)
