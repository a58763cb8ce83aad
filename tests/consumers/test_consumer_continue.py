"""Writing on in an answer that was stopped or interrupted, in the same message."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chat.core.instructions import CONTINUE
from chat.models import Generation, Message, Status
from chat.replies import actions
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


async def broken_off(tab, provider):
    """An answer "ab" that was cut in the middle."""
    provider.script(play("fin", at="middle"))
    sent = await tab.send("Hello")
    assert (await tab.until("ended"))["status"] == "interrupted"
    return sent


async def go_on(tab, reply):
    await tab.say(type="continue", reply=reply)
    return await tab.until("snapshot", "error")


async def test_the_answer_goes_on_in_the_same_message(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    before = await Generation.objects.aget(reply__uuid=sent["reply"])
    provider.script(play("plain", text=" and the rest"))
    shown = await go_on(tab, sent["reply"])
    assert shown["blocks"] == ['<p dir="auto">ab</p>']
    assert shown["seq"] > before.seq
    assert (await tab.until("ended"))["status"] == "complete"
    reply = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    assert (reply.text, reply.status) == ("ab and the rest", "complete")
    assert (reply.generation.error, reply.generation.request_count) == ("", 2)
    assert reply.html == '<p dir="auto">ab and the rest</p>'
    assert await Message.objects.acount() == 2


async def test_the_model_is_shown_what_there_is_and_asked_to_go_on(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    await go_on(tab, sent["reply"])
    await tab.until("ended")
    request = next(r for r in reversed(provider.requests) if r.body["messages"][-1]["content"] == CONTINUE)
    assert [m["content"] for m in request.body["messages"]][1:] == ["Hello", "ab", CONTINUE]


async def test_an_answer_that_was_stopped_can_be_continued_too(alice, open_tab, provider):
    tab = await open_tab(alice)
    provider.script(play("hang", at="middle"), play("plain", text="c"))
    sent = await tab.send("Hello")
    while "b</p>" not in str(await tab.event()):
        pass
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    await go_on(tab, sent["reply"])
    assert (await tab.until("ended"))["status"] == "complete"
    assert (await Message.objects.aget(uuid=sent["reply"])).text == "abc"


async def test_a_second_fault_keeps_all_of_the_text(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    provider.script(play("status", code=500))
    await go_on(tab, sent["reply"])
    ended = await tab.until("ended")
    assert ended["status"] == "interrupted"
    reply = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    assert (reply.text, reply.generation.error) == ("ab", "provider_down")


async def test_what_is_whole_empty_hidden_or_followed_up_is_not_continued(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    rows = Message.objects.filter(uuid=sent["reply"])
    for change in (
        {"status": Status.COMPLETE},
        {"status": Status.FAILED},
        {"status": Status.STOPPED, "text": ""},
        {"text": "ab", "hidden_at": "2026-01-01T00:00:00Z"},
    ):
        await rows.aupdate(**change)
        assert (await go_on(tab, sent["reply"]))["code"] == "not_continuable"
    await rows.aupdate(hidden_at=None)
    await tab.send("more", conversation=sent["conversation"], parent=sent["reply"])
    await tab.until("ended")
    assert (await go_on(tab, sent["reply"]))["code"] == "not_continuable"


@pytest.mark.fault(31)
async def test_two_who_continue_at_once_are_one_request(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await broken_off(one, provider)
    provider.default = play("hang", at="middle")
    before = len(provider.requests)
    await asyncio.gather(*(tab.say(type="continue", reply=sent["reply"]) for tab in (one, two)))
    events = [await tab.until("snapshot", "error") for tab in (one, two)]
    assert sorted(event["type"] for event in events) == ["error", "snapshot"]
    assert next(event for event in events if event["type"] == "error")["code"] == "reply_running"
    await asyncio.sleep(0.2)
    assert len(provider.requests) == before + 1


async def test_every_continue_counts_against_the_limit_a_minute(alice, open_tab, provider, settings):
    settings.MESSAGES_PER_MINUTE = 2
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    provider.script(play("fin", at="middle"))
    await go_on(tab, sent["reply"])
    await tab.until("ended")
    assert (await go_on(tab, sent["reply"]))["code"] == "too_many_messages"


async def test_the_other_tabs_see_it_go_on(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    sent = await broken_off(one, provider)
    await two.say(type="watch", conversation=sent["conversation"], tip=sent["reply"])
    await two.say(type="stop", reply=sent["reply"])
    await two.until("error")  # it watches now
    provider.script(play("slow", rate=5))
    await go_on(one, sent["reply"])
    assert (await two.until("snapshot"))["blocks"][0].startswith('<p dir="auto">ab')
    await one.say(type="stop", reply=sent["reply"])
    assert (await two.until("ended"))["status"] == "stopped"


async def test_others_cannot_continue(alice, bob, charlie, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    for person in (bob, charlie):
        stranger = await open_tab(person)
        foreign, random = await go_on(stranger, sent["reply"]), await go_on(stranger, uuid.uuid4())
        assert (foreign["code"], foreign["text"]) == (random["code"], random["text"])
        assert foreign["code"] == "not_found"


async def test_a_late_stop_from_elsewhere_leaves_a_continued_reply_alone(alice, open_tab, provider):
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    before = await Message.objects.select_related("generation").aget(uuid=sent["reply"])
    provider.script(play("hang", at="middle"))
    await go_on(tab, sent["reply"])
    assert not await sync_to_async(actions.stop_elsewhere)(before)
    assert (await Message.objects.aget(uuid=sent["reply"])).status == Status.RUNNING


async def test_continuing_now_and_then_locks_nobody_out(alice, open_tab, provider, settings):
    settings.MESSAGES_PER_MINUTE = 3
    tab = await open_tab(alice)
    sent = await broken_off(tab, provider)
    for _ in range(4):
        an_hour_ago = timezone.now() - timedelta(hours=1)
        await Generation.objects.filter(reply__uuid=sent["reply"]).aupdate(requested_at=an_hour_ago)
        provider.script(play("fin", at="middle"))
        await go_on(tab, sent["reply"])
        await tab.until("ended")
    assert (await tab.send("Another"))["type"] == "sent"
