"""Where a provider of the admin's may lead, through the function that really fetches."""

from __future__ import annotations

import socket
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from chat.provider import AddressRefusal, Endpoint, ProviderClient, base_url
from chat.provider.addresses import judge
from chat.provider.errors import AddressRefused, ProviderError, ProviderUnreachable
from tests.support.provider_client import HELLO, PATIENT, read
from tests.support.scripted_provider import ScriptedProvider, play

# What libraries, shells and people write for 127.0.0.1
LOOPBACK = [
    "127.0.0.1",
    "0.0.0.0",  # where a server listens: understood as this machine
    "[::]",
    "127.0.0.53",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.0x1",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2606:4700::5efe:10.0.0.1]",
    "[2606:4700::200:5efe:7f00:1]",
    "127。0。0。1",
    "127．0．0．1",
    "１２７.0.0.1",
    "ⓛocalhost",
    "user@127.0.0.1",
    "user:secret@127.0.0.1",
    "api.example.org:80@127.0.0.1",
]
ALWAYS = [
    "0",
    "0.1.2.3",
    "[::ffff:0.0.0.0]",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2606:4700::5efe:169.254.169.254]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.250",
    "[ff02::1]",
    "255.255.255.255",
    "240.0.0.1",
    "user@169.254.169.254",
]
PRIVATE = [
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.10",
    "100.64.0.1",
    "[fd12::1]",
    "[fec0::1]",
    "[::ffff:c0a8:1]",
]
ODD = [
    "http://a@b\\@c/v1",
    "http://1.1.1.1#@127.0.0.1/",
    "http://1.1.1.1?@127.0.0.1/",
    "http://1.1.1.1\t@127.0.0.1/",
    "http://127.0.0.1%00.example.org/",
    "http://[::1%25lo]/v1",
    "http://example.org:0/v1",
    "http://example.org:99999/v1",
    "http:///v1",
    "http://",
    "//example.org/v1",
    "ftp://example.org/v1",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "http://example.org/v1?key=1",
    "http://example.org/v1#x",
    "http://exa mple.org/v1",
    "http://exam\nple.org/v1",
    "http://-example.org/v1",
    "http://{{7*7}}/v1",
    "http://${SECRET_KEY}/v1",
    "http://%(x)s/v1",
    "http://" + "a" * 300 + "/v1",
    "",
]


