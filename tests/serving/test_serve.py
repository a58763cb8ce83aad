"""`manage.py serve`, over real connections."""

import gzip
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from chat.realtime.protocol import MAX_FRAME
from chat.serving.http import MAX_BODY
from tests.support.server import SiteServer, open_socket, request, session_of, sign_up, site_server

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteServer]:
    with site_server(tmp_path_factory.mktemp("data"), by_command=True) as server:
        yield server


async def code_of_close(connection: ClientConnection) -> int | None:
    try:
        while True:
            await connection.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


# What goes out


def test_no_answer_names_the_server(server):
    for path in ("/accounts/login/", "/healthz", "/nowhere/"):
        assert server.get(path).headers.get("Server") is None


def test_static_files_are_hashed_compressed_and_kept_for_a_year(server):
    page = server.get("/accounts/login/").body.decode()
    address = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert address, page
    answer = server.get(address[1], Accept_Encoding="br, gzip")
    assert answer.headers.get("Cache-Control") == "max-age=31536000, public, immutable"
    assert answer.headers.get("Content-Encoding") == "br"
    assert answer.headers.get("X-Content-Type-Options") == "nosniff"
    assert answer.headers.get("Set-Cookie") is None
    plain = server.get(address[1]).body
    assert gzip.decompress(server.get(address[1], Accept_Encoding="gzip").body) == plain


@pytest.mark.parametrize(
    "path",
    ["/static/../manage.py", "/static/%2e%2e/%2e%2e/manage.py", "/static/..%2f..%2fmanage.py", "/static/"],
)
def test_nothing_but_static_files_is_under_static(server, path):
    assert server.get(path).status == 404


# What comes in


def test_no_client_sets_the_address_of_links_in_mails(tmp_path):
    mails = tmp_path / "mails"
    mails.mkdir()
    evil = ["@evil.example", ".evil.example", "//evil.example", "/evil"]
    with site_server(tmp_path, EMAIL_URL=f"filemail:///{mails}") as server:
        for number, root in enumerate(evil):
            headers = [
                "Host: 127.0.0.1:666",
                f"Daphne-Root-Path: {root}",
                f"X-Forwarded-Prefix: {root}",
                "X-Forwarded-Host: evil.example",
            ]
            answer = sign_up(server, f"{number}@example.org", *headers)
            assert b"evil" not in answer
    texts = [path.read_text() for path in mails.iterdir()]
    assert sum(f"{server.origin}/accounts/" in text for text in texts) == len(evil)
    assert not [text for text in texts if "evil" in text or ":666" in text]


@pytest.mark.parametrize("byte", [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x85"])
def test_bytes_that_split_headers_are_refused_on_an_upgrade(server, byte):
    smuggled = f"X-Note: a{byte.decode('latin-1')}Origin: {server.origin}"
    lines = ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    assert server.raw(request(server, "GET", "/ws/chat/", *lines, smuggled)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("hosts", ["", "Host: a\r\nHost: b\r\n", "Host: {0}\r\nHost: {0}\r\n"])
def test_a_request_names_its_host_once(server, hosts):
    named = hosts.format(f"127.0.0.1:{server.port}")
    answer = server.raw(f"GET /accounts/login/ HTTP/1.1\r\n{named}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", ["/nowhere/", "/accounts/login/", "/ws/chat/", "/static/x", "/healthz"])
def test_a_body_over_the_cap_is_refused_on_every_path(server, path):
    answer = server.raw(request(server, "POST", path, f"Content-Length: {MAX_BODY + 1}"))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_huge_body_gets_its_refusal_and_is_not_kept(server):
    head = request(server, "POST", "/nowhere/", f"Content-Length: {400 * MEGABYTE}")
    before = server.memory()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head)
        for _ in range(100):
            connection.sendall(bytes(MEGABYTE))
        assert server.memory() - before < 30 * MEGABYTE
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_body_under_the_cap_reaches_the_page(server):
    body = b"x" * (MAX_BODY // 2)
    head = request(server, "POST", "/nowhere/", f"Content-Length: {len(body)}")
    assert server.raw(head + body).startswith(b"HTTP/1.1 404")


async def test_a_frame_over_the_limit_closes_the_socket_with_1009(server):
    cookie = session_of(sign_up(server, "frames@example.org"))
    async with open_socket(server, cookie) as connection:
        await connection.send("x" * (MAX_FRAME + 1))
        assert await code_of_close(connection) == 1009


def test_while_developing_the_pages_find_their_files_too(tmp_path):
    with site_server(tmp_path, DEBUG="true") as server:
        page = server.get("/accounts/login/").body.decode()
        files = set(re.findall(r'"(/static/[^"#]+)', page))
        assert "/static/chat/css/base.css" in files  # then they go by their plain names
        assert {server.get(file).status for file in files} == {200}


# Start and end


def test_a_taken_port_is_one_clear_sentence(server, tmp_path):
    second = SiteServer(tmp_path, PORT=str(server.port))
    code, output = second.end_by_itself()
    assert code == 1
    assert f"Can’t listen on 127.0.0.1:{server.port}" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]"])
def test_a_server_open_to_the_network_must_know_its_address(tmp_path, host):
    code, output = SiteServer(tmp_path, HOST=host).end_by_itself()
    assert code == 1
    assert "SITE_URL=https://chat.example.org" in output
    assert "Traceback" not in output


@pytest.mark.fault(6)
async def test_sigterm_twice_closes_the_sockets_with_4012_and_frees_the_port(tmp_path):
    with site_server(tmp_path) as server:
        cookie = session_of(sign_up(server, "alice@example.org"))
        async with open_socket(server, cookie) as connection:
            await connection.recv()
            server.process.send_signal(signal.SIGTERM)
            server.process.send_signal(signal.SIGTERM)
            assert await code_of_close(connection) == 4012
        code, output = server.end_by_itself()
    assert code == 0, output
    assert "Traceback" not in output
    assert f"Serving {server.origin}" in output
    assert "make admin" in output
    with socket.create_server(("127.0.0.1", server.port)):
        pass


def test_where_there_is_an_administrator_the_start_does_not_say_how_to_make_one(tmp_path):
    with site_server(tmp_path) as server:
        sign_up(server, "alice@example.org")
        server.end()
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute("UPDATE chat_user SET is_superuser = 1")
    with site_server(tmp_path) as server:
        code, output = server.end()
    assert code == 0, output
    assert f"Serving {server.origin}" in output
    assert "make admin" not in output


def test_ctrl_c_ends_it_in_silence(tmp_path):
    with (
        site_server(tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)) as half_a_request,
    ):
        half_a_request.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nx")
        code, output = server.end(signal.SIGINT)
    assert code == 0, output
    assert "Traceback" not in output


def test_two_processes_that_start_at_once_on_an_empty_database_both_come_up(tmp_path, monkeypatch):
    monkeypatch.setattr(SiteServer, "migrated", None)
    servers = [SiteServer(tmp_path) for _ in range(2)]
    try:
        for server in servers:
            server.wait_until_up()
        assert [server.get("/healthz").status for server in servers] == [200, 200]
    finally:
        for server in servers:
            server.end()
