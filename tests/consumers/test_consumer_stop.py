"""Stopping a reply."""

import asyncio
import uuid

import pytest

from chat.models import Message, Status
from tests.support.scripted_provider import play
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.fault(33)
async def test_stop_keeps_the_text_and_closes_the_providers_connection(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    while not isinstance(await tab.event(), list):
        pass
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    await asyncio.wait_for(provider.closed_by_client.wait(), 1)
    reply = await Message.objects.aget(uuid=sent["reply"])
    assert (reply.status, reply.text) == (Status.STOPPED, "ab")


@pytest.mark.fault(22)
@pytest.mark.fault(33)
async def test_stop_works_before_the_first_token(alice, open_tab, provider):
    provider.script(play("hang", at="headers"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"


@pytest.mark.fault(33)
@pytest.mark.parametrize("sign", ["", "role", "comment"])
async def test_stopping_what_is_waited_for_closes_the_providers_connection(alice, open_tab, provider, sign):
    provider.script(play("late", sign=sign, signs=1000, first=60))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await until(lambda: bool(provider.requests))
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    await asyncio.wait_for(provider.closed_by_client.wait(), 1)


@pytest.mark.fault(22)
async def test_who_comes_while_it_is_waited_for_learns_for_how_long(alice, open_tab, provider):
    provider.script(play("late", sign="comment", signs=1000, first=60))
    one = await open_tab(alice)
    sent = await one.send("Hello")
    assert (await one.until("snapshot")).get("quiet_ms", 0) < 10_000
    await asyncio.sleep(0.05)
    two = await open_tab(alice)
    await two.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    assert (await two.until("snapshot"))["quiet_ms"] >= 50


@pytest.mark.fault(33)
async def test_stop_works_from_another_tab(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await one.send("Hello")
    await two.say(type="stop", reply=sent["reply"])
    assert (await one.until("ended"))["status"] == "stopped"


@pytest.mark.fault(33)
async def test_stopping_what_has_ended_says_so(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("error"))["code"] == "not_running"


async def test_a_stranger_and_a_moderator_cannot_stop_it_and_learn_nothing(
    alice, bob, charlie, open_tab, provider
):
    provider.script(play("hang", at="middle"))
    owner = await open_tab(alice)
    sent = await owner.send("Hello")
    for person in (bob, charlie):
        tab = await open_tab(person)
        answers = []
        for reply in (sent["reply"], uuid.uuid4()):
            await tab.say(type="stop", reply=reply)
            error = await tab.until("error")
            answers.append((error["code"], error["text"]))
        assert answers[0] == answers[1]
        assert answers[0][0] == "not_found"
    assert (await Message.objects.aget(uuid=sent["reply"])).status == Status.RUNNING
