"""Faults 29 to 33: readers who do not read, connections that flap, tabs that act at once."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest
from websockets.exceptions import WebSocketException

from tests.chaos.proxy import Proxy
from tests.support.fault_site import Page, Site, staged
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT

HASTY_PINGS = json.dumps({"chat.serving.server.PING_INTERVAL": 1, "chat.serving.sockets.PING_TIMEOUT": 1})
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staged(tmp_path_factory.mktemp("data")) as stage:
        yield stage


@pytest.mark.fault(29)
async def test_a_reader_who_does_not_read_is_sent_little_and_disturbs_nobody(site):
    text = "Some words of a long reply, a line of them.\n\n" * 40_000
    site.provider.script(play("plain", text=text, size=4000))
    cookie = await site.member(site.server)
    async with Page(site.server, cookie) as reader, Page(site.server, cookie) as other:
        await reader.send("Much, please")
        assert await other.follow(await other.send("And a little for me")) == "complete"
        await site.until(lambda: site.replies()[0][0] == "complete")
        sizes = []
        with suppress(TimeoutError):
            while True:
                frame = str(await asyncio.wait_for(reader.socket.recv(), 1))
                sizes.append(len(frame.encode()))
    assert sum(sizes) <= MEGABYTE < len(text)


@pytest.mark.fault(29)
async def test_a_reader_who_answers_no_ping_is_hung_up_on(tmp_path):
    with staged(
        tmp_path, CONSTANTS=HASTY_PINGS
    ) as hasty:  # others, on a busy machine, need more than a second
        cookie = await hasty.member(hasty.server)
        async with Page(hasty.server, cookie) as page:
            page.socket.transport.pause_reading()
            sock = page.socket.transport.get_extra_info("socket")
            async with asyncio.timeout(LIMIT):
                while sock_is_open(sock):
                    await asyncio.sleep(0.1)
            assert not sock_is_open(sock)
            page.socket.transport.resume_reading()


def sock_is_open(sock: object) -> bool:
    """Whether the server has not closed this connection yet, by the state that Linux tells (1: established)."""
    return sock.getsockopt(6, 11, 1)[0] == 1


class ProxiedSite(NamedTuple):
    """What a page needs to know of a server that it reaches by another port."""

    port: int
    origin: str


@pytest.mark.fault(30)
async def test_over_a_connection_that_flaps_and_is_slow_a_reply_comes_whole_and_nothing_is_sent_twice(site):
    text = "Word by word over a bad line. " * 3
    site.provider.default = play("plain", text=text, rate=15)
    cookie, client_id = await site.member(site.server), uuid.uuid4()
    async with Proxy(site.server.port) as proxy:
        proxy.delay = 0.05
        flapping = asyncio.create_task(flap(proxy))
        try:
            html = await come_back_until_whole(ProxiedSite(proxy.port, site.server.origin), cookie, client_id)
        finally:
            flapping.cancel()
    assert text.strip() in html
    assert site.replies() == [("complete", text)]
    assert len(site.provider.requests) == 1


async def flap(proxy: Proxy) -> None:
    reset = False
    while True:
        await asyncio.sleep(0.5)
        proxy.cut(reset=reset)
        reset = not reset


async def come_back_until_whole(site: ProxiedSite, cookie: str, client_id: uuid.UUID) -> str:
    """As the page does: send until it is acknowledged, under one id, and watch until the end."""
    sent = None
    async with asyncio.timeout(LIMIT):
        while True:
            with suppress(WebSocketException, OSError):
                async with Page(site, cookie) as page:
                    if sent is None:
                        sent = await page.send("Hello", client_id)
                    else:
                        await page.watch(sent)
                    if await page.follow(sent) == "complete":
                        return page.html


@pytest.mark.fault(32)
async def test_of_two_tabs_that_send_at_once_one_runs_and_the_other_is_told_and_shown_the_same(site):
    cookie = await site.member(site.server)
    async with Page(site.server, cookie) as one, Page(site.server, cookie) as two:
        first = await one.send("Hello")
        assert await one.follow(first) == "complete"
        await two.watch(first)
        assert await two.follow(first) == "complete"
        site.provider.default = play("hang", at="middle")
        answers = await asyncio.gather(one.send("This", after=first), two.send("That", after=first))
        assert sorted(answer["type"] for answer in answers) == ["error", "sent"]
        (won, sent), (lost, error) = sorted(
            zip((one, two), answers, strict=True), key=lambda pair: pair[1]["type"], reverse=True
        )
        assert error["code"] == "reply_running"
        for page in (won, lost):
            await page.watch(sent)
            await page.follow(sent, enough=lambda html: "ab" in html)
    assert len(site.questions()) == 2


@pytest.mark.fault(33)
async def test_stop_twice_from_two_tabs_stops_once_and_hangs_up_on_the_provider(site):
    site.provider.default = play("hang")
    cookie = await site.member(site.server)
    async with Page(site.server, cookie) as one, Page(site.server, cookie) as two:
        sent = await one.send("Hello")
        await site.until(lambda: site.provider.requests)
        for page in (one, two, one):
            await page.say(type="stop", reply=sent["reply"])
        assert await one.follow(sent) == "stopped"
    await asyncio.wait_for(site.provider.closed_by_client.wait(), LIMIT)
    assert site.replies() == [("stopped", "")]
