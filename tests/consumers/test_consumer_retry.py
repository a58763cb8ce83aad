"""Another answer to the same question."""

import asyncio
import uuid

import pytest

from chat.models import Conversation, Generation, Message, OfferedModel, Status
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)


async def retry(tab, reply, **more):
    await tab.say(type="retry", client_id=uuid.uuid4(), reply=reply, **more)
    return await tab.until("sent", "error")


async def listed(name):
    """Return the row of a model, once its provider has listed it."""
    async with asyncio.timeout(LIMIT):
        while (row := await OfferedModel.objects.filter(name=name).afirst()) is None:
            await asyncio.sleep(0.02)
    return row


async def test_retry_after_an_error_gives_another_answer_beside_the_failed_one(alice, open_tab, provider):
    provider.script(play("status", code=500), play("plain", text="Better now"))
    tab = await open_tab(alice)
    first = await tab.send("Hello")
    assert (await tab.until("ended"))["status"] == "failed"
    second = await retry(tab, first["reply"])
    assert second["branched"]
    assert (await tab.until("ended"))["status"] == "complete"
    old = await Message.objects.aget(uuid=first["reply"])
    new = await Message.objects.aget(uuid=second["reply"])
    assert (old.status, new.status, new.text) == (Status.FAILED, Status.COMPLETE, "Better now")
    assert old.parent_id == new.parent_id
    assert (await Conversation.objects.aget(uuid=first["conversation"])).tip_id == new.pk


async def test_retry_of_a_good_answer_does_not_show_it_to_the_model(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("Hello")
    await tab.until("ended")
    await retry(tab, first["reply"])
    await tab.until("ended")
    assert [m["content"] for m in provider.requests[-1].body["messages"]][1:] == ["Hello"]


async def test_the_same_retry_twice_makes_one_answer(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("Hello")
    await tab.until("ended")
    client_id = uuid.uuid4()
    replies = set()
    for _ in range(2):
        await tab.say(type="retry", client_id=client_id, reply=first["reply"])
        replies.add((await tab.until("sent"))["reply"])
    assert len(replies) == 1


async def test_another_model_is_asked_for_this_reply_alone_also_when_it_is_continued(
    alice, open_tab, provider
):
    provider.script(play("plain"), play("fin", at="middle"))
    tab = await open_tab(alice)
    first = await tab.send("Hello")
    await tab.until("ended")
    other = await listed("scripted-2")
    second = await retry(tab, first["reply"], model=other.pk)
    assert (await tab.until("ended"))["status"] == "interrupted"
    assert provider.requests[-1].body["model"] == "scripted-2"
    assert (await Conversation.objects.aget()).model_id is None
    await tab.say(type="continue", reply=second["reply"])
    assert (await tab.until("ended"))["model"] == "scripted-2"
    assert provider.requests[-1].body["model"] == "scripted-2"
    await tab.send("More", conversation=first["conversation"], parent=second["reply"])
    await tab.until("ended")
    assert provider.requests[-1].body["model"] == "scripted-1"
    await other.adelete()
    assert (await Generation.objects.aget(reply__uuid=second["reply"])).chosen_model_id is None


async def test_a_model_that_is_not_on_offer_is_refused_and_an_id_that_is_none_is_no_command(
    alice, open_tab, provider
):
    tab = await open_tab(alice)
    first = await tab.send("Hello")
    await tab.until("ended")
    gone = await OfferedModel.objects.acreate(name="gone", is_offered=False)
    for model, code in (
        (gone.pk, "model_not_offered"),
        (gone.pk + 99, "model_not_offered"),
        (0, "bad_frame"),
    ):
        assert (await retry(tab, first["reply"], model=model))["code"] == code
    assert await Message.objects.acount() == 2


async def test_an_answer_that_was_followed_up_is_not_retried(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    await tab.send("Two", conversation=first["conversation"], parent=first["reply"])
    await tab.until("ended")
    assert (await retry(tab, first["reply"]))["code"] == "newer_messages"


async def test_a_question_cannot_be_retried(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    assert (await retry(tab, first["message"]))["code"] == "not_found"


async def test_a_stranger_gets_the_same_answer_as_for_a_random_id(alice, charlie, open_tab, provider):
    tab = await open_tab(alice)
    first = await tab.send("One")
    await tab.until("ended")
    stranger = await open_tab(charlie)
    foreign, random = await retry(stranger, first["reply"]), await retry(stranger, uuid.uuid4())
    assert (foreign["code"], foreign["text"]) == (random["code"], random["text"])
    assert foreign["code"] == "not_found"


async def test_a_hidden_question_is_not_sent_to_the_model_again(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await Message.objects.filter(uuid=sent["message"]).aupdate(hidden_at="2026-01-01T00:00:00Z")
    await tab.say(type="retry", client_id=uuid.uuid4(), reply=sent["reply"])
    assert (await tab.until("sent", "error"))["code"] == "not_found"
    assert len(provider.requests) == 1
