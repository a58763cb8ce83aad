"""A reply as it grows: text in, numbered patches out. No I/O, no clock."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from chat.events import Snapshot
from chat.markdown import IsolatedHtml, Patch
from chat.models import Message

_encoder = msgspec.json.Encoder()


class Writer:
    """Collects what the model says and renders it when asked to flush.

    `seq` counts the flushes that changed something; a snapshot and the frames after it carry it.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.html = ""  # what to keep: there once it is closed, unless rendering failed
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._pending: list[str] = []
        self._pending_reasoning: list[str] = []
        self._patches: list[Patch] = []
        self._live = IsolatedHtml()
        self._sound = True
        self._rendering = asyncio.Lock()

    @property
    def text(self) -> str:
        """All the text so far, rendered or not."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """All the thinking so far."""
        return "".join(self._reasoning)

    def feed(self, text: str, reasoning: str) -> None:
        """Take in what came; it is shown at the next flush."""
        if text:
            self._text.append(text)
            self._pending.append(text)
        if reasoning:
            self._reasoning.append(reasoning)
            self._pending_reasoning.append(reasoning)

    async def flush(self) -> str:
        """Render what is pending and give the frame's end, `,seq,change,...]`, or "" when nothing changed."""
        async with self._rendering:
            text, self._pending = "".join(self._pending), []
            if text:
                await self._render(self._live.leaves(len(text)), self._live.feed, text)
            return self._numbered()

    async def close(self) -> str:
        """Close the last block, after the last flush: colours and formulas. Gives what `flush` gives."""
        async with self._rendering:
            await self._render(True, self._live.close)
            self.html = self._live.html if self._sound else ""
            return self._numbered()

    async def _render(self, in_thread: bool, render: Callable[..., list[Patch]], *arguments: Any) -> None:
        try:
            if in_thread:
                await self._off_the_loop(render, *arguments)
            else:
                self._patches += render(*arguments)
        except Exception:
            self._sound = False
            raise

    async def _off_the_loop(self, render: Callable[..., list[Patch]], *arguments: Any) -> None:
        """Who is cancelled meanwhile still waits for the end, and the patches stay for the next flush:
        another render at the same time would spoil both."""
        rendering = asyncio.create_task(asyncio.to_thread(render, *arguments))
        try:
            await asyncio.shield(rendering)
        finally:
            await asyncio.wait({rendering})
            self._patches += rendering.result()

    def _numbered(self) -> str:
        changes: list[object] = [tuple(patch) for patch in self._patches]
        if self._pending_reasoning:
            changes.append(["".join(self._pending_reasoning)])
        self._patches, self._pending_reasoning = [], []
        if not changes:
            return ""
        self.seq += 1
        return f",{self.seq},{_encoder.encode(changes)[1:-1].decode()}]"

    async def snapshot(self, reply: Message, handle: int) -> Snapshot:
        """The reply as its watchers see it at `seq`; never between a render and its number."""
        async with self._rendering:
            shown = "".join(self._reasoning[: len(self._reasoning) - len(self._pending_reasoning)])
            return Snapshot(reply.uuid, handle, self.seq, list(self._live.blocks), shown, reply.thinking_ms)
