"""The server's limits that need no network: their clock and their wires are made of memory."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from chat.serving import http, sockets


class Wire(StringTransport):
    """A transport that can be closed by halves."""

    half_closed = False

    def loseWriteConnection(self) -> None:
        self.half_closed = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connection(clock: Clock) -> Any:
    """A connection to a server that remembers the requests it got."""
    requests: list[Any] = []
    server = SimpleNamespace(
        protocol_connected=requests.append, protocol_disconnected=lambda request: None, requests=requests
    )
    factory = http.Factory(server)
    factory.reactor = clock
    channel = factory.buildProtocol(None)
    channel.makeConnection(Wire())
    yield channel
    channel.connectionLost(None)


def test_a_sender_who_drips_is_cut_off_after_the_limit(connection, clock):
    connection.dataReceived(b"GET / HTTP/1.1\r\n")
    for _ in range(http.RECEIVE_LIMIT // 5):
        assert not connection.transport.disconnecting
        clock.advance(5)
        connection.dataReceived(b"X-Drip: 1\r\n")
    assert connection.transport.disconnecting


def test_a_sender_who_drips_a_body_is_cut_off_too(connection, clock):
    connection.dataReceived(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(http.RECEIVE_LIMIT // 5):
        clock.advance(5)
        connection.dataReceived(b"x")
    assert connection.transport.disconnecting


def test_the_clock_starts_with_the_first_byte(connection, clock):
    clock.advance(http.RECEIVE_LIMIT - 1)
    connection.dataReceived(b"GET / HTT")
    clock.advance(http.RECEIVE_LIMIT - 1)
    assert not connection.transport.disconnecting
    clock.advance(1)
    assert connection.transport.disconnecting


def test_an_announced_body_over_the_cap_is_refused_before_it_comes(connection):
    head = b"POST /nowhere/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    connection.dataReceived(head % (http.MAX_BODY + 1))
    assert connection.transport.value().startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in connection.transport.value()
    assert connection.transport.half_closed


def test_an_unannounced_body_is_counted(connection):
    connection.dataReceived(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(http.MAX_BODY // 0x10000):
        connection.dataReceived(piece)
    assert connection.transport.value() == b""
    connection.dataReceived(piece)
    assert connection.transport.value().startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "path",
    [
        "/personas/new/",
        "/personas/01234567-89ab-cdef-0123-456789abcdef/change/",
        "/admin/chat/sitebranding/add/",
        "/admin/chat/sitebranding/1/change/",
    ],
)
def test_a_picture_may_be_longer_than_any_other_form(connection, path):
    head = b"POST %b HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
    connection.dataReceived(head % (path.encode(), http.MAX_UPLOAD) + b"x" * (http.MAX_BODY + 1))
    assert connection.transport.value() == b""


@pytest.mark.parametrize(
    ("path", "length"), [("/personas/new/", http.MAX_UPLOAD + 1), ("/personas/new/x", http.MAX_BODY + 1)]
)
def test_one_that_is_too_long_even_so_is_told_how_long_it_may_be(connection, path, length):
    connection.dataReceived(f"POST {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
    assert connection.transport.value().startswith(b"HTTP/1.1 413 ")
    assert connection.transport.value().endswith(http.TOO_MUCH)


def test_what_a_refused_sender_goes_on_sending_is_neither_kept_nor_processed(connection):
    head = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (http.MAX_BODY + 1)
    connection.dataReceived(head + b"x" * (http.MAX_BODY + 1) + b"GET / HTTP/1.1\r\n\r\n")
    connection.dataReceived(b"GET / HTTP/1.1\r\n\r\n")
    assert connection.transport.value().count(b"HTTP/1.1 ") == 1
    assert connection.factory.server.requests[0].content is None


def test_a_refused_sender_who_stays_is_thrown_out(connection, clock):
    connection.dataReceived(b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")
    clock.advance(http.LINGER)
    assert connection.transport.disconnected


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"x" * 70_000, b"414"),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 20_000, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X-Many: 1\r\n" * 600 + b"\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + b"X-Much: %s\r\n" % (b"x" * 8000) * 3 + b"\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
    ],
)
def test_a_head_beyond_the_limits_gets_an_answer(connection, head, status):
    connection.dataReceived(head)
    assert connection.transport.value().startswith(b"HTTP/1.1 " + status)


async def test_a_client_faster_than_its_consumer_is_not_read_from_until_that_has_caught_up(clock):
    socket = sockets.Socket()
    socket.factory = SimpleNamespace(reactor=clock)
    socket.transport = Wire()
    socket.client_addr = None
    socket.state = socket.STATE_OPEN
    socket.application_queue = asyncio.Queue()
    for _ in range(sockets.MAX_WAITING + 2):
        socket.onMessage(b"{}", False)
    assert socket.transport.producerState == "paused"
    clock.advance(sockets.CATCH_UP)
    assert socket.transport.producerState == "paused"
    while not socket.application_queue.empty():
        socket.application_queue.get_nowait()
    clock.advance(sockets.CATCH_UP)
    assert socket.transport.producerState == "producing"


@pytest.mark.fault(29)
@pytest.mark.parametrize(("unsent", "hung_up"), [(sockets.MAX_UNSENT, False), (sockets.MAX_UNSENT + 1, True)])
def test_a_client_who_lets_everything_pile_up_here_is_hung_up_on(unsent, hung_up):
    socket = sockets.Socket()
    socket.transport = Wire()
    socket.client_addr = None
    socket.transport.dataBuffer, socket.transport._tempDataLen = b"", 0
    sent = []
    socket.sendFrame = lambda opcode, payload: sent.append(payload)
    socket.state = socket.STATE_OPEN
    socket.transport._tempDataLen = unsent
    socket.serverSend("frame")
    assert (socket.transport.disconnected, sent) == (hung_up, [] if hung_up else [b"frame"])


def test_a_client_that_has_gone_is_a_connection_error():
    socket = sockets.Socket()
    socket.transport = Wire()
    socket.client_addr = None
    socket.transport.dataBuffer, socket.transport._tempDataLen = b"", 0
    socket.state = socket.STATE_CLOSED
    with pytest.raises(ConnectionError):
        socket.serverSend("frame")
