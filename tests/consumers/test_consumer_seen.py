"""Whose reply is being written, and whose has not been seen yet."""

import uuid

import pytest

from chat.models import Conversation
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


async def progress(tab, visible=True):
    """Return what a page is told when it says whether it is in view."""
    await tab.say(type="presence", visible=visible)
    while True:
        event = await tab.until("progress")
        if event.get("whole"):
            return event["states"]


async def test_every_page_of_a_person_hears_that_a_reply_is_written_and_that_it_waits_to_be_seen(
    alice, charlie, open_tab, provider
):
    one, two, stranger = await open_tab(alice), await open_tab(alice), await open_tab(charlie)
    assert await progress(two) == {}
    sent = await one.send("Hello")
    conversation = sent["conversation"]
    assert (await two.until("progress"))["states"] == {conversation: "writing"}
    assert (await two.until("progress"))["states"] == {conversation: "unseen"}
    late = await open_tab(alice)
    assert await progress(late) == {conversation: "unseen"}
    await late.say(type="seen", conversation=conversation)
    assert (await two.until("progress"))["states"] == {conversation: ""}
    assert await progress(late) == {}
    assert await progress(stranger) == {}


async def test_what_is_still_being_written_cannot_have_been_seen(alice, open_tab, provider):
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    assert (await tab.until("progress"))["states"] == {sent["conversation"]: "writing"}
    await tab.say(type="seen", conversation=sent["conversation"])
    assert await progress(tab) == {sent["conversation"]: "writing"}
    await tab.say(type="stop", reply=sent["reply"])
    await tab.until("ended")
    assert (await tab.until("progress"))["states"] == {sent["conversation"]: "unseen"}
    await tab.say(type="seen", conversation=sent["conversation"])
    await tab.until("progress")
    await tab.say(type="continue", reply=sent["reply"])
    assert (await tab.until("progress"))["states"] == {sent["conversation"]: "writing"}


async def test_a_stranger_marks_nothing_as_seen_and_hears_the_same_as_for_a_random_id(
    alice, charlie, open_tab, provider
):
    owner, stranger = await open_tab(alice), await open_tab(charlie)
    sent = await owner.send("Hello")
    await owner.until("ended")
    refusals = []
    for conversation in (sent["conversation"], uuid.uuid4()):
        await stranger.say(type="seen", conversation=conversation)
        error = await stranger.until("error")
        refusals.append((error["code"], error["text"]))
    assert refusals[0] == refusals[1]
    assert await Conversation.objects.filter(reply_unseen=True).acount() == 1


async def test_a_deleted_conversation_has_no_news(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await Conversation.objects.filter(uuid=sent["conversation"]).aupdate(deleted_at="2026-01-01T00:00Z")
    assert await progress(tab) == {}
