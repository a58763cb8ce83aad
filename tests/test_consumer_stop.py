"""Stopping a reply."""

import asyncio
import uuid

import pytest

from chat.models import Message, Status
from tests.scripted_provider import play

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
