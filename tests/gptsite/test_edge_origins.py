"""Pages of other origins: their sockets and their form posts, which browsers send with our cookies."""

import re

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from gptsite.asgi import application
from tests.conftest import browser_of
from tests.support.waiting import LIMIT

OURS = "http://127.0.0.1:8000"
STRANGE = [
    "http://127.0.0.1:8001",
    "http://127.0.0.1",
    "https://127.0.0.1:8000",
    "ws://127.0.0.1:8000",
    "null",
    "",
    "http://127.0.0.1:8000.evil.example",
    "http://evil.example/127.0.0.1:8000",
    "http://127.0.0.2:8000",
    "http://localhost.evil.example:8000",
    "http://localhost.:8000",
    "HTTP://127.0.0.1:8000",
    "http://LOCALHOST:8000",
    "http://evil@127.0.0.1:8000",
    "http://127.0.0.1:8000@evil.example",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:99999",
    "file://",
    f"{OURS}, http://evil.example",
    f"http://evil.example, {OURS}",
]


async def handshake(
    *origins: str, path: str = "/ws/chat/", host: str = "127.0.0.1:8000"
) -> tuple[bool, int | None]:
    headers = [(b"host", host.encode()), *((b"origin", origin.encode()) for origin in origins)]
    socket = WebsocketCommunicator(application, path, headers)
    answer = await socket.connect(timeout=LIMIT)
    await socket.disconnect()
    return answer


def post(origin: str, host: str = "127.0.0.1:8000") -> int:
    """The status of a form post whose token is right; only its origin can be wrong."""
    client = Client(enforce_csrf_checks=True, headers={"host": host, "origin": origin})
    token = _get_new_csrf_string()
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    fields = {"language": "en", "next": "/accounts/login/", "csrfmiddlewaretoken": token}
    return client.post("/i18n/setlang/", fields).status_code


def test_the_site_is_reached_by_its_loopback_names():
    assert settings.SITE_ORIGINS == [OURS, "http://localhost:8000", "http://[::1]:8000"]


@pytest.mark.parametrize("origin", STRANGE)
async def test_a_socket_of_another_origin_is_refused(origin):
    assert await handshake(origin) == (False, 4403)


async def test_a_socket_without_origin_is_refused():
    assert await handshake() == (False, 4403)


async def test_a_socket_with_two_origins_is_refused_even_if_both_are_ours():
    assert await handshake(OURS, OURS) == (False, 4403)


async def test_a_socket_at_another_address_is_refused():
    assert await handshake(OURS, path="/ws/other/") == (False, 4403)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
@pytest.mark.django_db(transaction=True)
async def test_our_own_pages_get_past_the_origin_check(provider, origin):
    assert (await handshake(origin))[0]


@pytest.mark.parametrize("origin", STRANGE)
def test_a_form_post_of_another_origin_is_refused(origin):
    assert post(origin) == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_a_form_post_of_ours_is_taken(origin):
    assert post(origin) == 302


# By which port a page came is the browser's word, in the Host as in the origin: a forwarded port works
FORWARDED = [
    ("http://localhost:8080", "localhost:8080"),
    ("http://127.0.0.1", "127.0.0.1"),
    ("http://127.0.0.1", "127.0.0.1:80"),
    ("http://[::1]:9000", "[::1]:9000"),
]


@pytest.mark.parametrize(("origin", "host"), FORWARDED)
def test_a_form_at_a_forwarded_port_is_taken(origin, host):
    assert post(origin, pinned(host)) == 302


@pytest.mark.parametrize(("origin", "host"), FORWARDED)
@pytest.mark.django_db(transaction=True)
async def test_a_socket_at_a_forwarded_port_is_taken(provider, origin, host):
    assert (await handshake(origin, host=host))[0]


STRANGERS = [
    ("http://localhost:3000", "localhost:8080"),
    ("https://localhost:8080", "localhost:8080"),
    ("http://evil.example:8080", "evil.example:8080"),
    ("http://evil.example", "localhost:8080"),
    ("http://localhost:8080", "localhost:8080@evil"),
    ("http://localhost:8080", "evil.example:8080"),
]


@pytest.mark.parametrize(("origin", "host"), STRANGERS)
async def test_a_socket_whose_page_is_not_at_the_host_it_asks_is_refused(origin, host):
    assert await handshake(origin, host=host) == (False, 4403)


def pinned(host: str) -> str:
    """What the edge makes of a Host, which Django's own test client does not pass."""
    return host.removesuffix(":80")


# What is said to people who come by another address


def refused_page(origin: str, host: str = "localhost:8000", **headers: str) -> str:
    client = Client(enforce_csrf_checks=True, headers={"host": host, "origin": origin, **headers})
    answer = client.post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    return answer.content.decode()


@pytest.mark.parametrize("origin", ["https://localhost:8000", "http://localhost:3000", "http://localhost"])
def test_the_page_of_a_refused_form_says_what_to_set(origin, caplog):
    page = refused_page(origin)
    assert f"set SITE_URL={origin} and restart" in page
    assert origin in caplog.text


@pytest.mark.parametrize("origin", ["http://evil.example", "http://evil.example@localhost:1", "http://[evil"])
def test_no_page_of_a_stranger_says_what_to_set(origin):
    page = refused_page(origin)
    assert "evil" not in page
    assert "set SITE_URL to the address in your browser" in page


def test_a_browser_that_hides_its_page_is_told_why():
    assert "Referrer-Policy: no-referrer" in refused_page("null")


def test_a_form_without_a_token_is_out_of_date_and_no_more():
    assert "SITE_URL" not in refused_page("http://localhost:8000")


def test_a_script_at_another_address_is_told_as_scripts_are():
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost:8000", "X-Fragment": "1"})
    answer = client.post("/i18n/setlang/", headers={"origin": "https://localhost:8000"})
    assert answer.json()["code"] == "other_address"
    assert "SITE_URL=https://localhost:8000" in answer.json()["text"]


def test_a_name_that_is_not_ours_is_told_what_to_set():
    answer = Client(headers={"host": "chat.example.org"}).get("/accounts/login/")
    assert answer.status_code == 400
    assert "add its host name to ALLOWED_HOSTS" in answer.content.decode()
    script = Client(headers={"host": "chat.example.org", "X-Fragment": "1"}).get("/accounts/login/")
    assert script.json()["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000.evil.example", "127.0.0.1:8000@evil"])
def test_a_request_for_another_host_is_refused(host):
    assert Client(headers={"host": host}).get("/accounts/login/").status_code == 400


def test_a_script_without_a_token_is_told_as_scripts_are():
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "stale_form")
    assert b"<h1>" in Client(enforce_csrf_checks=True).post("/i18n/setlang/").content


def test_a_page_knows_by_which_origins_it_may_send(alice):
    client = browser_of(alice)
    for host in ("localhost:8000", "localhost:8080"):
        page = client.get("/", headers={"host": host}).content.decode()
        [origins] = re.findall(r'data-origins="([^"]*)"', page)
        assert origins.split() == [*settings.SITE_ORIGINS, f"http://{host}"]
        assert "SITE_URL={origin}" in page
