"""The names of a site, each tried on a real server: forms, sockets and links in mails."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.server import START_LIMIT, SiteServer, post, session_of, sign_up, site_server

SITE = "http://chat.example.org"


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, mails: Path) -> Iterator[SiteServer]:
    with site_server(
        tmp_path_factory.mktemp("data"),
        SITE_URL=SITE,
        ALLOWED_HOSTS="other.example, .wide.example,192.0.2.7",
        TRUSTED_PROXIES="127.0.0.1",
        EMAIL_URL=f"filemail:///{mails}",
    ) as server:
        yield server


def socket_at(server: SiteServer, host: str, cookie: str, origin: str) -> connect:
    """A socket that asks by `host`, wherever that leads."""
    return connect(
        f"ws://{host}/ws/chat/",
        host="127.0.0.1",
        port=server.port,
        origin=origin,
        additional_headers={"Cookie": cookie},
        max_queue=None,
    )


def the_mail(mails: Path) -> str:
    """The next mail, which goes out after the answer; it is taken out of the folder."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        for mail in mails.iterdir():
            if (text := mail.read_text()).rstrip().endswith("-" * 79):  # Django's end of a mail in a file
                mail.unlink()
                return text
        time.sleep(0.05)
    raise AssertionError("no mail has come")


@pytest.mark.parametrize(
    "host", ["chat.example.org", "other.example", "deep.wide.example", "192.0.2.7", "other.example:8080"]
)
async def test_forms_and_sockets_work_by_each_name(server, mails, host):
    sign_up(server, f"{host.replace(':', '-')}@example.org", f"Host: {host}", origin=f"http://{host}")
    assert f"{SITE}/accounts/confirm-email/" in await asyncio.to_thread(the_mail, mails)
    async with socket_at(server, host, "", f"http://{host}") as socket:
        await socket.wait_closed()
        assert socket.close_code == 4401  # taken, and then asked who it is


async def test_another_name_gets_a_page_that_says_what_to_set_and_no_socket(server):
    answer = server.get("/accounts/login/", Host="evil.example")
    assert answer.status == 400
    assert b"ALLOWED_HOSTS" in answer.body
    with pytest.raises(InvalidStatus, match="403"):
        async with socket_at(server, "evil.example", "", "http://evil.example"):
            pass


def test_a_form_by_a_name_of_ours_from_the_page_of_another_is_refused(server):
    fields = {"email": "x@example.org", "password1": "correct horse 7 battery"}
    answer = post(server, "/accounts/signup/", "Host: other.example", origin="http://evil.example", **fields)
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"evil" not in answer
    answer = post(
        server, "/accounts/signup/", "Host: other.example", origin="https://other.example", **fields
    )
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"SITE_URL=https://other.example" in answer


def test_a_proxy_that_asks_by_its_own_name_passes_on_the_browser_s(server):
    forwarded = ["Host: 127.0.0.1:8000", "X-Forwarded-Host: other.example", "X-Forwarded-Port: 8443"]
    answer = sign_up(server, "proxied@example.org", *forwarded, origin="http://other.example:8443")
    assert session_of(answer)


async def test_without_a_site_url_a_forwarded_port_works(tmp_path):
    with site_server(tmp_path) as server:
        for host in ("localhost:8080", "localhost"):
            answer = sign_up(server, f"{len(host)}@example.org", f"Host: {host}", origin=f"http://{host}")
            async with socket_at(server, host, session_of(answer), f"http://{host}") as socket:
                assert "hello" in str(await socket.recv())
