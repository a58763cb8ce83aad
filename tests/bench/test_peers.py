"""The comparison with other products measures what it says, on servers that stand in for them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve

from tests.bench.peers.gradio_page import changed
from tests.bench.peers.http import Browser, Events, Refused
from tests.bench.peers.kept import share
from tests.bench.peers.load import load
from tests.bench.peers.page import RelayPage
from tests.bench.peers.products import PRODUCTS
from tests.bench.peers.running import Relay
from tests.bench.peers.socketio import SocketIO
from tests.bench.peers.table import BEGIN, DOCUMENT, END, TITLES, Load, Row, table
from tests.support.scripted_provider import ScriptedProvider

LONG = "a long text that is worth to be compressed " * 50


async def test_every_token_that_comes_through_the_relay_is_seen_with_its_age(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider:
        relay = Relay(tmp_path, int(provider.base_url.rsplit(":", 1)[1].partition("/")[0]))
        try:
            await asyncio.to_thread(relay.start)
            spec = {"product": "relay", "port": relay.port, "pid": relay.pid, "people": None, "streams": 3}
            text = "Please. [[scenario:stamped tokens=20 rate=200]]"
            found = await load(spec | {"text": text, "spread": 0.1, "limit": 30})
        finally:
            relay.end()
    assert found["statuses"] == ["complete"] * 3
    assert (len(found["first"]), len(found["latencies"])) == (3, 60)
    assert min(found["latencies"]) > 0
    assert found["received"] > found["characters"] >= 60 * 7
    assert found["sent"] > 3 * len(text)
    assert found["memory"] > 5


async def test_a_reply_that_is_refused_is_not_counted_as_one() -> None:
    async with ScriptedProvider() as provider:
        page = RelayPage(int(provider.base_url.rsplit(":", 1)[1].partition("/")[0]))
        page.ask("Please.")  # of a model server, whose address is another one
        await asyncio.wait_for(page.ended.wait(), 30)
        page.close()
    assert page.status.startswith("POST /: 404")
    assert (page.latencies, page.first_at) == ([], 0.0)


async def answer(request: web.Request) -> web.StreamResponse:
    """A whole body, compressed if that is offered, or one in parts, after which it may close the connection."""
    if request.query["kind"] == "whole":
        whole = web.Response(text=LONG)
        whole.enable_compression()
        return whole
    response = web.StreamResponse()
    if request.query["kind"] == "last":
        response.force_close()
    await response.prepare(request)
    for start in range(0, len(LONG), 100):
        await response.write(LONG[start : start + 100].encode())
    await response.write_eof()
    return response


@asynccontextmanager
async def web_server() -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes([web.get("/", answer), web.post("/", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("kind", ["whole", "parts", "last"])
async def test_a_body_is_read_in_whatever_form_it_comes(kind: str) -> None:
    async with web_server() as port:
        browser = Browser(port)
        for _ in range(2):
            assert (await browser.get(f"/?kind={kind}")).body.decode() == LONG
        parts: list[bytes] = []
        await browser.listen(f"/?kind={kind}", parts.append, {"some": "value"})
        assert b"".join(parts).decode() == LONG
        assert browser.sent > 1000
        assert (browser.received < 3 * len(LONG)) == (kind == "whole")
        with pytest.raises(Refused, match="GET /nothing: 404"):
            await browser.get("/nothing")
        browser.close()


@pytest.mark.parametrize(("length", "is_whole"), [("", True), ("Content-Length: 9999\r\n", False)])
async def test_a_body_may_end_with_its_connection_unless_it_was_to_be_longer(
    length: str, is_whole: bool
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\n{length}\r\n{LONG}".encode())
        writer.close()

    async with await asyncio.start_server(once, "127.0.0.1", 0) as server:
        browser = Browser(server.sockets[0].getsockname()[1])
        if is_whole:
            assert (await browser.get("/")).body.decode() == LONG
        else:
            with pytest.raises(Refused, match="cut"):
                await browser.get("/")
        browser.close()


def test_events_are_told_one_by_one_however_they_were_cut() -> None:
    heard: list[bytes] = []
    events = Events(heard.append)
    stream = b'data: {"a": 1}\n\n: a comment\n\ndata: two\n\n'
    for start in range(0, len(stream), 5):
        events(stream[start : start + 5])
    assert heard == [b'{"a": 1}', b"two"]


async def socket_io(connection: ServerConnection) -> None:
    """The handshake of a server, a check whether one is there, an answer to an event, and an event."""
    await connection.send('0{"sid":"engine","pingInterval":25000}')
    assert json.loads((await connection.recv())[2:]) == {"token": "t"}
    await connection.send('40{"sid":"socket"}')
    await connection.send("2")
    assert await connection.recv() == "3"
    assert await connection.recv() == '420["join",{"chat":1}]'
    await connection.send("430[true]")
    await connection.send("42" + json.dumps(["events", {"text": LONG}]))
    await connection.wait_closed()


async def test_socket_io_is_spoken_and_what_comes_compressed_is_read() -> None:
    heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()
    answered = asyncio.Event()
    async with serve(socket_io, "127.0.0.1", 0, compression="deflate") as server:
        socket = SocketIO(lambda *values: heard.put_nowait(values))
        await socket.open(server.sockets[0].getsockname()[1], {"token": "t"})
        assert socket.sid == "socket"
        socket.emit("join", {"chat": 1}, then=answered.set)
        assert await asyncio.wait_for(heard.get(), 30) == ("events", {"text": LONG})
        assert answered.is_set()
        assert socket.wire.received < len(LONG)
        socket.wire.close()


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("ab", [["append", [], "c"]], "abc"),
        ("ab", [["replace", [], "x"]], "x"),
        ([{"content": "a"}], [["append", [0, "content"], "b"]], [{"content": "ab"}]),
        ([{"a": 1}], [["add", [0], 0], ["replace", [1, "a"], 2]], [0, {"a": 2}]),
        ({"a": 1, "b": [1, 2]}, [["delete", ["b", 0], None], ["add", ["c"], 3]], {"a": 1, "b": [2], "c": 3}),
    ],
)
def test_changes_to_values_are_applied_as_gradios_page_does(before, changes, after) -> None:
    assert changed(before, changes) == after


def test_what_is_kept_is_counted_by_tokens() -> None:
    assert share("100001 100002 100003 100004", "<p>100001 100002</p><p>100003") == 0.75
    assert share("100001", "") == share("", "100001") == 0.0


def test_the_table_has_a_column_for_each_product_and_tells_what_was_not_measured() -> None:
    load = Load(10, 10, 0.05, 1.5, 1, 2, 3, 4, 50, 6)
    rows = [Row("site", "", "", kept=(1.0, 0.97), loads={"10": load}), Row("relay", "", "")]
    head, _, *lines = table(rows, [10]).splitlines()
    assert head == "|  | bare relay | this site |"
    assert "| 10 streams: token latency p50 / p95, ms | – | 1 / 2 |" in lines
    assert lines[-1] == "| of a running reply, there after a kill | – | 97 % |"


def test_the_document_is_of_the_versions_that_the_driver_installs() -> None:
    head = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0].strip().splitlines()[0]
    versions = {name: product.version for name, product in PRODUCTS.items()}
    titles = [f"{TITLES[name]} {versions.get(name, '')}".strip() for name in TITLES]
    assert [cell.strip() for cell in head.strip("|").split("|")[1:]] == titles
    assert all("==" in package for product in PRODUCTS.values() for package in product.packages)
