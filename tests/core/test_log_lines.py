"""What goes to the log of the real server: nothing in it moves a cursor, a direction or a line."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.core.test_tracing import NASTY
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.server import SiteServer, free_port, open_socket, request, session_of, sign_up, site_server

# What a request can carry of it
SENT = NASTY.replace("\ud800", "")
FORGED = f"\n2026-11-28 12:00:00,000 ERROR [-] chat: forged {SENT}"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[SiteServer]:
    model = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_MODEL": "scripted-1"}
    with site_server(tmp_path_factory.mktemp("data"), **model) as server:
        yield server


def unprintable(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if not line.isprintable()]


def test_a_request_with_nasty_path_host_and_headers_leaves_plain_lines(server):
    nasty = FORGED.encode().decode("latin-1")
    path = f"/c/{quote(FORGED)}?next={quote(SENT)}"
    for host in ("\x1b[31mevil", "\u202egro.elpmaxe".encode().decode("latin-1")):
        server.raw(request(server, "GET", path, f"Host: {host}", f"User-Agent: {nasty.splitlines()[1]}"))
    server.raw(request(server, "POST", path, "Origin: http://\x1b[31m.example", "Content-Length: 0"))
    server.raw(request(server, "GET", "/accounts/login/", "Host: a b\x7f"))
    assert "Invalid HTTP_HOST header" in server.printed
    assert unprintable(server.printed) == []
    assert "\n2026-11-28 12:00:00,000 ERROR" not in server.printed


async def test_the_words_of_a_model_service_do_too(server, port):
    cookie = session_of(await asyncio.to_thread(sign_up, server, "alice@example.org"))
    async with ScriptedProvider(port=port) as provider, open_socket(server, cookie) as socket:
        provider.default = play("status", code=400, message=f"no {FORGED}")
        message = {"type": "send", "client_id": str(uuid.uuid4()), "text": "Hello"}
        await socket.send(json.dumps({**message, "conversation": None, "parent": None}))
        while (event := json.loads(await asyncio.wait_for(socket.recv(), 20)))["type"] != "ended":
            assert event["type"] != "error", (event, server.printed)
    assert "reply" in server.printed and "forged" in server.printed
    assert unprintable(server.printed) == []
    assert "\n2026-11-28 12:00:00,000 ERROR" not in server.printed
