"""Faults 19, 28, 35 and 36: a disk, a memory, a clock and a number of files that are not as they should be."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.fault_site import Page, Site
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT

TEXT = "Word by word, whatever the time may be. " * 2
MEGABYTE = 1024 * 1024


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(tmp_path)
    try:
        yield site
    finally:
        site.close()


@pytest.mark.fault(19)
@pytest.mark.fault(28)
async def test_with_a_full_disk_below_the_log_and_a_provider_without_measure_people_chat_on(site):
    server = await site.start_another(LOG_TO="/dev/full", MESSAGES_PER_MINUTE="100")
    async with site.scene(), Page(server, await site.member(server)) as page:
        assert await page.follow(await page.send("Hello")) == "complete"
        before = server.memory()
        for excess in (play("gzip_bomb"), play("huge_line"), play("endless_error")):
            site.provider.script(excess)
            assert await page.follow(await page.send("Too much")) in {"failed", "interrupted"}
        assert server.memory() - before < 50 * MEGABYTE
        assert await page.follow(await page.send("Hello again")) == "complete"


@pytest.mark.fault(35)
async def test_a_clock_that_jumps_by_hours_and_days_ends_neither_a_reply_nor_a_session(site, tmp_path):
    clock = tmp_path / "clock"
    set_clock(clock, 0)
    sweeping = json.dumps({"chat.replies.engine.SWEEP_INTERVAL": 0.1})
    wrong = await site.start_another(CLOCK=str(clock), CONSTANTS=sweeping)
    right = await site.start_another(CONSTANTS=sweeping)
    async with site.scene():
        cookie = await site.member(wrong)
        site.provider.default = play("plain", text=TEXT, rate=20)
        for hours in (1, -1, 48):
            sent = await followed_while(clock, hours, wrong, cookie)
            async with Page(right, cookie) as page:  # a host whose clock is right
                await page.watch(sent)
                assert await page.follow(sent) == "complete"
        assert (await asyncio.to_thread(wrong.get, "/", Cookie=cookie)).status == 200
        assert site.replies() == [("complete", TEXT)] * 3


def set_clock(clock: Path, hours: int) -> None:
    clock.write_text(str(hours * 3600))


async def followed_while(clock: Path, hours: int, server: object, cookie: str) -> dict[str, str]:
    """Daphne closes the sockets that seem to be open for more than a day: the page comes back."""
    async with Page(server, cookie) as page:
        sent = await page.send("Hello")
        await page.follow(sent, enough=lambda html: "Word" in html)
        set_clock(clock, hours)
        try:
            assert await page.follow(sent) == "complete"
        except ConnectionClosed:
            async with Page(server, cookie) as again:
                await again.watch(sent)
                assert await again.follow(sent) == "complete"
    return sent


@pytest.mark.fault(36)
async def test_connections_are_refused_with_503_before_the_file_descriptors_run_out(site):
    server = await site.start_another(FILES="256", CONNECTIONS_PER_ADDRESS="0")
    async with site.scene():
        cookie = await site.member(server)
        async with Page(server, cookie) as page:
            with ExitStack() as stack:
                open_idle(200, server.port, stack)
                refused = await asyncio.to_thread(server.get, "/healthz")
                assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (503, True)
                with pytest.raises(InvalidStatus) as caught:
                    async with Page(server, cookie):
                        pass
                assert caught.value.response.status_code == 503
                open_idle(100, server.port, stack)
                sent = await page.send("Am I still in?")
                assert sent["type"] == "sent"
                assert await page.follow(sent) == "complete"
            async with asyncio.timeout(LIMIT):
                while (await asyncio.to_thread(server.get, "/healthz")).status != 200:
                    await asyncio.sleep(0.1)


def open_idle(count: int, port: int, stack: ExitStack) -> None:
    for _ in range(count):
        stack.enter_context(socket.create_connection(("127.0.0.1", port)))
