"""A site whose processes are made to suffer, and a tab that keeps what it sees as the page does."""

import asyncio
import json
import signal
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
from websockets.asyncio.client import ClientConnection

from chat import markdown
from chat.markdown import Patch
from tests.support.scripted_provider import ScriptedProvider
from tests.support.server import UNLIMITED, SiteServer, free_port, open_socket, session_of, sign_up
from tests.support.waiting import LIMIT


class Site:
    """One set of data, the processes on it, and the model server behind them, anew for each test."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.servers: list[SiteServer] = []
        self.provider_port = free_port()
        model = {"OPENAI_BASE_URL": f"http://127.0.0.1:{self.provider_port}/v1", "OPENAI_MODEL": "scripted-1"}
        self.variables = (
            {"DJANGO_SETTINGS_MODULE": "tests.support.fault_settings"} | UNLIMITED | model | variables
        )
        self._before = 0

    @property
    def server(self) -> SiteServer:
        """The process that was started last."""
        return self.servers[-1]

    def start(self, in_place_of: SiteServer | None = None, **variables: str) -> SiteServer:
        """Another process on the same data, once it answers; `in_place_of` an ended one on its port."""
        place = {"PORT": str(in_place_of.port)} if in_place_of else {}
        server = SiteServer(self.folder, **self.variables | place | variables)
        self.servers.append(server)
        server.wait_until_up()
        return server

    async def start_another(self, in_place_of: SiteServer | None = None, **variables: str) -> SiteServer:
        """`start`, while the test's other work goes on."""
        return await asyncio.to_thread(partial(self.start, in_place_of, **variables))

    def close(self) -> None:
        for server in self.servers:
            kill(server)

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[Self]:
        """One test: `provider`, and only the rows that it makes."""
        [(self._before,)] = self.rows("SELECT COALESCE(MAX(id), 0) FROM chat_message")
        async with ScriptedProvider(port=self.provider_port) as self.provider:
            yield self

    async def member(self, server: SiteServer) -> str:
        """A new person's cookie."""
        answer = await asyncio.to_thread(sign_up, server, f"{uuid.uuid4().hex}@example.org")
        return session_of(answer)

    # What the database holds

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if url := self.variables.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def replies(self) -> list[tuple[Any, ...]]:
        """State and text of every reply of this test, oldest first."""
        return self._said("status, text", "assistant")

    def questions(self) -> list[str]:
        return [text for (text,) in self._said("text", "user")]

    def _said(self, columns: str, role: str) -> list[tuple[Any, ...]]:
        own = f"role = '{role}' AND id > {self._before}"
        return self.rows(f"SELECT {columns} FROM chat_message WHERE {own} ORDER BY id")

    async def until(self, met: Callable[[], object]) -> None:
        """Wait for something to become true of the data."""
        async with asyncio.timeout(LIMIT):
            while not await asyncio.to_thread(met):
                await asyncio.sleep(0.02)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds SQLite's lock to write."""
        file = self.folder / "db.sqlite3"
        with closing(sqlite3.connect(file, isolation_level=None, timeout=20)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


def kill(server: SiteServer) -> str:
    """kill -9; gives what was printed."""
    return server.end(signal.SIGCONT, signal.SIGKILL)[1]


@contextmanager
def staged(folder: Path, **variables: str) -> Iterator[Site]:
    """A set of data with one process on it, ended afterwards."""
    stage = Site(folder, **variables)
    try:
        stage.start()
        yield stage
    finally:
        stage.close()


class Page:
    """A tab on a conversation. `html` is what it shows of the reply that it follows."""

    def __init__(self, server: SiteServer, cookie: str) -> None:
        self._connecting = open_socket(server, cookie)
        self.blocks: list[str] = []
        self.heard: list[str] = []
        self._handle = self._seq = 0

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(LIMIT):
            self.socket: ClientConnection = await self._connecting
            await self.until("hello")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    @property
    def html(self) -> str:
        return "".join(self.blocks)

    async def say(self, **command: Any) -> None:
        await self.socket.send(json.dumps(command, default=str))

    async def event(self) -> Any:
        try:
            self.heard.append(str(await asyncio.wait_for(self.socket.recv(), LIMIT)))
        except TimeoutError as problem:
            raise AssertionError(f"nothing more came after {self.heard[-5:]}") from problem
        return json.loads(self.heard[-1])

    async def until(self, *kinds: str) -> Any:
        """The next event of one of these kinds; what comes before it is passed over."""
        async with asyncio.timeout(LIMIT):
            while True:
                event = await self.event()
                if isinstance(event, dict) and event["type"] in kinds:
                    return event

    async def send(self, text: str, client_id: uuid.UUID | None = None, after: Any = None) -> Any:
        """Send below the reply `after` (a `sent` event); gives `sent`, or the error."""
        place = {"conversation": after["conversation"], "parent": after["reply"]} if after else {}
        await self.say(type="send", client_id=client_id or uuid.uuid4(), text=text, **place)
        return await self.until("sent", "error")

    async def watch(self, sent: Any) -> None:
        await self.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)

    async def follow(self, sent: Any, enough: Callable[[str], bool] = lambda html: False) -> str:
        """Take in a reply until its end, or until `enough` is shown; gives its state then.

        A frame that is missing makes it ask anew, as the page does.
        """
        while not enough(self.html):
            event = await self.event()
            if isinstance(event, list):
                if event[0] != self._handle or event[1] <= self._seq:
                    continue
                if event[1] > self._seq + 1:
                    await self.watch(sent)
                    continue
                await self._show(
                    markdown.apply(self.blocks, [Patch(*change) for change in event[2:]]), event[1]
                )
            elif event["type"] == "snapshot" and event["reply"] == sent["reply"]:
                self._handle = event["handle"]
                await self._show(event["blocks"], event["seq"])
            elif event["type"] == "ended" and event["reply"] == sent["reply"]:
                return str(event["status"])
            elif event["type"] == "replaced" and event["message"] == sent["reply"]:
                status = next((s for s in FINAL if f'data-status="{s}"' in event["html"]), None)
                if status is not None:
                    self.blocks = [event["html"]]
                    return status
        return "running"

    async def _show(self, blocks: list[str], seq: int) -> None:
        self.blocks, self._seq = blocks, seq
        await self.say(type="ack", handle=self._handle, seq=seq)


FINAL = ("complete", "stopped", "interrupted", "failed")
