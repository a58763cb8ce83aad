"""Faults 8 to 12: two processes whose channel layer fails; the database is the truth."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import pytest
from redis import Redis as Client

from chat import markdown
from tests.chaos.proxy import Proxy
from tests.support.fault_site import Page, Site
from tests.support.scripted_provider import play
from tests.support.server import SiteServer
from tests.support.stores import Redis, redis
from tests.support.waiting import LIMIT

TEXT = "Word by word, from one process to the other. " * 2


@pytest.fixture(scope="module")
def broker() -> Iterator[Redis]:
    with redis() as broker:
        yield broker


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, broker: Redis) -> Iterator[Site]:
    stage = Site(tmp_path_factory.mktemp("data"), REDIS_URL=broker.url, MESSAGES_PER_MINUTE="100")
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="module")
def pair(stage: Site) -> tuple[SiteServer, SiteServer]:
    return stage.start(), stage.start()


@pytest.fixture
async def site(stage: Site, pair: tuple[SiteServer, SiteServer]) -> AsyncIterator[Site]:
    async with stage.scene():
        yield stage


async def stop_and_start(broker: Redis) -> None:
    broker.stop()
    await asyncio.sleep(1)
    broker.start()


async def disconnect(broker: Redis) -> None:
    for kind in ("pubsub", "normal"):
        Client.from_url(broker.url).execute_command("CLIENT", "KILL", "TYPE", kind)


async def forget(broker: Redis) -> None:
    Client.from_url(broker.url).flushall()


async def fill_up(broker: Redis) -> None:
    client = Client.from_url(broker.url)
    client.config_set("maxmemory", "1")
    await asyncio.sleep(0.5)
    client.config_set("maxmemory", "0")


async def told_of_ends(
    site: Site, pair: tuple[SiteServer, SiteServer], befall: Callable[[], Awaitable[None]]
) -> list[str]:
    """A reply that is written by one process and watched through the other, and one more afterwards.

    Gives the ends of the first as both pages are told them.
    """
    cookie = await site.member(pair[0])
    site.provider.default = play("plain", text=TEXT, rate=20)
    async with Page(pair[0], cookie) as here, Page(pair[1], cookie) as there:
        sent = await here.send("Hello")
        await there.watch(sent)
        await here.follow(sent, enough=lambda html: "Word" in html)
        ends = [asyncio.create_task(page.follow(sent)) for page in (here, there)]
        await befall()
        told = [await end for end in ends]
        assert here.html == markdown.render(TEXT)
        assert TEXT.strip() in there.html
        await streams_across(site, here, there, sent)
    assert ("complete", TEXT) in site.replies()
    return told


async def streams_across(site: Site, here: Page, there: Page, after: dict[str, str]) -> None:
    """The processes hear each other again: patches come from afar, not only the end."""
    site.provider.default = play("plain", text=TEXT * 10, rate=20)
    there.blocks = []
    sent = await here.send("Once more", after=after)
    await there.watch(sent)
    async with asyncio.timeout(LIMIT):
        while "Word" not in there.html:
            with suppress(TimeoutError):
                await asyncio.wait_for(there.follow(sent, enough=lambda html: "Word" in html), 1)
            await there.watch(sent)
    await here.say(type="stop", reply=sent["reply"])
    assert await there.follow(sent) == "stopped"


@pytest.mark.fault(8)
async def test_while_redis_is_away_replies_go_on_are_found_whole_and_stream_again_afterwards(
    site, pair, broker
):
    assert await told_of_ends(site, pair, lambda: stop_and_start(broker)) == ["complete", "complete"]


@pytest.mark.fault(9)
@pytest.mark.parametrize("befall", [disconnect, forget, fill_up])
async def test_what_befalls_redis_costs_no_reply(site, pair, broker, befall):
    assert await told_of_ends(site, pair, lambda: befall(broker)) == ["complete", "complete"]


@pytest.mark.fault(10)
async def test_through_a_slow_redis_replies_come_whole_and_to_nobody_else(stage, site, pair, broker):
    async with Proxy(broker.port) as proxy:
        proxy.delay = 0.2
        here, there = pair[0], await stage.start_another(REDIS_URL=f"redis://127.0.0.1:{proxy.port}/0")
        cookies = [await site.member(here), await site.member(there)]
        async with (
            Page(here, cookies[0]) as alice,
            Page(there, cookies[0]) as alice_elsewhere,
            Page(there, cookies[1]) as bob,
        ):
            hers = await alice.send("[[scenario:plain text=canary-of-alice rate=5]]")
            await alice_elsewhere.watch(hers)
            await bob.watch(hers)
            assert (await bob.until("error"))["code"] == "not_found"
            assert await bob.follow(await bob.send("Hello")) == "complete"
            assert await alice.follow(hers) == "complete"
            assert await alice_elsewhere.follow(hers) == "complete"
            assert "canary-of-alice" in alice.html and "canary-of-alice" in alice_elsewhere.html
            assert not [frame for frame in bob.heard if "canary" in frame]


@pytest.mark.fault(11)
@pytest.mark.fault(12)
async def test_over_layers_that_lose_double_and_reorder_the_final_text_is_the_providers(stage, site):
    losing = await stage.start_another(LAYER="tests.support.fault_layer.Losing")
    doubling = await stage.start_another(LAYER="tests.support.fault_layer.Doubling")
    cookie = await site.member(losing)
    text = "**Word** by `word`.\n\n- a list\n- of words\n\n" * 3
    site.provider.default = play("plain", text=text, rate=40)
    async with Page(losing, cookie) as one, Page(doubling, cookie) as two:
        sent = None
        for here, there in [(one, two), (two, one)]:
            sent = await here.send("Hello", after=sent)
            await there.watch(sent)
            states = await asyncio.gather(here.follow(sent), there.follow(sent))
            assert states == ["complete", "complete"]
            assert here.html == markdown.render(text)
            assert markdown.render(text) in there.html
    assert site.replies() == [("complete", text)] * 2
