"""Frames that no browser sends, byte by byte against the real server: others stream on undisturbed."""

import asyncio
import json
import struct
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from chat.realtime.protocol import MAX_FRAME
from tests.support.server import SiteServer, open_socket, session_of, sign_up, site_server
from tests.support.waiting import LIMIT

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteServer]:
    with site_server(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture(scope="module")
def cookie(server: SiteServer) -> str:
    return session_of(sign_up(server, "frames@example.org"))


def frame(opcode: int, payload: bytes = b"", *, fin: int = 1, reserved: int = 0) -> bytes:
    """One masked frame; the mask is zero, so that the payload is to be seen."""
    head = bytes([fin << 7 | reserved << 4 | opcode])
    if len(payload) < 126:
        size = bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        size = b"\xfe" + struct.pack(">H", len(payload))
    else:
        size = b"\xff" + struct.pack(">Q", len(payload))
    return head + size + bytes(4) + payload


class Peer:
    """The client's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def next(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def close_code(self) -> int | None:
        """The code that the server closes with; what it says before is passed over."""
        async with asyncio.timeout(LIMIT):
            while True:
                opcode, payload = await self.next()
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0]


@asynccontextmanager
async def peer(server: SiteServer, cookie: str) -> AsyncIterator[Peer]:
    """A connection whose handshake is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lines = [
        "GET /ws/chat/ HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.origin}",
        f"Cookie: {cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()


async def assert_others_are_served(server: SiteServer, cookie: str) -> None:
    async with open_socket(server, cookie) as other:
        await other.recv()
        await other.send("{}")
        assert json.loads(await asyncio.wait_for(other.recv(), 10))["code"] == "bad_frame"


BROKEN = {
    "text that is no UTF-8": (frame(TEXT, b"\xff\xfe"), 1007),
    "a reserved bit": (frame(TEXT, b"{}", reserved=4), 1002),
    "an unknown opcode": (frame(3, b"x"), 1002),
    "a ping of 126 bytes": (frame(PING, bytes(126)), 1002),
    "a ping in two parts": (frame(PING, b"x", fin=0), 1002),
    "a message that goes on without a beginning": (frame(0, b"x"), 1002),
    "a frame over the limit": (frame(TEXT, bytes(MAX_FRAME + 1)), 1009),
    "a message over the limit in two frames": (
        frame(TEXT, b"x" * MAX_FRAME, fin=0) + frame(0, b"xx"),
        1009,
    ),
}


@pytest.mark.parametrize(("sent", "code"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_frame_closes_its_socket_with_the_reason_and_no_other(server, cookie, sent, code):
    async with peer(server, cookie) as client:
        client.writer.write(sent)
        assert await client.close_code() == code
    await assert_others_are_served(server, cookie)


async def test_a_message_in_crumbs_that_never_ends_holds_nobody_up(server, cookie):
    async with peer(server, cookie) as client:
        client.writer.write(frame(TEXT, b"x", fin=0) + frame(0, b"x", fin=0) * 20_000)
        await assert_others_are_served(server, cookie)


async def test_a_burst_of_huge_frames_is_neither_kept_nor_waited_for(server, cookie):
    before = server.memory()
    async with peer(server, cookie) as client:
        try:
            for _ in range(50):
                client.writer.write(frame(TEXT, bytes(MEGABYTE)))
                await client.writer.drain()
        except ConnectionError:
            pass  # it had heard enough
        await assert_others_are_served(server, cookie)
    assert server.memory() - before < 30 * MEGABYTE


async def test_a_flood_of_pings_is_answered_while_others_are_served(server, cookie):
    async with peer(server, cookie) as client:
        client.writer.write(frame(PING, b"?") * 2000)
        await assert_others_are_served(server, cookie)
        kinds = [(await client.next())[0] for _ in range(2000)]
    assert kinds.count(PONG) >= 1999


async def test_a_command_sent_before_the_greeting_waits_for_it(server, cookie):
    command = frame(TEXT, json.dumps({"type": "stop", "reply": str(uuid.uuid4())}).encode())
    async with peer(server, cookie) as client:
        client.writer.write(command)
        said = [json.loads((await client.next())[1]) for _ in range(2)]
    assert [event.get("code", event["type"]) for event in said] == ["hello", "not_found"]


@pytest.mark.parametrize("session", ["", "sessionid=made-up", "sessionid=" + "0123456789abcdef" * 2])
async def test_without_a_session_an_early_command_is_not_answered(server, session):
    command = frame(TEXT, json.dumps({"type": "watch"}).encode())
    async with peer(server, session) as client:
        client.writer.write(command)
        opcode, payload = await client.next()
    assert (opcode, payload[:2]) == (CLOSE, struct.pack(">H", 4401))
