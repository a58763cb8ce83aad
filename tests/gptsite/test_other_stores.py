"""The same site on PostgreSQL and Redis, with two processes: both real, from wheels."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing
from functools import partial
from typing import Any

import psycopg
import pytest
from redis import from_url as redis_client
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from chat import markdown
from chat.markdown import Patch
from tests.support.forks import run
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.server import (
    SiteServer,
    free_port,
    open_socket,
    post,
    request,
    session_of,
    sign_up,
    site_server,
)
from tests.support.stores import postgres, redis


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, str]]:
    with postgres() as database, redis() as broker:
        yield {"DATABASE_URL": database.url, "REDIS_URL": broker.url, "SECRET_KEY": "shared by both " * 4}


@pytest.fixture(scope="module")
def processes(
    stores: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[SiteServer], int]]:
    """Two processes on the same stores, and the port where both look for their model."""
    port = free_port()
    model = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_MODEL": "scripted-1"}
    variables = stores | model | {"MODEL_REQUESTS_PER_PERSON": "5", "SOCKETS_PER_PERSON": "4"}
    # For its passwords: hashing those that are tried here takes longer than all the rest
    variables |= {"DJANGO_SETTINGS_MODULE": "tests.support.fault_settings"}
    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp(name) for name in "ab"]
        yield [stack.enter_context(site_server(folder, **variables)) for folder in folders], port


@pytest.fixture
async def pair(processes: tuple[list[SiteServer], int]) -> Any:
    """Both of them, and the model server behind them."""
    servers, port = processes
    async with ScriptedProvider(port=port) as provider:
        yield *servers, provider


async def until(socket: ClientConnection, *kinds: str) -> Any:
    async with asyncio.timeout(20):
        while True:
            event = json.loads(await socket.recv())
            if isinstance(event, dict) and event["type"] in kinds:
                return event


async def send(socket: ClientConnection, **command: Any) -> None:
    await socket.send(json.dumps(command, default=str))


@asynccontextmanager
async def two_tabs(
    one: SiteServer, two: SiteServer, cookie: str
) -> AsyncIterator[tuple[ClientConnection, ClientConnection]]:
    """A socket on each process, which hears of what is new from now on."""
    async with open_socket(one, cookie) as here, open_socket(two, cookie) as there:
        for socket in (here, there):
            await until(socket, "hello")
        yield here, there


def member(server: SiteServer) -> str:
    return session_of(sign_up(server, f"{uuid.uuid4().hex}@example.org"))


async def test_a_reply_written_by_one_process_is_seen_through_the_other(pair):
    one, two, provider = pair
    provider.default = play("plain", text="Hello from afar", rate=20)
    cookie = member(one)
    async with two_tabs(one, two, cookie) as (here, there):
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


async def follow(socket: ClientConnection, reply: str) -> list[str]:
    """A reply as the page puts it together from snapshot and patches, until it is shown as ended."""
    blocks: list[str] = []
    handle = seq = None
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if isinstance(event, list):
            assert event[:2] == [handle, seq + 1]
            seq += 1
            blocks = markdown.apply(blocks, [Patch(*change) for change in event[2:]])
            await send(socket, type="ack", handle=handle, seq=seq)
        elif event["type"] == "snapshot":
            assert event["reply"] == reply
            blocks, handle, seq = event["blocks"], event["handle"], event["seq"]
        elif event["type"] == "replaced" and 'data-status="running"' not in event["html"]:
            return blocks


async def test_a_reply_written_by_one_process_streams_through_the_other(pair):
    one, two, provider = pair
    text = "Hello from afar, word by word. " * 8
    provider.default = play("plain", text=text, rate=150)
    cookie = member(one)
    async with two_tabs(one, two, cookie) as (here, there):
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        sent = await until(here, "sent")
        await send(there, type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
        assert await follow(there, sent["reply"]) == [f'<p dir="auto">{text.strip()}</p>']


async def test_what_was_said_is_found_by_its_owner_alone_from_the_end_of_the_reply_on(pair):
    one, two, provider = pair
    provider.default = play("plain", text="The xylophone 天气 is here.")
    cookie = member(one)
    async with open_socket(one, cookie) as here:
        await send(here, type="send", client_id=uuid.uuid4(), text="A question about a zebra")
        sent = await until(here, "sent")
        await until(here, "ended")

    async def found(cookie: str, typed: str) -> bool:
        asked = request(two, "GET", f"/search/?q={typed}", f"Cookie: {cookie}")
        answer = await asyncio.to_thread(two.raw, asked)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return b"<mark>" in answer

    stranger = member(two)
    for typed in ("xylophone", "%E5%A4%A9", "%E5%A4%A9%E6%B0%94", "%22is+here%22", "zebra", "zeb"):
        assert await found(cookie, typed), typed
        assert not await found(stranger, typed), typed
    assert not await found(cookie, "%22here+is%22")
    deed = {"do": "delete", "conversation": sent["conversation"]}
    await asyncio.to_thread(post, two, "/conversations/arrange/", cookie=cookie, **deed)
    assert not await found(cookie, "xylophone")


async def test_a_tab_on_another_process_hears_of_a_new_message_and_streams_its_reply(pair):
    one, two, provider = pair
    provider.default = play("plain", text="ok")
    cookie = member(one)
    async with two_tabs(one, two, cookie) as (here, there):
        await send(here, type="send", client_id=uuid.uuid4(), text="First")
        first = await until(here, "sent")
        await until(here, "ended")
        place = {"conversation": first["conversation"]}
        await send(there, type="watch", tip=first["reply"], **place)
        await send(there, type="stop", reply=first["reply"])
        await until(there, "error")  # it watches now
        text = "Seen from both sides, word by word. " * 8
        provider.default = play("plain", text=text, rate=30)
        await send(here, type="send", client_id=uuid.uuid4(), text="Second", parent=first["reply"], **place)
        told = await until(there, "sent")
        assert "Second" in told["message_html"]
        assert await follow(there, told["reply"]) == [f'<p dir="auto">{text.strip()}</p>']


async def test_logging_out_in_one_process_ends_what_the_other_writes_for_that_session(pair):
    one, two, provider = pair
    provider.default = play("hang", at="middle")
    answer = sign_up(one, f"{uuid.uuid4().hex}@example.org")
    cookie = session_of(answer)
    async with open_socket(one, cookie) as here:
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        await until(here, "sent")
        while not provider.requests:
            await asyncio.sleep(0.01)
        answer = await asyncio.to_thread(post, two, "/accounts/logout/", cookie=cookie)
        assert answer.startswith(b"HTTP/1.1 302"), answer
        await asyncio.wait_for(provider.closed_by_client.wait(), 5)
        with pytest.raises(ConnectionClosed) as closed:
            await until(here, "hello")
        assert closed.value.rcvd.code == 4401


async def test_logging_out_in_one_process_closes_a_socket_of_the_other_that_waits_for_the_database(
    pair, stores
):
    one, two, _ = pair
    cookie = member(one)
    async with (
        open_socket(one, cookie) as here,
        await psycopg.AsyncConnection.connect(stores["DATABASE_URL"]) as database,
    ):
        await until(here, "hello")
        await database.execute("LOCK TABLE chat_conversation")
        await send(here, type="presence", visible=True)
        while not await waiting_for_a_lock(database):
            await asyncio.sleep(0.01)
        answer = await asyncio.to_thread(post, two, "/accounts/logout/", cookie=cookie)
        assert answer.startswith(b"HTTP/1.1 302"), answer
        with pytest.raises(ConnectionClosed) as closed:
            await until(here, "progress", "error")
        assert closed.value.rcvd.code == 4401


async def waiting_for_a_lock(database):
    found = await database.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    return await found.fetchone()


async def test_a_stop_reaches_the_process_that_writes(pair):
    one, two, provider = pair
    provider.script(play("hang", at="middle"))
    cookie = member(one)
    async with two_tabs(one, two, cookie) as (here, there):
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        sent = await until(here, "sent")
        await until(there, "listed")
        await until(here, "snapshot")
        while not provider.requests:
            await asyncio.sleep(0.01)
        await send(there, type="stop", reply=sent["reply"])
        assert (await until(here, "ended"))["status"] == "stopped"
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)


def moderate(server: SiteServer, stores: dict[str, str], owner: str, reply: str) -> None:
    """Its owner reports a reply, and a moderator hides it."""
    answer = post(server, f"/m/{reply}/report/", cookie=owner, category="other")
    assert b" 500 " not in answer.split(b"\r\n")[0], answer
    email = f"{uuid.uuid4().hex}@example.org"
    moderator = session_of(sign_up(server, email))
    with psycopg.connect(stores["DATABASE_URL"]) as database:
        database.execute(
            "UPDATE chat_user SET is_staff = true, is_superuser = true WHERE email = %s", [email]
        )
        [[report]] = database.execute("SELECT MAX(id) FROM chat_report").fetchall()
    chosen = {"action": "hide", "_selected_action": str(report)}
    answer = post(server, "/admin/chat/report/", cookie=moderator, **chosen)
    assert answer.startswith(b"HTTP/1.1 302"), answer


async def test_what_is_hidden_through_one_process_falls_silent_in_the_other(pair, stores):
    one, two, provider = pair
    provider.default = play("plain", text="One is first. Two comes after. Three follows. Four is later.")
    cookie = member(one)
    async with open_socket(one, cookie) as here, open_socket(one, cookie, "/ws/voice/") as voice:
        await send(here, type="send", client_id=uuid.uuid4(), text="Hello")
        reply = (await until(here, "sent"))["reply"]
        assert (await until(here, "ended"))["status"] == "complete"
        await send(voice, type="read", id=7, message=reply, voice="browser")
        for _ in range(3):
            await until(voice, "spoken")  # the next one waits until the first was heard
        await asyncio.to_thread(moderate, two, stores, cookie, reply)
        refused = await until(voice, "error")
        assert (refused["code"], refused["id"]) == ("not_found", 7)


async def test_requests_to_the_model_count_together_in_both_processes(pair):
    one, two, provider = pair
    provider.default = play("plain", text="ok")
    cookie = member(one)
    async with two_tabs(one, two, cookie) as tabs:
        said = []
        for number in range(4):  # two requests each, with the title
            socket = tabs[number % 2]
            await send(socket, type="send", client_id=uuid.uuid4(), text="Hello")
            said.append(await until(socket, "sent", "error"))
            if said[-1]["type"] == "sent":
                await until(socket, "ended")
    assert [event["type"] for event in said] == ["sent", "sent", "error", "error"]
    assert said[2]["code"] == "too_many_requests"
    assert 0 < said[2]["retry_after"] <= 3600
    assert "You’ve reached your hourly limit. Try again in" in said[2]["text"]


async def test_sockets_count_together_in_both_processes_and_are_free_again_when_they_close(pair):
    one, two, _ = pair
    cookie = member(one)
    async with two_tabs(one, two, cookie), two_tabs(one, two, cookie):
        for server in (one, two):
            async with open_socket(server, cookie) as late:
                with pytest.raises(ConnectionClosed) as closed:
                    await late.recv()
                assert closed.value.rcvd.code == 4429
    async with two_tabs(two, one, cookie):
        pass


async def test_wrong_passwords_count_together_in_both_processes(pair):
    one, two, _ = pair
    email = f"{uuid.uuid4().hex}@example.org"
    await asyncio.to_thread(sign_up, one, email)
    guess = partial(post, path="/accounts/login/", login=email, password="wrong 12345")
    answers = [await asyncio.to_thread(guess, server) for server in [one, two] * 6]
    statuses = [answer.split(b" ", 2)[1] for answer in answers]
    assert set(statuses[:5]) == {b"200"}
    assert statuses[-1] == b"429"


def test_the_doctor_sends_a_message_through_redis_to_another_process(stores, tmp_path):
    own = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gptsite.settings"}
    _, said = run(["manage.py", "doctor"], **stores, **own, OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert "ok    Channel layer" in said
    assert "ok    Clock" in said


def test_asking_for_the_health_leaves_nothing_behind_in_redis(stores, tmp_path):
    with site_server(tmp_path, **stores) as server, closing(redis_client(stores["REDIS_URL"])) as client:
        server.get("/healthz")
        before = len(client.pubsub_channels())
        for _ in range(5):
            assert server.get("/healthz").status == 200
        assert len(client.pubsub_channels()) <= before
