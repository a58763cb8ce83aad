"""Slow is not broken: what a service may take its time for, and what is found out meanwhile."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from chat.catalog import actions as catalog
from chat.models import ModelProvider
from chat.provider import ProviderClient, Timeouts
from chat.provider import errors as provider_errors
from chat.provider.keepalive import IDLE, INTERVAL, PROBES, socket_for
from tests.support.provider_client import HELLO, PATIENT, client_for, read
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.scripted_slow import SIGNS
from tests.support.waiting import until

# What is waited for is far below one limit and far above the other, on a busy machine too
SHORT, WAIT, LONG = 0.05, 0.3, 20.0


@pytest.fixture
async def patient(server: ScriptedProvider) -> AsyncIterator[ProviderClient]:
    """Waits long for the first word, and hardly between two."""
    provider_client = client_for(server, replace(PATIENT, first=LONG, between=SHORT))
    yield provider_client
    await provider_client.aclose()


@pytest.mark.parametrize("sign", ["", *SIGNS])
async def test_the_first_word_may_come_late_whatever_came_before_it(server, patient, sign):
    server.script(play("late", sign=sign, first=WAIT))
    got = await read(patient.stream(HELLO))
    assert (got.text, got.error) == ("One two.", None)


@pytest.mark.parametrize("sign", ["", *SIGNS])
async def test_no_sign_of_life_stands_for_a_first_word_for_ever(server, sign):
    server.script(play("late", sign=sign, signs=50, first=LONG))
    provider_client = client_for(server, replace(PATIENT, first=WAIT, between=LONG))
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is provider_errors.ProviderSilent
    assert got.error.detail == "no word came within 0.3 s"
    await provider_client.aclose()


@pytest.mark.parametrize("thinks", [False, True])
async def test_a_pause_may_be_as_long_as_its_own_limit(server, thinks):
    server.script(play("late", pause=WAIT, thinks=thinks), play("late", pause=LONG, thinks=thinks))
    provider_client = client_for(server, replace(PATIENT, first=LONG, between=4 * WAIT))
    assert (await read(provider_client.stream(HELLO))).error is None
    got = await read(provider_client.stream(HELLO))
    assert (got.text, got.reasoning) == (("", "Hm. ") if thinks else ("One ", ""))
    assert got.error.detail == "nothing came for 1.2 s"
    await provider_client.aclose()


async def test_who_sends_signs_of_life_in_a_pause_may_take_longer(server):
    server.script(play("late", sign="comment", signs=30, pause=6 * WAIT))
    provider_client = client_for(server, replace(PATIENT, between=4 * WAIT))
    assert (await read(provider_client.stream(HELLO))).text == "One two."
    await provider_client.aclose()


async def test_a_reply_ends_at_its_own_limit_however_lively_it_is(server):
    server.script(play("plain", tokens=10_000, rate=100))
    provider_client = client_for(server, replace(PATIENT, total=4 * WAIT))
    got = await read(provider_client.stream(HELLO))
    assert got.error.detail == "the reply was not whole after 1.2 s"
    assert got.text
    await provider_client.aclose()


async def test_a_model_that_has_to_be_asked_for_is_waited_for_as_an_answer_is(server):
    server.models_scenario = play("late_list", names="a b", wait=WAIT)
    provider_client = client_for(server, replace(PATIENT, first=LONG, short=SHORT), model="")
    assert (await read(provider_client.stream(HELLO))).error is None
    assert server.requests[-1].body["model"] == "a"
    await provider_client.aclose()


async def test_a_title_may_come_as_late_as_a_first_word(server):
    server.default = play("late", first=WAIT)
    provider_client = client_for(server, replace(PATIENT, first=LONG, short=SHORT))
    assert (await provider_client.complete(HELLO, max_tokens=10)).text == "One two."
    await provider_client.aclose()


@pytest.mark.django_db
def test_a_service_has_the_limits_of_the_settings_where_it_has_none_of_its_own(settings):
    settings.PROVIDER_FIRST_TOKEN_TIMEOUT, settings.PROVIDER_PAUSE_TIMEOUT = 11, 22
    settings.PROVIDER_REPLY_TIMEOUT = 33
    site = replace(Timeouts(), first=11, between=22, total=33)
    assert catalog.timeouts_of(None) == catalog.timeouts_of(ModelProvider()) == site
    mine = ModelProvider(first_token_timeout=1, pause_timeout=2, reply_timeout=3)
    assert astuple(catalog.timeouts_of(mine))[1:4] == (1, 2, 3)


# The other side is asked whether it is there


def alive(port: int) -> bool:
    """Whether the kernel asks after the peer, on a connection of this machine to that port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    timers = [line[5].partition(":")[0] for line in lines if line[2].endswith(f":{port:04X}")]
    return "02" in timers


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the kernel does not tell")
@pytest.mark.parametrize("reach", ["any", "private"])
async def test_the_kernel_asks_after_a_peer_that_is_silent(server, reach):
    server.script(play("hang"))
    provider_client = client_for(server, reach=reach)
    reader = asyncio.create_task(read(provider_client.stream(HELLO)))
    await until(lambda: bool(server.requests) and alive(server.port))
    assert not reader.done()
    reader.cancel()
    await asyncio.wait({reader})
    await provider_client.aclose()


def test_who_is_gone_is_known_long_before_impatience():
    address = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 9))
    with socket_for(address) as made:
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_KEEPIDLE"):
            names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            kept = [made.getsockopt(socket.IPPROTO_TCP, name) for name in names]
            assert kept == [IDLE, INTERVAL, PROBES]
    assert Timeouts().between > IDLE + INTERVAL * PROBES
