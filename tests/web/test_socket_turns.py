"""One person, or one address, does not take all sockets or connections of the site."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from chat.models import User
from chat.realtime.protocol import CLOSE_CROWDED
from chat.realtime.socket_leases import SocketLeases
from chat.web import sessions
from chat.web.turns import SocketsPerAddress
from tests.conftest import Tab, browser_of
from tests.support.server import SiteServer, open_socket, request, session_of, sign_up, site_server
from tests.support.waiting import LIMIT


@pytest.mark.django_db(transaction=True)
async def test_one_socket_too_many_is_closed_with_a_code_of_its_own(
    open_tab: Callable[..., Any], alice: User, bob: User, settings: Any, caplog: Any
) -> None:
    settings.SOCKETS_PER_PERSON = 2
    client = await asyncio.to_thread(browser_of, alice)
    first, _ = await open_tab(alice, client=client), await open_tab(alice)
    late = Tab(client)
    await late.socket.connect(timeout=LIMIT)
    assert await late.closed() == CLOSE_CROWDED
    assert f"refused person {alice.pk}: too_many_sockets" in caplog.text
    await open_tab(bob)
    await first.close()
    await open_tab(alice)


async def test_places_are_taken_and_given_back() -> None:
    places = SocketLeases()
    assert [await places.take(1, f"socket {number}") for number in range(21)] == [True] * 20 + [False]
    assert await places.take(2, "another's")
    await places.give_back(1, "socket 0")
    await places.give_back(1, "socket 0")
    await places.give_back(1, "never there")
    assert [await places.take(1, f"new {number}") for number in range(2)] == [True, False]


async def test_without_redis_each_process_counts_its_own(settings: Any, caplog: Any) -> None:
    settings.REDIS_URL, settings.SOCKETS_PER_PERSON = "redis://127.0.0.1:9/0", 2
    places = SocketLeases()
    assert [await places.take(1, str(number)) for number in range(3)] == [True, True, False]
    assert caplog.text.count("sockets are counted by this process alone") == 1
    await places.close()


class Loop:
    """Opens sockets and closes them at once, with one session, and counts those that get through."""

    def __init__(self) -> None:
        self.let_in: list[str] = []
        self.door = SocketsPerAddress(self._in)

    async def _in(self, scope: Any, receive: Any, send: Any) -> None:
        self.let_in.append(scope["client"][0])

    async def open(self, times: int, session: str, address: str = "192.0.2.1") -> list[int]:
        """The codes of those that are refused."""
        codes = []

        async def send(event: Any) -> None:
            codes.extend([event["code"]] if event["type"] == "websocket.close" else [])

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        headers = [(b"cookie", f"sessionid={session}".encode())]
        for _ in range(times):
            await self.door({"type": "websocket", "client": (address, 1), "headers": headers}, receive, send)
        return codes


async def test_who_opens_and_closes_sockets_in_a_loop_asks_the_database_only_so_often(
    settings: Any, caplog: Any, monkeypatch: Any
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("chat.web.rate_limit.time", SimpleNamespace(monotonic=lambda: now))
    settings.SOCKETS_PER_PERSON = 2
    sessions.remember("a-loop", 7)
    sessions.remember("another's", 8)
    loop = Loop()
    assert await loop.open(5000, "a-loop") == [CLOSE_CROWDED] * (5000 - 12)
    assert len(loop.let_in) == 12
    assert caplog.text.count("sockets are opened too fast") == 1
    assert await loop.open(12, "another's") == []  # at the same address
    now += 30
    assert len(await loop.open(100, "a-loop")) == 100 - 6


async def test_nor_does_an_address_whose_sessions_nobody_knows(settings: Any) -> None:
    settings.CONNECTIONS_PER_ADDRESS = 20
    loop = Loop()
    refused = [code for number in range(100) for code in await loop.open(1, f"made-up-{number}")]
    assert refused == [CLOSE_CROWDED] * 80
    assert await loop.open(20, "made-up", "192.0.2.2") == []
    assert len(loop.door._open) == 0


async def test_no_limit_is_none(settings: Any) -> None:
    settings.CONNECTIONS_PER_ADDRESS = settings.SOCKETS_PER_PERSON = 0
    sessions.remember("a-loop", 7)
    loop = Loop()
    assert [*await loop.open(500, "a-loop"), *await loop.open(1000, "made-up")] == []


async def test_the_pace_of_so_many_is_remembered_and_no_more(monkeypatch: Any) -> None:
    monkeypatch.setattr("chat.web.turns.MOST_BUCKETS", 10)
    loop = Loop()
    for number in range(50):
        await loop.open(1, "", f"192.0.2.{number}")
    assert len(loop.door._buckets) == 10


@pytest.mark.django_db(transaction=True)
async def test_a_socket_tells_whose_session_it_is(open_tab: Callable[..., Any], alice: User) -> None:
    client = await asyncio.to_thread(browser_of, alice)
    await open_tab(alice, client=client)
    assert sessions.known_person(client.cookies["sessionid"].value) == alice.pk


# The real server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    limits = {"SOCKETS_PER_PERSON": "3", "CONNECTIONS_PER_ADDRESS": "30", "TRUSTED_PROXIES": "127.0.0.2"}
    with site_server(tmp_path_factory.mktemp("data"), **limits) as server:
        yield server


def connect_from(server: SiteServer, address: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20, source_address=(address, 0))


async def test_a_person_with_many_tabs_keeps_those_that_are_open(server: SiteServer) -> None:
    cookie = session_of(await asyncio.to_thread(sign_up, server, "tabs@example.org"))
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(open_socket(server, cookie)) for _ in range(3)]
        for tab in tabs:
            assert json.loads(await tab.recv())["type"] == "hello"
        late = await stack.enter_async_context(open_socket(server, cookie))
        with pytest.raises(ConnectionClosed) as closed:
            await late.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == CLOSE_CROWDED
        for tab in tabs:
            await (await tab.ping())


def test_one_address_does_not_take_all_connections(server: SiteServer) -> None:
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connect_from(server, "127.0.0.9"))
        late = stack.enter_context(connect_from(server, "127.0.0.9"))
        late.sendall(request(server, "GET", "/accounts/login/"))
        answer = late.recv(65536)
        assert answer.startswith(b"HTTP/1.1 429") and b"Retry-After: 10" in answer
        assert b"Too many connections are open from your network." in answer
        others = stack.enter_context(connect_from(server, "127.0.0.10"))
        others.sendall(request(server, "GET", "/accounts/login/"))
        assert others.recv(65536).startswith(b"HTTP/1.1 200")
    assert "refused 127.0.0.9: it has 30 connections open" in server.printed
    assert server.get("/healthz").status == 200


def test_a_trusted_proxy_may_have_more_and_its_visitors_are_told_apart(server: SiteServer) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(connect_from(server, "127.0.0.2"))
        with connect_from(server, "127.0.0.2") as another:
            another.sendall(request(server, "GET", "/accounts/login/", "X-Forwarded-For: 192.0.2.7"))
            assert another.recv(65536).startswith(b"HTTP/1.1 200")


def test_an_address_that_was_refused_is_served_when_its_connections_are_closed(server: SiteServer) -> None:
    with ExitStack() as stack:
        for _ in range(33):
            stack.enter_context(connect_from(server, "127.0.0.11"))
    answer = b""
    for _ in range(100):
        with suppress(ConnectionError), connect_from(server, "127.0.0.11") as again:
            again.sendall(request(server, "GET", "/healthz"))
            answer = again.recv(65536)
        if answer.startswith(b"HTTP/1.1 200"):
            break
        time.sleep(0.05)
    assert answer.startswith(b"HTTP/1.1 200")
