"""One person in front of the real site: signs up, opens a socket as a browser does, asks, stops, reads pages."""

import asyncio
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import uuid4

import msgspec

from tests.bench.tab import Tab
from tests.support.server import SiteServer, post, session_of, sign_up

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Reply:
    """How a reply ended, as the page has it. `error` is the sentence under it, `finish` why a whole one ended,
    `pieces` how often it grew.
    """

    id: str
    conversation: str
    status: str
    text: str
    error: str
    finish: str
    pieces: int


class Page(Tab):
    """An open page, which asks one thing after the other, all in one conversation."""

    def __init__(self, site: SiteServer) -> None:
        super().__init__()
        self.conversation: str | None = None
        self.title = ""
        self.grown = asyncio.Event()
        self._site = site
        self._cookie = session_of(sign_up(site, "person@example.org"))
        self._reply = self._tip = ""
        self._error = self._finish = ""
        self._pieces = 0
        self._sent = asyncio.Event()

    async def connect(self) -> None:
        await self.open(self._site.port, self._cookie)

    async def ask_and_wait(self, text: str, limit: float) -> Reply:
        """Ask, and read the reply to its end. Raises TimeoutError."""
        await self.begin(text)
        return await self.over(limit)

    async def begin(self, text: str) -> None:
        """Ask; return when it is saved. Raises TimeoutError."""
        for event in (self.ended, self.grown, self._sent):
            event.clear()
        self.blocks, self._seq, self._acked, self.status, self._pieces = [], 0, 0, "", 0
        self._error = self._finish = ""
        command = {"type": "send", "client_id": uuid4(), "text": text}
        self.socket.send(command | {"conversation": self.conversation, "parent": self._tip or None})
        await asyncio.wait_for(self._sent.wait(), 30)

    async def first_words(self, limit: float) -> None:
        """Return when some of the reply is there, or its end. Raises TimeoutError."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.grown, self.ended)]
        try:
            async with asyncio.timeout(limit):
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def over(self, limit: float) -> Reply:
        """The reply that was begun, once it has ended. Raises TimeoutError."""
        await asyncio.wait_for(self.ended.wait(), limit)
        self._tip = self._reply
        how = (self.status, self.shown, self._error, self._finish, self._pieces)
        return Reply(self._reply, self.conversation or "", *how)

    def stop(self) -> None:
        self.socket.send({"type": "stop", "reply": self._reply})

    @property
    def shown(self) -> str:
        """The reply's text so far, as it is read."""
        return unescape(TAG.sub("", "".join(self.blocks))).strip()

    async def html(self, path: str) -> str:
        answer = await asyncio.to_thread(self._site.get, path, Cookie=self._cookie)
        assert answer.status == 200, (path, answer.status)
        return answer.body.decode()

    async def text(self, path: str) -> str:
        """A page without its tags, its spaces as one."""
        return re.sub(r"\s+", " ", unescape(TAG.sub(" ", await self.html(path))))

    async def set_up(self, **values: str) -> None:
        """As the form of the conversation's settings does: a field that is not named is empty."""
        path = f"/c/{self.conversation}/settings/"
        answer = await asyncio.to_thread(lambda: post(self._site, path, cookie=self._cookie, **values))
        assert answer.startswith(b"HTTP/1.1 303"), answer[-2000:]

    # What the server tells

    def _on_text(self, frame: bytes) -> None:
        event = msgspec.json.decode(frame)
        if isinstance(event, dict) and (act := self._acts.get(event["type"])):
            act(self, event)
        super()._on_text(frame)

    def _patch(self, handle: int, seq: int, *changes: Any) -> None:
        super()._patch(handle, seq, *(change for change in changes if len(change) == 3))
        self._pieces += 1
        if self.shown:
            self.grown.set()

    def _on_sent(self, event: dict[str, Any]) -> None:
        self.conversation, self._reply = event["conversation"], event["reply"]
        self._sent.set()

    def _on_listed(self, event: dict[str, Any]) -> None:
        self.title = event["title"]

    def _on_ended(self, event: dict[str, Any]) -> None:
        self._error, self._finish = event.get("text", ""), event.get("finish", "")

    _acts = {"sent": _on_sent, "listed": _on_listed, "ended": _on_ended, "error": _on_ended}  # noqa: RUF012
