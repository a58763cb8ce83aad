"""Faults 8 to 12: two processes whose channel layer fails; the database is the truth."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis import Redis as Client

from chat import markdown
from tests.chaos.proxy import Proxy
from tests.fault_site import Page, Site
from tests.scripted_provider import play
from tests.stores import Redis, redis

TEXT = "Word by word, from one process to the other. " * 2


@pytest.fixture
def broker() -> Iterator[Redis]:
    with redis() as broker:
        yield broker


@pytest.fixture
async def site(tmp_path: Path, broker: Redis) -> AsyncIterator[Site]:
    async with Site(tmp_path, REDIS_URL=broker.url) as site:
        yield site


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


@pytest.mark.fault(8)
@pytest.mark.fault(9)
async def test_whatever_befalls_redis_replies_go_on_are_found_whole_and_stream_again_afterwards(site, broker):
    here_server, there_server = await site.start(), await site.start()
    cookie = await site.member(here_server)
    site.provider.default = play("plain", text=TEXT, rate=20)
    async with Page(here_server, cookie) as here, Page(there_server, cookie) as there:
        after = None
        for befall in (stop_and_start, disconnect, forget, fill_up):
            sent = after = await here.send("Hello", after=after)
            await there.watch(sent)
            await here.follow(sent, enough=lambda html: "Word" in html)
            ends = asyncio.gather(here.follow(sent), there.follow(sent))
            await befall(broker)
            assert await ends == ["complete", "complete"], befall.__name__
            assert here.html == markdown.render(TEXT)
            assert TEXT.strip() in there.html
            here.blocks, there.blocks = [], []
        await streams_across(here, there, after)
    assert site.replies() == [("complete", TEXT)] * 5


async def streams_across(here: Page, there: Page, after: dict[str, str]) -> None:
    """A process that lost Redis hears the others again: patches come from afar, not only the end."""
    sent = await here.send("Once more", after=after)
    await there.watch(sent)
    await there.follow(sent, enough=lambda html: "Word" in html and "data-status" not in html)
    assert await there.follow(sent) == "complete"
    assert await here.follow(sent) == "complete"


@pytest.mark.fault(10)
async def test_through_a_slow_redis_replies_come_whole_and_to_nobody_else(tmp_path, broker):
    async with Proxy(broker.port) as door, Site(tmp_path, REDIS_URL=url_at(door.port)) as site:
        here, there = await site.start(), await site.start()
        cookies = [await site.member(here), await site.member(there)]
        door.delay = 0.2
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


def url_at(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


@pytest.mark.fault(11)
@pytest.mark.fault(12)
@pytest.mark.parametrize("layer", ["Losing", "Doubling"])
async def test_over_a_layer_that_loses_doubles_and_reorders_the_final_text_is_the_providers(site, layer):
    ill = {"LAYER": f"tests.fault_layer.{layer}"}
    here_server, there_server = await site.start(**ill), await site.start(**ill)
    cookie = await site.member(here_server)
    text = "**Word** by `word`.\n\n- a list\n- of words\n\n" * 3
    site.provider.default = play("plain", text=text, rate=40)
    async with Page(here_server, cookie) as here, Page(there_server, cookie) as there:
        after = None
        for _ in range(3):
            sent = after = await here.send("Hello", after=after)
            await there.watch(sent)
            states = await asyncio.gather(here.follow(sent), there.follow(sent))
            assert states == ["complete", "complete"]
            assert here.html == markdown.render(text)
            assert markdown.render(text) in there.html
    assert site.replies() == [("complete", text)] * 3
