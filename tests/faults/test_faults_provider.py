"""Faults 22 to 25: what the other provider tests leave out: the deadlines in use, and a broken handshake."""

import asyncio

import pytest

from chat.provider import Endpoint, ProviderClient, Timeouts
from chat.provider import errors as provider_errors
from tests.support.provider_client import HELLO, KEY, PATIENT, read


@pytest.mark.fault(22)
@pytest.mark.fault(24)
@pytest.mark.fault(25)
def test_the_deadlines_are_those_of_a_slow_service():
    used = ProviderClient(Endpoint("compatible", "http://127.0.0.1:9/v1", KEY, "m", "x")).timeouts
    assert used == Timeouts()
    assert (used.connect, used.first, used.between, used.total) == (5, 600, 300, 3600)


@pytest.mark.fault(23)
async def test_a_reset_in_the_middle_of_the_tls_handshake_is_unreachable():
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    provider_client = ProviderClient(
        Endpoint("compatible", f"https://127.0.0.1:{port}/v1", KEY, "m", "x"), PATIENT
    )
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is provider_errors.ProviderUnreachable
    await provider_client.aclose()
    server.close()
    await server.wait_closed()
