"""A reply longer than any frame that a browser may send: it comes whole, however one looks at it."""

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from chat import markdown
from chat.markdown import Patch
from chat.realtime.protocol import MAX_FRAME
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.server import SiteServer, open_socket, session_of, sign_up, site_server

LONG = "Some words of a reply that does not end soon. " * (2 * MAX_FRAME // 46)


@pytest.fixture
async def provider():
    async with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
def server(tmp_path: Path, provider: ScriptedProvider):
    with site_server(tmp_path, OPENAI_BASE_URL=provider.base_url, OPENAI_MODEL="scripted-1") as server:
        yield server


async def until(socket: Any, *kinds: str) -> Any:
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 30))
        if isinstance(event, dict) and event["type"] in kinds:
            return event


async def seen(socket: Any) -> tuple[list[str], bool]:
    """What a page that acknowledges nothing shows of a reply at its end, and whether words are missing."""
    blocks: list[str] = []
    seq = 0
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 30))
        if isinstance(event, list):
            blocks = markdown.apply(blocks, [Patch(*change) for change in event[2:]])
            seq = event[1]
        elif event["type"] == "snapshot":
            blocks, seq = event["blocks"], event["seq"]
        elif event["type"] == "ended":
            return blocks, event["seq"] > seq


async def send(socket: Any, **command: Any) -> None:
    await socket.send(json.dumps(command, default=str))


async def test_who_never_acknowledges_a_long_reply_hears_that_words_are_missing_and_a_page_has_it_whole(
    server: SiteServer, provider: ScriptedProvider
):
    provider.default = play("plain", text=LONG, size=4000, rate=400)
    cookie = session_of(await asyncio.to_thread(sign_up, server, "long@example.org"))
    async with open_socket(server, cookie) as silent:
        await send(silent, type="send", client_id=uuid.uuid4(), text="Hello")
        sent = await until(silent, "sent")
        [shown], lacks_words = await seen(silent)
        assert lacks_words
        assert f'<p dir="auto">{LONG.strip()}</p>'.startswith(shown.removesuffix("</p>"))
    page = await asyncio.to_thread(server.get, f"/c/{sent['conversation']}/", Cookie=cookie)
    assert LONG.strip() in page.body.decode()
