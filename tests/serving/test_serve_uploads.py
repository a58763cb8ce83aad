"""Large files at the door: written to disk as they come, for who has a ticket, and to nobody's memory."""

import os
from io import BytesIO
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock

from chat.serving import http, uploads
from tests.serving.test_serve_limits import Wire

BOUNDARY = b"----WebKitFormBoundaryX"


def form(content: bytes, name: str = "conversations.zip") -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/zip'
    field = b'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\ntoken'
    mark = b"--" + BOUNDARY
    return b"\r\n".join([mark, field, mark, head.encode(), b"", content, mark + b"--", b""])


def request(path: str, body: bytes, method: str = "POST", *more: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: a.example",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture
def door(settings, tmp_path, monkeypatch):
    """A connection, and the requests that went on to the application, as (headers, body)."""
    settings.DATA_DIR, settings.IMPORT_MAX_MB = tmp_path, 3
    passed = []
    monkeypatch.setattr(
        http.WebRequest,
        "process",
        lambda self: passed.append((dict(self.requestHeaders.getAllRawHeaders()), self.content.read())),
    )
    server = SimpleNamespace(
        protocol_connected=lambda request: None, protocol_disconnected=lambda request: None
    )
    factory = http.Factory(server)
    factory.reactor = Clock()

    def connect():
        channel = factory.buildProtocol(None)
        channel.makeConnection(Wire())
        return channel

    return SimpleNamespace(connect=connect, passed=passed, folder=tmp_path / uploads.FOLDER)


@given(st.binary(max_size=400), st.integers(1, 50))
@settings(deadline=None)
def test_the_file_of_a_form_is_taken_whatever_is_in_it_and_however_it_comes(content, size):
    if b"\r\n--" + BOUNDARY in content:
        return
    file = BytesIO()
    taken = uploads.Form(BOUNDARY, file)
    body = form(content, "größe.json")
    for place in range(0, len(body), size):
        taken.feed(body[place : place + size])
    assert (taken.name, file.getvalue()) == ("größe.json", content)


def test_a_file_beyond_the_usual_limit_comes_to_the_disk_and_goes_with_its_request(door):
    content = bytes(range(256)) * 8192  # 2 MB
    body, channel = form(content), door.connect()
    channel.dataReceived(request(f"/import/upload/{uploads.ticket(7)}/", body))
    for place in range(0, len(body), 65536):
        channel.dataReceived(body[place : place + 65536])
    ((headers, left),) = door.passed
    assert left == b""
    assert headers[b"Content-Length"] == [b"0"]
    meta = {
        f"HTTP_{key.decode().upper().replace('-', '_')}": value[0].decode() for key, value in headers.items()
    }
    path, name, size = uploads.arrived(meta, 7)
    assert (path.read_bytes(), name, size) == (content, "conversations.zip", len(content))
    assert path.stat().st_mode & 0o77 == 0
    assert uploads.arrived(meta, 8) is None
    channel.connectionLost(None)
    assert list(door.folder.iterdir()) == []


@pytest.mark.parametrize("path", ["/import/upload/1:abcdef:ghijkl/", "/import/upload/none-of-ours/", "/"])
def test_without_a_ticket_the_usual_limit_holds(door, path):
    channel = door.connect()
    channel.dataReceived(request(path, form(b"x" * (http.MAX_BODY + 1))))
    assert b"413" in channel.transport.value()
    assert not door.folder.exists()
    channel.connectionLost(None)


def test_one_person_sends_one_file_at_a_time_and_none_that_is_too_large(door):
    first, second = door.connect(), door.connect()
    body = form(b"x" * (2 * 1024 * 1024))
    address = f"/import/upload/{uploads.ticket(7)}/"
    first.dataReceived(request(address, body) + body[:1000])
    second.dataReceived(request(address, body))
    assert b"413" in second.transport.value()
    first.connectionLost(None)  # in the middle of it
    assert list(door.folder.iterdir()) == []
    third = door.connect()
    third.dataReceived(request(address, form(b"x" * (4 * 1024 * 1024))))
    assert b"413" in third.transport.value()
    for channel in (second, third):
        channel.connectionLost(None)
    assert list(door.folder.iterdir()) == []


def test_a_disk_that_is_nearly_full_takes_none(door, monkeypatch):
    free = uploads.shutil.disk_usage(door.folder.parent)._replace(free=uploads.LEFT_FREE + 1024 * 1024)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: free)
    channel = door.connect()
    body = form(b"x" * (2 * 1024 * 1024))
    channel.dataReceived(request(f"/import/upload/{uploads.ticket(7)}/", body))
    assert b"413" in channel.transport.value()
    assert not door.folder.exists()
    channel.connectionLost(None)


def test_a_disk_that_fills_meanwhile_takes_no_more_however_the_file_is_sent(door, monkeypatch):
    free = uploads.shutil.disk_usage(door.folder.parent)._replace(free=uploads.LEFT_FREE)
    channel, address = door.connect(), f"/import/upload/{uploads.ticket(7)}/"
    head = request(address, b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    channel.dataReceived(head)
    body = form(b"x" * (2 * 1024 * 1024))
    for place in range(0, len(body), 0x10000):
        piece = body[place : place + 0x10000]
        channel.dataReceived(b"%x\r\n%b\r\n" % (len(piece), piece))
        if place == 0:
            monkeypatch.setattr(
                uploads.shutil, "disk_usage", lambda path: free._replace(free=uploads.LEFT_FREE - 1)
            )
    assert b"413" in channel.transport.value()
    assert list(door.folder.iterdir()) == []
    channel.connectionLost(None)


@pytest.mark.parametrize("size", [600_000, 40])
def test_a_disk_that_refuses_to_write_is_said_and_leaves_no_file(door, monkeypatch, size):
    def full(number, mode):
        os.dup2(os.open("/dev/full", os.O_WRONLY), number)
        return opened(number, mode)

    opened = os.fdopen
    monkeypatch.setattr(uploads.os, "fdopen", full)
    channel, body = door.connect(), form(b"x" * size)
    channel.dataReceived(request(f"/import/upload/{uploads.ticket(7)}/", body) + body)
    assert b"413" in channel.transport.value() or uploads.HEADERS[0] not in {
        name.lower() for headers, _ in door.passed for name in headers
    }
    channel.connectionLost(None)
    assert list(door.folder.iterdir()) == []


def test_a_form_of_parts_without_end_is_not_searched_for_a_file():
    taken = uploads.Form(b"x", BytesIO())
    taken.feed(b"--x\r\n\r\n\r\n" * (uploads.MOST_PARTS + 1))
    taken.feed(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nwords\r\n--x--\r\n')
    assert taken.name is None


def test_nobody_names_a_file_by_a_header(door):
    channel = door.connect()
    channel.dataReceived(
        request("/", b"", "POST", "X-Upload-File: 7-" + "a" * 32 + ".part", "X-Upload-Name: a")
    )
    ((headers, _),) = door.passed
    assert not {name.lower() for name in headers} & set(uploads.HEADERS)
    channel.connectionLost(None)
