"""Who is really calling, by which scheme, host and port: only a named proxy is believed, and the settings."""

import ipaddress
from typing import Any

import pytest

from gptsite.edge import Edge, parsed

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


async def seen(
    peer: str | None, *headers: tuple[str, str], secure: bool = False, kind: str = "http", port: str = ""
) -> dict[str, Any]:
    """The scope behind the edge."""
    caught: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        caught.update(scope)

    scope = {
        "type": kind,
        "root_path": "/evil",
        "scheme": "http",
        "client": [peer, 5] if peer else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await Edge(app, secure=secure, trusted=PROXIES, port=port)(scope, None, None)  # type: ignore[arg-type]
    return caught


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6, <script>, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["", ", ,"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
    ],
)
async def test_the_client_is_the_nearest_address_that_is_no_proxy_of_ours(peer, forwarded, client):
    scope = await seen(peer, *(("x-forwarded-for", line) for line in forwarded))
    assert scope["client"][0] == client


async def test_a_connection_without_an_address_stays_without_one():
    assert (await seen(None, ("x-forwarded-for", "198.51.100.1")))["client"] is None


@pytest.mark.parametrize("peer", ["203.0.113.9", "10.0.0.1"])
async def test_no_header_about_the_way_goes_further(peer):
    names = ["Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "daphne-root-path"]
    scope = await seen(peer, *((name, "6.6.6.6") for name in names), ("accept", "text/html"))
    assert scope["headers"] == [(b"accept", b"text/html")]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_the_root_path_is_pinned(kind):
    assert (await seen("10.0.0.1", kind=kind))["root_path"] == ""


@pytest.mark.parametrize(
    ("secure", "said", "scheme"),
    [
        (False, None, "http"),
        (False, "https", "http"),
        (True, None, "https"),
        (True, "https", "https"),
        (True, "HTTP", "http"),
    ],
)
async def test_the_scheme_follows_from_the_site_and_a_plain_request_through_the_proxy(secure, said, scheme):
    headers = [("x-forwarded-proto", said)] if said else []
    assert (await seen("10.0.0.1", *headers, secure=secure))["scheme"] == scheme
    socket = await seen("10.0.0.1", *headers, secure=secure, kind="websocket")
    assert socket["scheme"] == scheme.replace("http", "ws")


async def test_a_lifespan_passes_untouched():
    caught: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        caught.append(scope)

    scope = {"type": "lifespan"}
    await Edge(app, secure=False, trusted=[])(scope, None, None)  # type: ignore[arg-type]
    assert caught == [scope]


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f.1", "1.2.3.4, 5"])
def test_what_is_no_address_is_none(text):
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("host", "port", "secure", "known"),
    [
        ("chat.example.org", "", False, "chat.example.org"),
        ("chat.example.org:8080", "", False, "chat.example.org:8080"),
        ("chat.example.org:", "", False, "chat.example.org"),
        ("chat.example.org:80", "", False, "chat.example.org"),
        ("CHAT.example.org.:443", "", True, "chat.example.org"),
        ("CHAT.example.org.:443", "", False, "chat.example.org:443"),
        ("chat.example.org", ":8443", True, "chat.example.org:8443"),
        ("chat.example.org:443", ":8443", True, "chat.example.org"),
        ("localhost:9999", ":8000", False, "localhost:9999"),
        ("[::1]:9999", ":8000", False, "[::1]:9999"),
        ("127.0.0.1:8000@evil", ":8000", False, "127.0.0.1:8000@evil"),
        ("chat.example.org:666:7", "", False, "chat.example.org:666:7"),
        ("", ":8000", False, ""),
    ],
)
async def test_a_host_is_spelt_as_in_an_origin_with_the_port_by_which_the_browser_came(
    host, port, secure, known
):
    scope = await seen("203.0.113.9", ("host", host), port=port, secure=secure)
    assert scope["headers"] == [(b"host", known.encode())]


FORWARDED = [("x-forwarded-host", "chat.example.org, inner"), ("x-forwarded-port", "8443, 80")]


@pytest.mark.parametrize(
    ("peer", "host", "forwarded", "known"),
    [
        ("10.0.0.1", "127.0.0.1:8000", FORWARDED, "chat.example.org:8443"),
        ("203.0.113.9", "127.0.0.1:8000", FORWARDED, "127.0.0.1:8000"),
        ("10.0.0.1", "127.0.0.1:8000", FORWARDED[:1], "chat.example.org"),
        ("10.0.0.1", "chat.example.org", FORWARDED[1:], "chat.example.org:8443"),
        ("10.0.0.1", "chat.example.org:9443", FORWARDED[1:], "chat.example.org:9443"),
        ("10.0.0.1", "chat.example.org", [("x-forwarded-port", "443")], "chat.example.org"),
        ("10.0.0.1", "127.0.0.1:8000", [("x-forwarded-host", "chat.example.org:443")], "chat.example.org"),
        ("10.0.0.1", "chat.example.org", [("x-forwarded-port", "evil")], "chat.example.org"),
        ("10.0.0.1", "chat.example.org", [("x-forwarded-host", "a/b")], "chat.example.org"),
    ],
)
async def test_a_named_proxy_says_by_which_host_and_port_the_browser_came(peer, host, forwarded, known):
    scope = await seen(peer, ("host", host), *forwarded, secure=True)
    assert scope["headers"] == [(b"host", known.encode())]
