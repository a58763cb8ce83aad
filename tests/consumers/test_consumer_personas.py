"""A conversation with a persona, over the socket."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async

from chat.models import Conversation, Persona
from chat.personas import actions as personas
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pirate(alice):
    return personas.create(
        alice, {"name": "Pirate", "instructions": "{{language}}, {{user}}!", "parameters": {}}
    )


async def test_the_model_is_told_the_language_of_the_page_that_asks(open_tab, alice, provider, pirate):
    client = await asyncio.to_thread(browser_of, alice)
    client.cookies["django_language"] = "zh-hans"
    tab = await open_tab(alice, client)
    conversation = await sync_to_async(personas.start)(alice, pirate.uuid)
    await tab.send("Hello", conversation.uuid)
    await tab.until("ended")
    assert provider.requests[0].messages[0]["content"].endswith("简体中文, Alice!")


async def test_every_tab_is_told_who_answers(open_tab, alice, provider, pirate):
    here, there = await open_tab(alice), await open_tab(alice)
    conversation = await sync_to_async(personas.start)(alice, pirate.uuid)
    await there.say(type="watch", conversation=conversation.uuid)
    await there.say(type="stop", reply=uuid.uuid4())
    await there.until("error")  # so it watches by now
    sent = await here.send("Hello", conversation.uuid)
    assert sent["persona"] == "Pirate"
    assert (await there.until("sent"))["persona"] == "Pirate"
    await here.until("ended")
    await sync_to_async(personas.choose)(alice, conversation.uuid, None)
    assert "persona" not in await here.send("Again", conversation.uuid, sent["reply"])


async def test_a_stranger_cannot_send_into_it(open_tab, alice, bob, charlie, provider, pirate):
    conversation = await sync_to_async(personas.start)(alice, pirate.uuid)
    for person in (bob, charlie):
        tab = await open_tab(person)
        assert (await tab.send("Hello", conversation.uuid))["code"] == "not_found"
    assert provider.requests == []
    assert await Conversation.objects.filter(owner=alice, tip=None).acount() == 1
    assert await Persona.objects.filter(owner=alice).acount() == 1
