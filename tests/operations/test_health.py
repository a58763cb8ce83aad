"""`/healthz`."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from chat.operations import health
from chat.realtime import layer
from gptsite.asgi import application
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(path: str = "/healthz", host: bytes = b"10.1.2.3", method: str = "GET") -> tuple[int, Any]:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"host", host)],
        "client": ["127.0.0.1", 5],
        "server": ["127.0.0.1", 8000],
    }
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await communicator.receive_output(LIMIT)
    body = await communicator.receive_output(LIMIT)
    await communicator.wait()
    return start["status"], body["body"]


async def broken(*args: Any) -> None:
    raise ConnectionError("no route, and a secret: redis://:hunter2@host")


async def test_it_tells_the_state_of_database_and_layer_whatever_the_host():
    status, body = await ask()
    assert (status, json.loads(body)) == (200, {"status": "ok", "database": "ok", "layer": "ok"})


async def test_other_pages_still_check_the_host():
    status, _ = await ask("/accounts/login/")
    assert status == 400


@pytest.mark.fault(8)
async def test_it_is_503_when_the_layer_is_down(monkeypatch):
    monkeypatch.setattr(layer, "check", broken)
    status, body = await ask()
    assert (status, json.loads(body)) == (503, {"status": "down", "database": "ok", "layer": "down"})
    assert b"hunter2" not in body


@pytest.mark.fault(13)
async def test_it_is_503_when_the_database_is_down(monkeypatch):
    def refuse() -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(health, "ask_database", refuse)
    status, body = await ask()
    assert (status, json.loads(body)["database"]) == (503, "down")


async def test_a_part_that_never_answers_counts_as_down(monkeypatch):
    async def hang() -> None:
        await health.asyncio.sleep(3600)

    monkeypatch.setattr(layer, "check", hang)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    status, body = await ask()
    assert (status, json.loads(body)["layer"]) == (503, "down")


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("POST", 405), ("DELETE", 405), ("PURGE", 405)]
)
async def test_it_is_only_read(method, status):
    assert (await ask(method=method))[0] == status


async def test_a_crowd_that_asks_at_once_costs_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look = [], health.ask_database
    monkeypatch.setattr(health, "ask_database", lambda: (looks.append(1), look()))
    answers = await asyncio.gather(*(ask() for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    assert len(looks) == 1
    assert (await ask())[0] == 200
    assert len(looks) == 2
