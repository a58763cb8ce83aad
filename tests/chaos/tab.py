"""An open page of one person: what chat/static/chat/js/ does, without a browser.

It connects again with the same pauses, sends again what was not acknowledged, asks to watch, notices
gaps, acknowledges what it has placed, and fetches the page when it is told that its own is stale.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from tests.bench.tab import ACK_EVERY, IDLE
from tests.bench.wire import Socket
from tests.chaos.ledger import Acknowledged, Ledger
from tests.chaos.live import Live, apply
from tests.chaos.outbox import Item, Outbox
from tests.chaos.page import Article, articles_in, fetch
from tests.chaos.proxy import Proxy

# Seconds, as in socket.js; and its close codes
FIRST, LAST = 0.5, 10.0
# Seconds, as in refresher.js
AGAIN = 2.0
LOGGED_OUT, DENIED = 4401, 4403


class Tab:
    """One tab. `proxies` are the proxies before the servers: it uses one, and may take another when cut."""

    def __init__(self, person: int, cookie: str, canary: str, proxies: list[Proxy], ledger: Ledger) -> None:
        self.person, self.cookie, self.canary = person, cookie, canary
        self.ledger = ledger
        self.proxies = proxies
        self.proxy = random.choice(proxies)
        self.conversation: str | None = None
        self.thread: list[Article] = []
        self._known: dict[str, Article] = {}
        self.outbox = Outbox(self._send, self._busy, self.cut)
        self.ready = self.is_closed = False
        self.hellos = 0
        self.opened = asyncio.Event()
        self._live: dict[int, Live] = {}
        self._met = 0
        self._epoch = 0  # news of messages: a page fetched before the last of them is old
        self._socket: Socket | None = None
        self._early: list[bytes] = []
        self._stop_wanted = False
        self._tasks: set[asyncio.Task[None]] = set()

    # The connection

    async def __aenter__(self) -> "Tab":
        self._begin(self._stay_connected())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._forget()
        if self._socket is not None:
            self._socket.close()

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stay_connected(self) -> None:
        attempt = 0
        while True:
            hellos = self.hellos
            with suppress(OSError, TimeoutError):
                self._socket = await Socket.open(
                    self.proxy.target, self.cookie, self._on_text, through=self.proxy.port
                )
                for frame in self._early:
                    self._take(frame)
                await self._socket.closed.wait()
            self._broken()
            attempt = 0 if self.hellos > hellos else attempt + 1
            ceiling = min(LAST, FIRST * 2**attempt)
            await asyncio.sleep(ceiling / 2 + random.random() * ceiling / 2)
            self.proxy = random.choice(self.proxies)

    def _broken(self) -> None:
        if self._socket is not None and self._socket.code in (LOGGED_OUT, DENIED):
            self.ledger.logged_out += 1
        self._socket = None
        self._early = []
        self.ready = False
        self.opened.clear()
        self.outbox.broken()

    def cut(self) -> None:
        """As a train in a tunnel does."""
        if self._socket is not None:
            self._socket.close()

    def read(self, wanted: bool) -> None:
        if self._socket is not None:
            self._socket.read(wanted)

    def _send(self, command: dict[str, Any]) -> bool:
        if not self.ready or self._socket is None:
            return False
        self._socket.send(command)
        return True

    def _on_text(self, frame: bytes) -> None:
        if self._socket is None:  # it came with the answer to the handshake
            self._early.append(frame)
        else:
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        self.ledger.frames += 1
        self.ledger.scan(self.canary, frame)
        event = msgspec.json.decode(frame)
        if isinstance(event, list):
            self._patch(*event)
        elif event["type"] == "hello":
            self._hello()
        elif act := self._acts.get(event.pop("type")):
            if act in NEWS:
                self._epoch += 1
            act(self, **event)

    def _hello(self) -> None:
        self.ready = True
        self.hellos += 1
        self.opened.set()
        self._forget()
        self._met = 0
        self.watch()
        self.outbox.pump()
        if self._stop_wanted:
            self.stop()

    # What the person does

    def say(self, text: str) -> Item:
        return self.outbox.add(self.conversation, self._last(), text)

    def send_again(self, item: Item, times: int) -> None:
        """The same frame, at once and over and over, as no browser should."""
        for _ in range(times):
            self._send(item.command)

    def retry(self, reply: str) -> Item:
        return self.outbox.retry(self.conversation, reply)

    def stop(self) -> None:
        running = self.running
        self._stop_wanted = not (running and self._send({"type": "stop", "reply": running.id}))

    def begin_anew(self) -> None:
        """The "New chat" button."""
        self._forget()
        self.conversation, self.thread = None, []
        self.watch()

    async def open_page(self, conversation: str | None) -> bool:
        """Load the page of a conversation, or the present one again; whether it came."""
        self.conversation = conversation
        if conversation is None:
            return True
        return await self._refresh(conversation)

    def find(self, message: str | None) -> Article | None:
        return next((article for article in self.thread if article.id == message), None)

    def _add(self, article: Article) -> Article:
        """Put a message at the end, as the same object as before: somebody may be waiting for its end."""
        article = self._known.setdefault(article.id, article)
        self.thread.append(article)
        return article

    @property
    def running(self) -> Article | None:
        return next((article for article in self.thread if article.status == "running"), None)

    def watch(self) -> None:
        tip = self.thread[-1] if self.thread else None
        running = tip is not None and tip is self.running
        self._send(
            {
                "type": "watch",
                "conversation": self.conversation,
                "tip": tip.id if tip else None,
                "running": running,
            }
        )

    def _last(self) -> str | None:
        """What the next message follows: one that waits, else the last one saved."""
        if waits := self.outbox.of(self.conversation):
            return waits[-1].client_id
        return self.thread[-1].id if self.thread else None

    def _busy(self, item: Item) -> bool:
        return item.conversation == self.conversation and self.running is not None

    # What the server tells

    def _sent(
        self,
        client_id: str,
        conversation: str,
        reply: str,
        message: str | None = None,
        branched: bool = False,
        **_: Any,
    ) -> None:
        mine = self.outbox.sent(client_id, conversation)
        if mine:
            self.ledger.acknowledged.append(
                Acknowledged(self.person, client_id, reply, conversation, mine.text)
            )
            mine.answer.set_result(reply)
            if mine.began and self.conversation is None:
                self.conversation = conversation
        if conversation == self.conversation and branched:
            self._stale(conversation)
        elif conversation == self.conversation:
            for id, role, status in ((message, "user", "complete"), (reply, "assistant", "running")):
                if id and not self.find(id):
                    self._add(Article(id, role, status))
            if self._stop_wanted:
                self.stop()
        self.outbox.pump()

    def _snapshot(
        self,
        reply: str,
        handle: int,
        seq: int,
        blocks: list[str],
        block: int = 0,
        keep: int = 0,
        more: bool = False,
        **_: Any,
    ) -> None:
        article = self.find(reply)
        self._met = max(self._met, handle)
        if article is None:
            self.watch()
            return
        before = self._live.get(handle)
        is_late = seq < before.seq if before else block or keep
        if article.is_over_at(seq) or is_late:
            return
        begun = article.blocks[block][:keep] if keep else ""
        article.become("running", [*article.blocks[:block], begun + blocks[0], *blocks[1:]] if blocks else [])
        live = self._live[handle] = Live(article, seq)
        live.more = more
        self.ledger.look(article)
        self._ack(handle)

    def _patch(self, handle: int, seq: int, *changes: list[Any]) -> None:
        live = self._live.get(handle)
        if live is None and handle > self._met:
            self._met = handle
            self.watch()
        if live is None or live.lost or seq <= live.seq:
            return
        if seq > live.seq + 1:
            live.lost = True
            self.watch()
            return
        live.seq = seq
        for change in changes:
            if len(change) == 3:
                apply(live.article.blocks, *change)
        self.ledger.shown[live.article.id] = max(self.ledger.shown[live.article.id], live.article.last_word)
        if live.timer:
            live.timer.cancel()
        if seq - live.acked >= ACK_EVERY:
            self._ack(handle)
        else:
            live.timer = asyncio.get_running_loop().call_later(IDLE, self._ack, handle)

    def _ack(self, handle: int) -> None:
        if live := self._live.get(handle):
            live.acked = live.seq
            self._send({"type": "ack", "handle": handle, "seq": live.seq})

    def _ended(self, reply: str, status: str, seq: int = 0, **_: Any) -> None:
        article = self.find(reply)
        if article and article.is_over_at(seq):
            return
        is_whole = any(live.shows(reply, seq) for live in self._live.values())
        self._end_live(reply)
        if article is None or not is_whole:
            self._stale(self.conversation)
            return
        self.ledger.look(article)
        article.seq = seq
        self._become_over(article, lambda: article.become(status))

    def _replaced(self, message: str, html: str) -> None:
        self._end_live(message)
        fresh = articles_in(html)
        if (article := self.find(message)) and fresh:
            if fresh[0].status == "running" and article.is_over_at(fresh[0].seq + 1):
                return
            article.seq = fresh[0].seq
            self._become_over(article, lambda: article.become(fresh[0].status, fresh[0].blocks))
            self.ledger.look(article, settled=False)

    def _become_over(self, article: Article, change: Callable[[], None]) -> None:
        before = article.status
        change()
        if before == "running" and article.status != "running":
            self._stop_wanted = False
            self.outbox.pump()

    def _stale(self, conversation: str | None) -> None:
        if conversation and conversation == self.conversation:
            self._begin(self._refresh(conversation, again=True))

    async def _refresh(self, conversation: str, again: bool = False) -> bool:
        """Fetch the page; `again` and again after a fault that may pass, as refresher.js does."""
        epoch, status = -1, 0
        while epoch != self._epoch or (again and status not in (200, 404)):
            epoch = self._epoch  # a page that was made before something else happened here is old
            status, body = await fetch(self.proxy.target, self.proxy.port, f"/c/{conversation}/", self.cookie)
            self.ledger.pages[status] += 1
            self.ledger.scan(self.canary, body)
            if conversation != self.conversation:
                return False
            if again and status not in (200, 404):
                await asyncio.sleep(AGAIN)
        if status != 200:
            return False
        self._forget()
        self.thread = []
        for fresh in articles_in(body.decode()):
            article = self._add(fresh)
            article.seq = fresh.seq
            article.become(fresh.status, fresh.blocks)
            self.ledger.look(article, settled=False)
        self.watch()
        self.outbox.pump()
        return True

    def _error(self, code: str, client_id: str | None = None, reply: str | None = None, **_: Any) -> None:
        self.ledger.refused[code] += 1
        item = self.outbox.refused(client_id) if client_id else None
        if item is not None:
            item.answer.set_result(None)
            if item.conversation == self.conversation:
                self.watch()
        elif code == "not_running" and reply:
            self.watch()
        self.outbox.pump()

    _acts: dict[str, Callable[..., None]] = {  # noqa: RUF012 (a table, never changed)
        "sent": _sent,
        "snapshot": _snapshot,
        "ended": _ended,
        "replaced": _replaced,
        "stale": _stale,
        "error": _error,
    }

    def _end_live(self, reply: str) -> None:
        for handle, live in list(self._live.items()):
            if live.article.id == reply:
                self._ack(handle)
                self._drop(handle)

    def _forget(self) -> None:
        for handle in list(self._live):
            self._drop(handle)

    def _drop(self, handle: int) -> None:
        live = self._live.pop(handle)
        if live.timer:
            live.timer.cancel()


NEWS = (Tab._sent, Tab._snapshot, Tab._ended, Tab._replaced)