class Names(AbstractResolver):
    """A resolver whose every look-up gives the next of some addresses, and the last one from then on."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {"hostname": host, "host": text, "port": port, "proto": 0, "flags": 0,
             "family": socket.AF_INET6 if ":" in text else socket.AF_INET}
            for text in found
        ]  # fmt: skip

    async def close(self) -> None:
        pass


@pytest.fixture
def dialled(monkeypatch: Any) -> Iterator[list[str]]:
    """The addresses that a connection was begun to; none of them but loopback is really dialled."""
    found: list[str] = []
    connect = BaseSelectorEventLoop.sock_connect

    async def noted(loop: Any, sock: Any, address: Any) -> None:
        found.append(address[0])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError("not in a test")
        await connect(loop, sock, address)

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", noted)
    yield found


def client_for(url: str, reach: Any = "public", resolver: Any = None) -> ProviderClient:
    endpoint = Endpoint("compatible", url, "sk-test-0123456789", "m", "there", reach=reach)
    return ProviderClient(endpoint, PATIENT, resolver)


async def fetched(provider: ProviderClient) -> ProviderError:
    """What listing the models ends with, and asking too: the same."""
    try:
        with pytest.raises(ProviderError) as listing:
            await provider.models()
        asking = await read(provider.stream(HELLO))
        assert type(asking.error) is type(listing.value)
        return listing.value
    finally:
        await provider.aclose()


@pytest.mark.parametrize("spelling", LOOPBACK)
async def test_no_spelling_of_this_machine_is_fetched(spelling, server, dialled):
    problem = await fetched(client_for(f"http://{spelling}:{server.port}/v1"))
    assert isinstance(problem, AddressRefused | ProviderUnreachable)
    assert dialled == []
    assert server.connections == 0


@pytest.mark.parametrize("reach", ["public", "private"])
@pytest.mark.parametrize("spelling", ALWAYS)
async def test_what_is_always_refused_is_never_fetched(spelling, reach, dialled):
    problem = await fetched(client_for(f"http://{spelling}/v1", reach))
    assert isinstance(problem, AddressRefused | ProviderUnreachable)
    assert dialled == []


@pytest.mark.parametrize("spelling", PRIVATE)
async def test_a_private_address_is_fetched_only_where_it_is_allowed(spelling, dialled):
    assert isinstance(await fetched(client_for(f"http://{spelling}/v1")), AddressRefused)
    assert dialled == []
    assert isinstance(await fetched(client_for(f"http://{spelling}/v1", "private")), ProviderUnreachable)
    assert dialled != []


async def test_a_server_on_this_machine_answers_where_it_is_allowed(server):
    provider = client_for(server.base_url, "private")
    assert await provider.models() == ["scripted-1", "scripted-2"]
    server.script(play("plain", text="Hello"))
    assert (await read(provider.stream(HELLO))).text == "Hello"
    await provider.aclose()


async def test_a_name_is_judged_by_what_it_leads_to_at_each_connection(server, dialled):
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    provider = client_for(f"http://rebinding.example.org:{server.port}/v1", resolver=names)
    with pytest.raises(ProviderUnreachable):
        await provider.models()
    with pytest.raises(AddressRefused):
        await provider.models()
    await provider.aclose()
    assert (dialled, names.asked, server.connections) == (["93.184.216.34"], 2, 0)


@pytest.mark.parametrize(
    "answer",
    [
        ["169.254.169.254"],
        ["::ffff:a9fe:a9fe"],
        ["fe80::1%1"],
        ["127.0.0.1", "10.0.0.1"],
        ["::1", "127.0.0.1"],
    ],
)
async def test_a_name_that_leads_inward_is_refused(answer, dialled):
    problem = await fetched(client_for("http://inward.example.org/v1", resolver=Names(answer)))
    assert isinstance(problem, AddressRefused)
    assert dialled == []


async def test_of_several_addresses_only_the_harmless_are_dialled(dialled):
    names = Names(["10.0.0.1", "93.184.216.34"])
    assert isinstance(
        await fetched(client_for("http://both.example.org/v1", resolver=names)), ProviderUnreachable
    )
    assert set(dialled) == {"93.184.216.34"}


async def test_the_connection_goes_to_the_address_that_was_judged(server, dialled):
    names = Names(["127.0.0.1"])
    provider = client_for(f"http://lan.example.org:{server.port}/v1", "private", names)
    assert await provider.models() == server.models
    await provider.aclose()
    assert (dialled, names.asked) == (["127.0.0.1"], 1)


async def test_a_redirect_is_not_followed(server, dialled):
    server.models_scenario = server.default = play("redirect", location="http://169.254.169.254/latest/")
    problem = await fetched(client_for(server.base_url, "private"))
    assert problem.code == "not_a_model_server"
    assert set(dialled) == {"127.0.0.1"}


async def test_no_proxy_of_the_environment_comes_between(server: ScriptedProvider, monkeypatch, dialled):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, server.base_url)
    problem = await fetched(client_for("http://10.1.1.1/v1"))
    assert isinstance(problem, AddressRefused)
    assert server.connections == 0


@pytest.mark.parametrize("spelling", [*LOOPBACK, *ALWAYS, *PRIVATE])
def test_none_of_them_can_be_saved(spelling):
    with pytest.raises(AddressRefusal):
        base_url(f"http://{spelling}/v1", "public")


@pytest.mark.parametrize("url", ODD)
@pytest.mark.parametrize("reach", ["public", "private", "any"])
def test_an_odd_spelling_cannot_be_saved_whatever_is_allowed(url, reach):
    with pytest.raises(AddressRefusal) as refusal:
        base_url(url, reach)
    assert refusal.value.reason == "spelling"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://93.184.216.34/v1/ ", "https://93.184.216.34/v1"),
        ("HTTPS://93.184.216.34".lower(), "https://93.184.216.34"),
        ("http://10.0.0.7:11434/v1", "http://10.0.0.7:11434/v1"),
        ("http://LocalHost:8080/v1/", "http://localhost:8080/v1"),
        ("http://[0:0::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://nowhere.invalid/openai/deployments/gpt-4.1", "http://nowhere.invalid/openai/deployments/gpt-4.1"),
        ("http://bücher.invalid/v1", "http://xn--bcher-kva.invalid/v1"),
    ],
)  # fmt: skip
def test_an_address_is_kept_in_its_plain_form(typed, kept):
    assert base_url(typed, "private") == kept


def test_what_the_operator_set_is_not_judged():
    with pytest.raises(AddressRefusal):
        judge("169.254.169.254", "private")
    judge("169.254.169.254", "any")
