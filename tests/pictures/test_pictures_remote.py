"""A picture of an answer, fetched by the site: for its owner alone, from where the operator allows, and judged."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

import pytest
from aiohttp.abc import AbstractResolver
from PIL import Image

from chat.models import Conversation, Message, Status
from chat.pictures import actions, making
from chat.provider import pictures
from chat.provider.pictures import NotFetched, fetch
from tests.conftest import browser_of
from tests.support.picture_host import Host, made

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


@pytest.fixture
def allowed(settings):
    settings.REMOTE_PICTURES = "private"


def path_of(conversation: Conversation, number: int = 0) -> str:
    return f"/m/{conversation.tip.uuid}/pictures/{number}/"


@pytest.mark.django_db
def test_the_owner_of_an_answer_sees_its_pictures_by_their_numbers(allowed, host, alice, say):
    one = host.serve("/a.png?x=1&y=2", made("PNG"), Content_Type="text/html", Set_Cookie="a=b")
    two = host.serve("/b.jpg", made("JPEG", (3000, 1500)))
    answer = say(
        alice,
        "Show me",
        f"![no address](http://[x/a.png) First ![A]({one}), [![in a link](http://x.example/)](http://y.example) and\n\n- ![B]({two})",
    )
    client = browser_of(alice)
    for number, size in enumerate([(400, 200), (1600, 800)]):
        response = client.get(path_of(answer, number))
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Cache-Control"] == "private, max-age=86400"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(BytesIO(response.content)).size == size
    assert client.get(path_of(answer, 2)).status_code == 404
    assert [path for path, _ in host.asked] == ["/a.png?x=1&y=2", "/b.jpg"]
    for _, headers in host.asked:
        assert not {"cookie", "referer", "origin", "authorization"} & headers.keys()


@pytest.mark.django_db
def test_nobody_else_gets_them_and_nothing_is_asked_for(allowed, host, alice, bob, charlie, say):
    answer = say(alice, "Show me", f"![A]({host.serve('/a.png', made('PNG'))})")
    for person in (bob, charlie):
        assert browser_of(person).get(path_of(answer)).status_code == 404
    assert host.asked == []


@pytest.mark.django_db
def test_where_it_is_not_allowed_nothing_is_asked_for_and_the_page_offers_nothing(settings, host, alice, say):
    answer = say(alice, "Show me", f"![A]({host.serve('/a.png', made('PNG'))})")
    client = browser_of(alice)
    assert settings.REMOTE_PICTURES == "off"
    assert client.get(path_of(answer)).status_code == 404
    assert b"data-picture-url" not in client.get(f"/c/{answer.uuid}/").content
    # From the Internet only: this host is of the machine's own network, and its port is no usual one
    settings.REMOTE_PICTURES = "public"
    assert client.get(path_of(answer), headers={"X-Fragment": "1"}).json()["code"] == "picture_not_fetched"
    assert b"data-picture-url" in client.get(f"/c/{answer.uuid}/").content
    assert host.asked == []


@pytest.mark.django_db
def test_hidden_messages_questions_and_answers_under_way_have_none(allowed, host, alice, say):
    address = host.serve("/a.png", made("PNG"))
    answer = say(alice, f"![A]({address})", f"![A]({address})")
    client = browser_of(alice)
    assert client.get(f"/m/{answer.tip.parent.uuid}/pictures/0/").status_code == 404
    for change in (
        {"status": Status.RUNNING},
        {"status": Status.COMPLETE, "hidden_at": answer.tip.created_at},
    ):
        Message.objects.filter(pk=answer.tip_id).update(**change)
        assert client.get(path_of(answer)).status_code == 404
    assert host.asked == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body, headers, code",
    [
        (SVG, {"Content_Type": "image/svg+xml"}, "not_a_picture"),
        (b"<html>", {"Content_Type": "image/png"}, "not_a_picture"),
        (made("BMP"), {}, "not_a_picture"),
        (made("PNG")[:60], {}, "not_a_picture"),
        (gzip.compress(made("PNG")), {"Content_Encoding": "gzip"}, "not_a_picture"),
        (made("PNG", (5000, 4000)), {}, "picture_too_large"),
        (b"", {"Content_Length": str(pictures.LARGEST + 1)}, "picture_not_fetched"),
        (b"", {"status": 500}, "picture_not_fetched"),
        (b"", {"status": 302, "Location": "file:///etc/passwd"}, "picture_not_fetched"),
        (b"", {"status": 302, "Location": "/a"}, "picture_not_fetched"),
        (b"", {"status": 302, "Location": "http://169.254.169.254/latest/meta-data/"}, "picture_not_fetched"),
        (b"", {"status": 302, "Location": "http://name:word@127.0.0.1/"}, "picture_not_fetched"),
    ],
)
def test_what_is_no_picture_or_leads_elsewhere_is_refused_with_a_sentence(
    body, headers, code, allowed, host, alice, say
):
    answer = say(alice, "Show me", f"![A]({host.serve('/a', body, **headers)})")
    response = browser_of(alice).get(path_of(answer), headers={"X-Fragment": "1"})
    assert response.json()["code"] == code
    assert response.json()["text"]
    assert len(host.asked) <= 1 + pictures.MOST_REDIRECTS


@pytest.mark.django_db
def test_a_redirect_within_what_is_allowed_is_followed(allowed, host, alice, say):
    host.serve("/real.png", made("PNG"))
    answer = say(alice, "Show me", f"![A]({host.serve('/a', status=302, Location='/real.png')})")
    assert browser_of(alice).get(path_of(answer)).status_code == 200


@pytest.mark.django_db
def test_a_person_may_have_so_many_in_an_hour_and_others_are_not_touched(
    allowed, host, alice, charlie, say, monkeypatch
):
    monkeypatch.setattr(actions, "AN_HOUR", 2)
    address = host.serve("/a.png", made("PNG"))
    mine, theirs = (say(person, "Show me", f"![A]({address})") for person in (alice, charlie))
    client = browser_of(alice)
    assert [client.get(path_of(mine)).status_code for _ in range(3)] == [200, 200, 429]
    assert browser_of(charlie).get(path_of(theirs)).status_code == 200
    assert len(host.asked) == 3


@pytest.mark.django_db
def test_only_so_many_are_fetched_at_once(allowed, host, alice, say, monkeypatch):
    monkeypatch.setattr(actions, "PATIENCE", 0.01)
    monkeypatch.setattr(actions, "_turn", threading.BoundedSemaphore(1))
    answer = say(alice, "Show me", f"![A]({host.serve('/a.png', made('PNG'))})")
    with actions._turn:
        assert browser_of(alice).get(path_of(answer)).status_code == 503
    assert browser_of(alice).get(path_of(answer)).status_code == 200


class Names(AbstractResolver):
    """Every name leads where a test says."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list:
        return [
            {"hostname": host, "host": address, "port": port, "proto": 0, "flags": 0}
            | {"family": socket.AF_INET6 if ":" in address else socket.AF_INET}
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "fd00::1",
        "0.0.0.0",
    ],
)
async def test_a_name_that_leads_into_the_site_s_own_network_is_not_asked(address):
    with pytest.raises(NotFetched, match="Refus|Connector"):
        await fetch("http://pictures.example/a.png", "public", Names(address))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "ftp://a.example/x.png",
            "file:///etc/passwd",
            "http:///x",
            "http://a@b.example/x",
            "http://a.example:22/x",
        ),
        *(
            "http://[::1",
            "http://a.example:99999/",
            "http://a.example/" + "x" * 2_000,
            "gopher://a.example",
            "x",
        ),
    ],
)
async def test_an_address_that_is_no_plain_one_of_the_web_is_not_asked(address):
    with pytest.raises(NotFetched):
        await fetch(address, "public", Names("127.0.0.1"))


async def test_a_host_that_never_ends_is_left_after_a_while_and_one_without_a_length_after_so_many_bytes(
    monkeypatch,
):
    monkeypatch.setattr(pictures, "SECONDS", 0.5)
    monkeypatch.setattr(pictures, "LARGEST", 200_000)

    handlers = set()

    async def trickle(reader, writer):
        handlers.add(asyncio.current_task())
        path = (await reader.readline()).split()[1]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x" * (100_000 if path == b"/much" else 1))
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for path, said in (("/slow", "TimeoutError"), ("/much", "too many bytes")):
        with pytest.raises(NotFetched, match=said):
            await fetch(f"http://127.0.0.1:{port}{path}", "private")
    server.close()
    await asyncio.gather(*handlers)


def test_a_picture_from_elsewhere_keeps_its_shape_and_nothing_but_its_pixels():
    exif = Image.Exif()
    exif[0x010E] = "canary"
    whole = making.shrunk(made("JPEG", (2000, 500), exif=exif))
    picture = Image.open(BytesIO(whole))
    assert picture.format == "WEBP"
    assert picture.size == (1600, 400)
    assert b"canary" not in whole
    assert Image.open(BytesIO(making.shrunk(made("PNG", (30, 20))))).size == (30, 20)
