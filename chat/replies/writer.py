"""A reply as it grows: text in, numbered patches out. No I/O, no clock."""

import asyncio

import msgspec

from chat.events import Snapshot
from chat.markdown import LiveHtml, Patch
from chat.models import Message

# Characters of an open block from which a render leaves the event loop (its cost grows with them)
RENDER_IN_THREAD = 16 * 1024

_encoder = msgspec.json.Encoder()


class Writer:
    """Collects what the model says and renders it when asked to flush.

    `seq` counts the flushes that changed something; a snapshot and the frames after it carry it.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._pending: list[str] = []
        self._pending_reasoning: list[str] = []
        self._live = LiveHtml()
        self._rendering = asyncio.Lock()

    @property
    def text(self) -> str:
        """All the text so far, rendered or not."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """All the thinking so far."""
        return "".join(self._reasoning)

    @property
    def html(self) -> str:
        """The rendering as it stands; after `close` it is the one to keep."""
        return self._live.html

    @property
    def open_size(self) -> int:
        """Characters that the next flush will have to render."""
        return self._live.open_size

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
            reasoning, self._pending_reasoning = "".join(self._pending_reasoning), []
            patches: list[Patch] = []
            if text and self._live.open_size + len(text) > RENDER_IN_THREAD:
                patches = await asyncio.to_thread(self._live.feed, text)
            elif text:
                patches = self._live.feed(text)
            return self._numbered(patches, reasoning)

    async def close(self) -> str:
        """Close the last block, after the last flush: colours and formulas. Gives what `flush` gives."""
        async with self._rendering:
            return self._numbered(await asyncio.to_thread(self._live.close), "")

    def _numbered(self, patches: list[Patch], reasoning: str) -> str:
        changes: list[object] = [tuple(patch) for patch in patches]
        if reasoning:
            changes.append([reasoning])
        if not changes:
            return ""
        self.seq += 1
        return f",{self.seq},{_encoder.encode(changes)[1:-1].decode()}]"

    async def snapshot(self, reply: Message, handle: int) -> Snapshot:
        """The reply as its watchers see it at `seq`; never between a render and its number."""
        async with self._rendering:
            shown = "".join(self._reasoning[: len(self._reasoning) - len(self._pending_reasoning)])
            return Snapshot(reply.uuid, handle, self.seq, list(self._live.blocks), shown)
