"""Faults 1 to 7: processes that are killed, ended and stopped, with SQLite below them."""

import asyncio
import json
import signal
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack, nullcontext

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.fault_site import Page, Site, kill, staged
from tests.support.scripted_provider import play

STALE_SOON = json.dumps({"chat.replies.reaper.STALE_AFTER": 2.5, "chat.replies.engine.SWEEP_INTERVAL": 0.2})
WORDS = "one two three four five six seven eight nine ten " * 4


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    many = {"MESSAGES_PER_MINUTE": "100", "REPLIES_AT_ONCE": "100"}
    with staged(tmp_path_factory.mktemp("data"), CONSTANTS=STALE_SOON, **many) as stage:
        yield stage


@pytest.mark.fault(1)
@pytest.mark.parametrize("saved", [False, True])
async def test_what_was_not_acknowledged_when_the_process_was_killed_is_there_once_when_sent_again(
    site, saved
):
    site.provider.script(*[play("hang")] * saved)
    server, client_id = site.server, uuid.uuid4()
    cookie = await site.member(server)
    async with Page(server, cookie) as page:
        with nullcontext() if saved else site.locked():
            await page.say(type="send", client_id=client_id, text="Hello")
            if saved:
                await site.until(site.questions)
            kill(server)
    assert len(site.questions()) == saved
    async with Page(await site.start_another(server), cookie) as page:
        sent = await page.send("Hello", client_id)
        assert await page.follow(sent) == ("interrupted" if saved else "complete")
    assert site.questions() == ["Hello"]
    assert len(site.replies()) == 1


@pytest.mark.fault(2)
async def test_a_reply_whose_process_was_killed_before_the_first_token_is_interrupted_and_can_be_retried(
    site,
):
    site.provider.script(play("hang"), play("plain", text="At last"))
    server = site.server
    cookie = await site.member(server)
    async with Page(server, cookie) as page:
        sent = await page.send("Hello")
        await site.until(lambda: site.provider.requests)
        kill(server)
    async with Page(await site.start_another(server), cookie) as page:
        await page.watch(sent)
        assert await page.follow(sent) == "interrupted"
        await page.say(type="retry", client_id=uuid.uuid4(), reply=sent["reply"], tip=sent["reply"])
        assert await page.follow(await page.until("sent")) == "complete"
    assert site.replies() == [("interrupted", ""), ("complete", "At last")]


@pytest.mark.fault(3)
async def test_a_reply_whose_process_was_killed_in_the_middle_keeps_what_was_there_a_beat_before(site):
    site.provider.script(play("plain", text=WORDS, rate=25))
    server = site.server
    cookie = await site.member(server)
    async with Page(server, cookie) as page:
        sent = await page.send("Hello")
        following = asyncio.create_task(page.follow(sent))
        await site.until(lambda: site.replies()[0][1])
        kept = site.replies()[0][1]
        kill(server)
        with pytest.raises(ConnectionClosed):
            await following
    async with Page(await site.start_another(server), cookie) as page:
        await page.watch(sent)
        assert await page.follow(sent) == "interrupted"
        assert kept.strip() in page.html
    [(_, text)] = site.replies()
    assert text.startswith(kept)
    assert WORDS.startswith(text)


@pytest.mark.fault(4)
async def test_a_reply_whose_process_was_killed_before_its_end_was_saved_is_there_and_interrupted(site):
    site.provider.script(play("plain", text=WORDS, rate=25))
    server = site.server
    cookie = await site.member(server)
    async with Page(server, cookie) as page:
        sent = await page.send("Hello")
        await page.follow(sent, enough=lambda html: "two" in html)
        await site.until(lambda: site.replies()[0][1])
        with site.locked():
            await page.follow(sent, enough=lambda html: html.count("ten") == 4)
            kill(server)
    async with Page(await site.start_another(server), cookie) as page:
        await page.watch(sent)
        assert await page.follow(sent) == "interrupted"
    [(status, text)] = site.replies()
    assert status == "interrupted"
    assert text and WORDS.startswith(text)


@pytest.mark.fault(5)
async def test_another_process_takes_the_lease_of_a_killed_one_and_ends_its_reply(site):
    site.provider.script(play("hang", at="middle"))
    writer, other = site.server, await site.start_another()
    cookie = await site.member(writer)
    async with Page(writer, cookie) as here, Page(other, cookie) as there:
        sent = await here.send("Hello")
        await site.until(lambda: site.replies()[0][1])
        await there.watch(sent)
        kill(writer)
        assert await there.follow(sent) == "interrupted"
        assert (await there.send("Go on", after=sent))["type"] == "sent"
    assert site.replies()[0] == ("interrupted", "ab")


@pytest.mark.fault(6)
async def test_a_rolling_restart_under_50_streams_closes_with_4012_and_the_next_process_shows_what_was_kept(
    site,
):
    site.provider.default = play("plain", text=WORDS * 20, rate=10)
    old = site.server
    cookie = await site.member(old)
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(Page(old, cookie)) for _ in range(50)]
        sent = [await page.send("Hello") for page in pages]
        begun = [
            page.follow(one, enough=lambda html: "one" in html) for page, one in zip(pages, sent, strict=True)
        ]
        await asyncio.gather(*begun)
        new = await site.start_another()
        old.process.send_signal(signal.SIGTERM)
        closed = await asyncio.gather(*map(code_of_close, pages))
        assert set(closed) == {4012}
        code, _ = await asyncio.to_thread(old.end_by_itself)
        assert code == 0
        again = [await stack.enter_async_context(Page(new, cookie)) for _ in range(50)]
        await asyncio.gather(*(page.watch(one) for page, one in zip(again, sent, strict=True)))
        states = await asyncio.gather(*(page.follow(one) for page, one in zip(again, sent, strict=True)))
    assert set(states) == {"interrupted"}
    assert all(text and (WORDS * 20).startswith(text) for _, text in site.replies())
    assert len(site.replies()) == 50


async def code_of_close(page: Page) -> int | None:
    try:
        while True:
            await page.event()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


@pytest.mark.fault(7)
@pytest.mark.fault(36)
async def test_a_process_that_was_stopped_for_long_sees_that_it_lost_the_lease_and_writes_no_more(site):
    site.provider.script(play("plain", text=WORDS * 20, rate=20))
    writer, other = site.server, await site.start_another()
    cookie = await site.member(writer)
    async with Page(writer, cookie) as here, Page(other, cookie) as there:
        sent = await here.send("Hello")
        await site.until(lambda: site.replies()[0][1])
        await there.watch(sent)
        writer.process.send_signal(signal.SIGSTOP)
        assert await there.follow(sent) == "interrupted"
        writer.process.send_signal(signal.SIGCONT)
        await asyncio.wait_for(site.provider.closed_by_client.wait(), 10)
        assert await here.follow(sent) == "interrupted"
    [(status, text)] = site.replies()
    assert status == "interrupted"
    assert text and (WORDS * 20).startswith(text)
    assert len(site.provider.requests) == 1
    assert "the event loop stood still" in kill(writer)
