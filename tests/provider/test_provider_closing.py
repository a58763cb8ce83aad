"""Who stops listening hangs up: no connection, task or socket outlives a reply."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import pytest

from chat.provider import ReplyStream
from chat.provider.errors import ProviderError
from tests.support.provider_client import HELLO, client_for, read
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.server import free_port
from tests.support.waiting import LIMIT, until


async def hung_up(server: ScriptedProvider) -> None:
    """The server sees FIN: nothing is waited for before it is sent."""
    async with asyncio.timeout(LIMIT):
        await server.closed_by_client.wait()


async def gone(server: ScriptedProvider) -> None:
    await until(lambda: not server.open_connections)


async def arrived(server: ScriptedProvider) -> None:
    await until(lambda: bool(server.requests))
    await asyncio.sleep(0.02)  # the reader waits now


async def first_text(stream: ReplyStream) -> str:
    return "".join(delta.text for delta in await anext(stream))


async def test_closing_in_the_middle_hangs_up(server, provider_client):
    server.script(play("hang", at="middle"))
    stream = provider_client.stream(HELLO)
    assert await first_text(stream) == "ab"
    await stream.aclose()
    await hung_up(server)


async def test_leaving_the_with_block_hangs_up(server, provider_client):
    server.script(play("hang", at="middle"))
    async with provider_client.stream(HELLO) as stream:
        async for _ in stream:
            break
    await hung_up(server)
    assert server.client_closes == 1


@pytest.mark.fault(33)
@pytest.mark.parametrize("at", ["headers", "start", "middle", "finish"])
async def test_cancelling_the_reader_hangs_up(server, provider_client, at):
    server.script(play("hang", at=at))
    reader = asyncio.create_task(read(provider_client.stream(HELLO)))
    await arrived(server)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await hung_up(server)


@pytest.mark.parametrize("at", ["headers", "start", "middle"])
async def test_another_task_may_close_and_the_reader_just_ends(server, provider_client, at):
    server.script(play("hang", at=at))
    stream = provider_client.stream(HELLO)
    reader = asyncio.create_task(read(stream))
    await arrived(server)
    await stream.aclose()
    got = await reader
    assert got.error is None and got.end is None
    assert got.text == ("ab" if at == "middle" else "")
    await hung_up(server)


async def test_a_stream_that_was_never_read_costs_nothing(server, provider_client):
    stream = provider_client.stream(HELLO)
    await stream.aclose()
    assert (await read(stream)).text == ""
    assert server.connections == 0


async def test_closing_twice_and_reading_on_are_harmless(server, provider_client):
    stream = provider_client.stream(HELLO)
    await first_text(stream)
    await stream.aclose()
    await stream.aclose()
    assert [delta async for delta in stream] == []


@pytest.mark.parametrize(
    "scenario", [play("plain"), play("reset"), play("status", code=500)], ids=lambda s: s.name
)
async def test_an_ended_stream_stays_ended(server, provider_client, scenario):
    server.script(scenario)
    stream = provider_client.stream(HELLO)
    await read(stream)
    assert [delta async for delta in stream] == []
    assert len(server.requests) == 1


@pytest.mark.fault(28)
async def test_a_fault_in_the_middle_hangs_up_at_once(server, provider_client):
    server.script(play("runaway"))
    stream = provider_client.stream(HELLO)
    with pytest.raises(ProviderError):
        async for _ in stream:
            pass
    await hung_up(server)


async def test_cancelled_at_any_moment_nothing_is_left(server, provider_client):
    server.default = play("plain", tokens=50, rate=500)
    before = asyncio.all_tasks()
    readers = []
    for moment in range(40):
        readers.append(asyncio.create_task(read(provider_client.stream(HELLO))))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(moment * 0.003, readers[-1].cancel)
    await asyncio.gather(*readers, return_exceptions=True)
    assert (await read(provider_client.stream(HELLO))).end is not None
    await provider_client.aclose()
    await gone(server)
    assert asyncio.all_tasks() <= before


@pytest.mark.parametrize("ticks", range(0, 20, 2))
@pytest.mark.parametrize("by", ["cancel", "aclose"])
async def test_broken_off_at_any_tick_of_the_loop_nothing_is_left(server, provider_client, by, ticks):
    server.script(play("hang", at="start"))
    stream = provider_client.stream(HELLO)
    reader = asyncio.create_task(read(stream))
    await until(lambda: bool(server.requests))
    for _ in range(ticks):
        await asyncio.sleep(0)
    if by == "cancel":
        reader.cancel()
    else:
        await stream.aclose()
    await asyncio.wait({reader})
    await gone(server)
    assert (reader.done(), server.open_connections) == (True, 0)


async def test_a_hundred_streams_run_at_once_and_leave_no_connection(server, provider_client):
    server.default = play("plain", tokens=5, rate=20)
    got = await asyncio.gather(*[read(provider_client.stream(HELLO)) for _ in range(150)])
    assert all(reply.end for reply in got)
    assert server.connections == 150
    await provider_client.aclose()
    await gone(server)


def test_one_client_serves_several_event_loops():
    port = free_port()
    provider_client = client_for(ScriptedProvider(port=port))

    async def once() -> None:
        async with ScriptedProvider(port=port):
            assert (await read(provider_client.stream(HELLO))).end is not None
            await provider_client.aclose()

    asyncio.run(once())
    asyncio.run(once())


async def test_the_scripted_server_lets_go_of_who_reads_nothing_as_it_ends():
    # In one piece: to cut it into millions takes half a minute
    one = play("plain", text="x" * 30_000_000, size=30_000_000)
    async with ScriptedProvider(default=one) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port, limit=1)
        body = json.dumps({"messages": HELLO, "stream": True}).encode()
        writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await until(lambda: [each for each in server.live if each.transport.get_write_buffer_size()])
    await until(lambda: not server.live)
    assert server.connections == 1
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
