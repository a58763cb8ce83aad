"""A conversation's parameters go into its requests, and an answer says which of them were not taken."""

import asyncio

import pytest
from django.db.models import F

from chat.core.limits import HOUR, Allowance
from chat.models import Conversation, Counter, Generation, Message
from tests.conftest import browser_of
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)
REMARK = "support these settings: Temperature"


async def begun(tab, **fields):
    """A conversation with one whole answer, and these settings."""
    sent = await tab.send("First")
    await tab.until("ended")
    await Conversation.objects.aupdate(**fields)
    return sent


async def say(tab, sent, text):
    sent = await tab.send(text, conversation=sent["conversation"], parent=sent["reply"])
    return sent, await tab.until("ended")


async def test_what_is_set_is_sent_and_what_is_not_is_not(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await begun(tab, parameters={"temperature": 0.5, "stop": ["#"]})
    await say(tab, sent, "Second")
    first, second = (request.body for request in provider.requests)
    assert not {"temperature", "stop"} & first.keys()
    assert (second["temperature"], second["stop"]) == (0.5, ["#"])


async def test_the_model_sees_no_more_exchanges_than_are_set(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await begun(tab, exchanges=0)
    await say(tab, sent, "Second")
    said = [message["content"] for message in provider.requests[-1].messages if message["role"] != "system"]
    assert said == ["Second"]


async def test_a_refused_parameter_costs_no_answer_and_is_told_live_and_later(alice, open_tab, provider):
    tab, other = await open_tab(alice), await open_tab(alice)
    sent = await begun(tab, parameters={"temperature": 0.7})
    await other.say(type="watch", conversation=sent["conversation"], tip=sent["reply"])
    provider.default = play("refusing", names="openai_temperature")
    sent, ended = await say(tab, sent, "Second")
    assert ended["status"] == "complete"
    for one in (tab, other):
        assert REMARK in (await one.until("replaced"))["html"]
    page = await asyncio.to_thread(lambda: browser_of(alice).get(f"/c/{sent['conversation']}/"))
    assert page.content.decode().count(REMARK) == 1
    assert (await Generation.objects.aget(reply__uuid=sent["reply"])).ignored_parameters == "temperature"


async def test_a_refusal_of_one_conversation_does_not_reach_others(alice, charlie, open_tab, provider):
    tab, theirs = await open_tab(alice), await open_tab(charlie)
    sent = await begun(tab, parameters={"temperature": 0.7, "max_tokens": 20000})
    provider.default = play("refusing", names="openai_temperature openai_limit_value")
    (_, ended), _ = await asyncio.gather(say(tab, sent, "Second"), theirs.send("Mine"))
    assert ended["status"] == (await theirs.until("ended"))["status"] == "complete"
    assert await Generation.objects.exclude(ignored_parameters="").acount() == 1


async def test_a_continued_answer_keeps_its_settings_and_its_remark(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await begun(tab, parameters={"temperature": 0.7, "top_p": 0.9})
    await Message.objects.filter(uuid=sent["reply"]).aupdate(status="stopped", text=F("text"))
    await Generation.objects.filter(reply__uuid=sent["reply"]).aupdate(ignored_parameters="top_p")
    provider.default = play("refusing", names="openai_temperature")
    await tab.say(type="continue", reply=sent["reply"])
    await tab.until("ended")
    assert provider.requests[-1].body["top_p"] == 0.9
    assert (
        await Generation.objects.aget(reply__uuid=sent["reply"])
    ).ignored_parameters == "top_p temperature"


async def test_what_is_asked_again_counts_as_a_request_too(alice, open_tab, provider, settings):
    settings.MODEL_REQUESTS_PER_PERSON = 6
    tab = await open_tab(alice)
    sent = await begun(tab, parameters={"temperature": 0.7, "top_p": 0.9})  # one, and one for the title
    provider.default = play("refusing", names="openai_temperature")
    sent, ended = await say(tab, sent, "Second")  # one that is refused, one without
    assert ended["status"] == "complete"
    person = Allowance("model", f"person {alice.pk}", 6, HOUR)
    await until_counted(person, 4)
    await say(tab, sent, "Third")  # the model is known to refuse it now: one
    await until_counted(person, 5)
    assert (await Counter.objects.aget(pk=person.key)).count == 5


async def until_counted(allowance, count):
    """It is counted after the end is told."""
    async with asyncio.timeout(LIMIT):
        while not await Counter.objects.filter(pk=allowance.key, count__gte=count).aexists():
            await asyncio.sleep(0.02)
