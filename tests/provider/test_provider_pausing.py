"""Reading may pause while what has come is shown: only the stream's own connection, and nothing of it is lost."""

from __future__ import annotations

import asyncio

from chat.provider.transport import connection_of
from tests.support.provider_client import HELLO, read
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT


async def test_a_connection_that_answers_somebody_else_by_now_is_not_paused(server, provider_client):
    server.script(play("plain", text="in two pieces", size=7, rate=20), play("plain"))
    first = provider_client.stream(HELLO)
    await anext(first)
    await asyncio.sleep(0.3)  # the end has come too, and the connection is free for others
    first.pause()
    async with asyncio.timeout(LIMIT):
        second = await read(provider_client.stream(HELLO))  # on the same one
    assert second.end is not None
    await first.aclose()
    assert server.connections == 1


async def test_what_comes_during_a_pause_is_read_after_it(server, provider_client):
    text = "word " * 20_000
    server.script(play("plain", text=text))
    got = ""
    async with provider_client.stream(HELLO) as stream:
        async for deltas in stream:
            got += "".join(delta.text for delta in deltas)
            stream.pause()
            await asyncio.sleep(0.01)
    assert got == text


async def test_reading_stays_paused_while_each_step_finds_something_and_goes_on_when_one_does_not(
    server, provider_client
):
    server.script(play("plain", text="a few words " * 400, size=12, rate=200))
    async with provider_client.stream(HELLO) as stream:
        await anext(stream)
        connection = connection_of(stream._answer)
        for _ in range(3):
            stream.pause()
            await asyncio.sleep(0.1)
            await anext(stream)
            assert not connection.is_reading()
        await anext(stream)
        assert connection.is_reading()


async def test_a_provider_that_breaks_off_during_a_pause_is_noticed_after_it(server, provider_client):
    for name in ("reset", "fin"):
        server.script(play(name, at="middle"))
        stream = provider_client.stream(HELLO)
        await anext(stream)
        stream.pause()
        await asyncio.sleep(0.05)
        got = await read(stream)
        assert got.error is not None
