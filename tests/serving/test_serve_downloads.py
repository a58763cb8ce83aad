"""A long file over real connections: it arrives whole, and waits for its reader outside of the server's memory."""

import json
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.server import SiteServer, session_of, sign_up, site_server

SIZE = 80_000_000
# Most of what the server may take for one reader, in bytes
SHARE = SIZE // 4


@pytest.fixture
def data_dir(tmp_path) -> Path:
    return tmp_path


@pytest.fixture
def server(data_dir) -> Iterator[SiteServer]:
    with site_server(data_dir) as server:
        yield server


def file_of(data_dir: Path) -> str:
    """Put a file there that a job of the only person has made; give its address."""
    folder = data_dir / "exports"
    folder.mkdir()
    (folder / "made").write_bytes(b"0123456789" * (SIZE // 10))
    name = uuid.uuid4()
    with closing(sqlite3.connect(data_dir / "db.sqlite3")) as database, database:
        (owner,) = database.execute("SELECT id FROM chat_user").fetchone()
        result = json.dumps({"file": "made", "name": "made.zip", "size": SIZE})
        database.execute(
            "INSERT INTO chat_job (uuid, owner_id, kind, payload, state, result, status, done, total, attempts,"
            " run_after, worker, error, error_detail, created_at, ended_at)"
            " VALUES (?, ?, 'export', '{}', '{}', ?, 'done', 0, 0, 1, ?, '', '', '', ?, ?)",
            [name.hex, owner, result, *["2026-01-01"] * 3],
        )
    return f"/export/{name}/file/"


def test_a_slow_reader_gets_a_long_file_whole_and_costs_no_memory(server, data_dir):
    session = session_of(sign_up(server, "alice@example.org"))
    address = file_of(data_dir)
    before = server.memory()
    with socket.create_connection(("127.0.0.1", server.port)) as reader:
        reader.sendall(
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {session}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        received = reader.recv(1000)
        assert received.startswith(b"HTTP/1.1 200")
        time.sleep(1)
        assert server.memory() - before < SHARE
        count = len(received)
        while piece := reader.recv(1_000_000):
            count += len(piece)
            received = (received + piece)[-10:] if count > 10_000 else received + piece
    assert count > SIZE
    assert received == b"0123456789"
