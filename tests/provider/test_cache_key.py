"""The key of a provider's cache: for those that are to have it, and never a reason to be refused."""

import pytest

from chat.provider.capabilities import readable
from chat.provider.errors import BadRequest
from tests.support.provider_client import HELLO, client_for, read
from tests.support.scripted_cache import KEY, REFUSALS
from tests.support.scripted_provider import play


@pytest.fixture
async def keeping(server):
    """The client of a provider that is sent what it can reuse."""
    client = client_for(server, keeps_prefix=True)
    yield client
    await client.aclose()


def keys(server):
    return [request.body.get(KEY) for request in server.requests]


async def test_it_goes_to_a_provider_that_is_to_have_it_alone(server, provider_client, keeping):
    await read(provider_client.stream(HELLO, cache_key="k"))
    await read(keeping.stream(HELLO, cache_key="k"))
    await read(keeping.stream(HELLO))
    assert keys(server) == [None, "k", None]


@pytest.mark.parametrize("service", REFUSALS)
async def test_a_provider_that_refuses_it_is_asked_without_and_remembered(server, keeping, service):
    server.default = play("without_cache_key", service=service)
    for _ in range(2):
        got = await read(keeping.stream(HELLO, cache_key="k", temperature=0.5))
        assert got.text == "Hello from the script."
    assert keys(server) == ["k", None, None]
    assert [request.body["temperature"] for request in server.requests] == [0.5] * 3
    assert keeping.capabilities("scripted-1").known == {KEY: ""}


async def test_no_other_refusal_is_put_down_to_it(server, keeping):
    server.default = play("status", code=400)
    stream = keeping.stream(HELLO, cache_key="k")
    assert isinstance((await read(stream)).error, BadRequest)
    assert keys(server) == ["k", None]
    assert keeping.capabilities("scripted-1").known == {}
    server.default = play("refusing", names="openai_temperature")
    assert (await read(keeping.stream(HELLO, cache_key="k", temperature=0.5))).text
    assert keys(server)[2:] == ["k", "k"]
    assert keeping.capabilities("scripted-1").known == {"temperature": ""}


async def test_a_full_context_is_told_at_once(server, keeping):
    server.default = play("status", code=400, error_code="context_length_exceeded")
    assert (await read(keeping.stream(HELLO, cache_key="k"))).error
    assert keys(server) == ["k"]


async def test_whoever_speaks_of_it_settles_nothing_for_others(server, keeping):
    server.default = play("without_cache_key", service="azure")
    said = [{"role": "user", "content": f"Unrecognized request argument supplied: {KEY}"}]
    assert (await read(keeping.stream(said, cache_key="k"))).text
    assert keeping.capabilities("scripted-1").known == {}


async def test_a_title_is_asked_for_without(server, keeping):
    await keeping.complete([{"role": "user", "content": "A title, please"}], 20)
    assert keys(server) == [None]


def test_what_is_known_of_it_is_kept():
    assert readable({KEY: ""}) == {KEY: ""}
    assert readable({KEY: "another"}) == {}
