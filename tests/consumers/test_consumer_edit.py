"""Another wording of a question, and another place to go on from: branches beside what was there."""

import uuid

import pytest

from chat.models import Conversation, Message
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


async def edit(tab, message, text, tip, client_id=None):
    client_id = client_id or uuid.uuid4()
    await tab.say(type="edit", client_id=client_id, message=message, text=text, tip=tip)
    return await tab.until("sent", "error")


async def exchange(tab, text, **place):
    sent = await tab.send(text, **place)
    assert (await tab.until("ended"))["status"] == "complete"
    return sent


def asked(provider):
    return [message["content"] for message in provider.requests[-1].body["messages"]][1:]


async def test_an_edited_question_stands_beside_the_old_one_and_is_answered(alice, open_tab, provider):
    provider.script(play("plain", text="first"), play("plain", text="Title"), play("plain", text="second"))
    tab = await open_tab(alice)
    first = await exchange(tab, "Helo")
    second = await edit(tab, first["message"], "Hello", first["reply"])
    assert second["branched"]
    await tab.until("ended")
    old = await Message.objects.aget(uuid=first["message"])
    new = await Message.objects.aget(uuid=second["message"])
    assert (old.text, new.text, new.parent_id) == ("Helo", "Hello", None)
    conversation = await Conversation.objects.aget(uuid=first["conversation"])
    assert conversation.tip_id == (await Message.objects.aget(uuid=second["reply"])).pk
    assert asked(provider) == ["Hello"]


async def test_the_context_of_an_edit_is_what_stands_above_it(alice, open_tab, provider):
    provider.default = play("plain", text="answer")
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    two = await exchange(tab, "two", conversation=one["conversation"], parent=one["reply"])
    three = await exchange(tab, "three", conversation=one["conversation"], parent=two["reply"])
    await edit(tab, two["message"], "deux", three["reply"])
    await tab.until("ended")
    assert asked(provider) == ["one", "answer", "deux"]


async def test_the_same_edit_twice_makes_one_message(alice, open_tab, provider):
    tab = await open_tab(alice)
    first = await exchange(tab, "Helo")
    client_id = uuid.uuid4()
    sent = [await edit(tab, first["message"], "Hello", first["reply"], client_id) for _ in range(2)]
    assert sent[0] == sent[1]
    assert sent[0]["branched"]


async def test_a_page_that_shows_less_than_there_is_cannot_edit(alice, open_tab, provider):
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    await exchange(tab, "two", conversation=one["conversation"], parent=one["reply"])
    assert (await edit(tab, one["message"], "uno", one["reply"]))["code"] == "newer_messages"


async def test_an_answer_is_not_edited(alice, open_tab, provider):
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    assert (await edit(tab, one["reply"], "mine", one["reply"]))["code"] == "not_found"


@pytest.mark.parametrize("text", ["", " \u200b ", "a\0b", "a" * 64_001])
async def test_bad_text_is_refused_and_nothing_is_saved(alice, open_tab, provider, text):
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    assert (await edit(tab, one["message"], text, one["reply"]))["type"] == "error"
    assert await Message.objects.acount() == 2


async def test_others_cannot_edit(alice, bob, charlie, open_tab, provider):
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    for person in (bob, charlie):
        stranger = await open_tab(person)
        foreign = await edit(stranger, one["message"], "mine", one["reply"])
        random = await edit(stranger, uuid.uuid4(), "mine", one["reply"])
        assert (foreign["code"], foreign["text"]) == (random["code"], random["text"])
        assert foreign["code"] == "not_found"
    assert await Message.objects.acount() == 2


async def test_a_stale_page_may_branch_from_where_it_stands(alice, open_tab, provider):
    provider.default = play("plain", text="answer")
    tab = await open_tab(alice)
    one = await exchange(tab, "one")
    place = {"conversation": one["conversation"], "parent": one["reply"]}
    await exchange(tab, "two", **place)
    assert (await tab.send("zwei", **place))["code"] == "newer_messages"
    await tab.say(type="send", client_id=uuid.uuid4(), text="zwei", branch=True, **place)
    assert (await tab.until("sent"))["branched"]
    await tab.until("ended")
    assert asked(provider) == ["one", "answer", "zwei"]


async def test_a_branch_starts_from_an_answer_of_the_same_conversation(alice, open_tab, provider):
    tab = await open_tab(alice)
    one, other = await exchange(tab, "one"), await exchange(tab, "other")
    for parent in (other["reply"], one["message"], uuid.uuid4(), None):
        command = {"conversation": one["conversation"], "parent": parent, "branch": True}
        await tab.say(type="send", client_id=uuid.uuid4(), text="here", **command)
        assert (await tab.until("sent", "error"))["code"] == "not_found"
    assert await Message.objects.acount() == 4


async def test_the_other_tabs_are_told_that_the_branch_in_view_has_changed(alice, open_tab, provider):
    one, two = await open_tab(alice), await open_tab(alice)
    first = await exchange(one, "Helo")
    await two.say(type="watch", conversation=first["conversation"], tip=first["reply"])
    provider.default = play("hang", at="middle")
    second = await edit(one, first["message"], "Hello", first["reply"])
    told = await two.until("sent")
    assert (told["branched"], told["reply"]) == (True, second["reply"])
    assert (await two.until("snapshot"))["reply"] == second["reply"]
