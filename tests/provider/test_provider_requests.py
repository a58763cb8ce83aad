"""What the SDK made of the first request is sent with all that follow, each with a body of its own."""

from __future__ import annotations

from chat.provider.errors import ProviderUnreachable
from tests.support.provider_client import client_for, read
from tests.support.scripted_provider import play
from tests.support.scripted_scenarios import DONE, chunk, scenario
from tests.support.scripted_wire import Connection, Request


def asking(words: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": words}]


async def test_a_later_request_differs_from_the_first_in_its_body_alone(server, provider_client):
    for words in ("Hello", "Grüß Gott, \u4f60\u597d \U0001f600", "x" * 100_000):
        await read(provider_client.stream(asking(words), temperature=0.5))
    first, *later = server.requests
    for request, words in zip(later, ("Grüß Gott, \u4f60\u597d \U0001f600", "x" * 100_000), strict=True):
        assert request.path == first.path
        assert request.last_text == words
        assert request.body == first.body | {"messages": asking(words)}
        assert request.headers | {"content-length": ""} == first.headers | {"content-length": ""}
    assert len({request.headers["content-length"] for request in server.requests}) == 3


async def test_a_later_request_to_a_provider_that_is_gone_says_so(server, provider_client):
    await read(provider_client.stream(asking("Hello")))
    await server.__aexit__(None, None, None)
    got = await read(provider_client.stream(asking("Hello again")))
    assert isinstance(got.error, ProviderUnreachable)


async def test_each_address_has_headers_of_its_own(server):
    for key in ("one-key-of-many", "another-key-of-many"):
        client = client_for(server, key=key)
        for _ in range(2):
            await read(client.stream(asking("Hello")))
        await client.aclose()
    keys = [request.headers["authorization"] for request in server.requests]
    assert keys == [f"Bearer {key}" for key in ("one-key-of-many",) * 2 + ("another-key-of-many",) * 2]


@scenario
async def with_cookie(connection: Connection, request: Request, value: str) -> None:
    connection.stream_head(set_cookie=f"place={value}")
    connection.write(chunk("Here.", finish="stop") + DONE)
    connection.end()


async def test_a_later_request_has_the_cookie_that_was_set_last(server, provider_client):
    for value in ("one", "two", "three"):
        server.script(play("with_cookie", value=value))
        await read(provider_client.stream(asking("Hello")))
    assert [request.headers.get("cookie") for request in server.requests] == [None, "place=one", "place=two"]
