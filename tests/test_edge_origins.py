"""Pages of other origins: their sockets and their form posts, which browsers send with our cookies."""

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from gptsite.asgi import application

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


async def handshake(*origins: str, path: str = "/ws/chat/") -> tuple[bool, int | None]:
    headers = [(b"host", b"127.0.0.1:8000"), *((b"origin", origin.encode()) for origin in origins)]
    socket = WebsocketCommunicator(application, path, headers)
    answer = await socket.connect(timeout=5)
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


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000.evil.example", "127.0.0.1:8000@evil"])
def test_a_request_for_another_host_is_refused(host):
    assert Client(headers={"host": host}).get("/accounts/login/").status_code == 400


def test_a_script_without_a_token_is_told_as_scripts_are():
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "stale_form")
    assert b"<h1>" in Client(enforce_csrf_checks=True).post("/i18n/setlang/").content
