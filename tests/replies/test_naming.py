"""A conversation's name is asked for beside its first reply, from the question alone."""

import asyncio
import json

import pytest
from django.db import IntegrityError, OperationalError, connection

from chat.conversations import actions as conversations
from chat.models import Conversation, Project
from chat.realtime import layer
from chat.replies import naming
from chat.replies.flush_clock import Interval
from tests.support.layer import Ear
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)

LONG = play("slow", text="word " * 200, rate=20)


async def named(title):
    while (await Conversation.objects.aget()).title != title:
        await asyncio.sleep(0.02)


async def test_the_name_is_there_while_the_answer_is_still_written(alice, open_tab, provider):
    provider.script(LONG)
    tab = await open_tab(alice)
    await tab.send("What is a rainbow?")
    async with asyncio.timeout(LIMIT):
        await named(provider.title)
    assert provider.client_closes == 0 and len(provider.live) >= 1
    [request] = provider.title_requests
    assert [message["content"] for message in request.messages[1:]] == ["What is a rainbow?"]


async def test_a_burst_that_comes_after_the_first_word_still_makes_the_name_wait(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(naming, "AGAIN", 1.0)
    provider.script(play("slow", text="word " * 25, rate=10))
    tab = await open_tab(alice)
    await tab.send("What is a rainbow?")
    while not isinstance(await tab.event(), list):  # a patch
        pass
    monkeypatch.setattr(Interval, "BUSY_FROM", 1)
    await tab.until("ended")
    assert provider.title_requests == []
    await named(provider.title)


async def test_it_is_not_asked_for_before_the_first_word_nor_when_none_comes(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(naming, "AGAIN", 0)
    provider.script(play("plain", delay=0.5))
    tab = await open_tab(alice)
    await tab.send("Hello")
    await until(lambda: len(provider.requests) == 1)
    assert provider.title_requests == []
    await named(provider.title)
    provider.script(play("status", code=500))
    await (await open_tab(alice)).send("Another")
    await asyncio.sleep(0.3)
    assert len(provider.title_requests) == 1


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_service_that_takes_one_request_at_a_time_is_asked_again_after_the_answer(
    alice, open_tab, provider, is_there
):
    """Also for a conversation that is there before its first message, since a model was chosen for it."""
    provider.script(play("slow", text="word " * 4, rate=20))
    provider.title_queue.append(play("status", code=429))
    made = await Conversation.objects.acreate(owner=alice) if is_there else None
    tab = await open_tab(alice)
    await tab.send("Hello", conversation=made and made.uuid)
    await named(provider.title)
    assert len(provider.title_requests) == 2


async def test_a_model_that_thinks_gets_room_for_it(alice, open_tab, provider):
    provider.script(play("reasoning", pause=0.2))
    provider.title_queue.append(play("plain", text="Okay, so I need to", finish="length"))
    tab = await open_tab(alice)
    await tab.send("Hello")
    await named(provider.title)
    assert provider.title_requests[-1].body["max_tokens"] > 1000


@pytest.mark.parametrize(
    "said", ["Let me think about this.", "", "One. Two. And a whole answer. To the question."]
)
async def test_what_is_no_title_is_asked_for_once_and_the_first_words_stay(alice, open_tab, provider, said):
    provider.title_queue.append(play("plain", text=said or " "))
    tab = await open_tab(alice)
    await tab.send("Hello there")
    await tab.until("ended")
    await until(lambda: len(provider.title_requests) == 1)
    await asyncio.sleep(0.1)
    assert (await Conversation.objects.aget()).title == "Hello there"


async def test_names_that_come_at_about_the_same_time_are_saved_together(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(naming, "TOGETHER", 1.0)
    saved = []
    save = conversations.set_made_titles
    monkeypatch.setattr(
        conversations, "set_made_titles", lambda titles: saved.append(len(titles)) or save(titles)
    )
    for words in ("One", "Two"):
        await (await open_tab(alice)).send(words)
    async with asyncio.timeout(LIMIT):
        while await Conversation.objects.filter(title=provider.title).acount() < 2:
            await asyncio.sleep(0.02)
    assert saved == [2]


def test_of_names_that_are_saved_together_one_that_was_changed_or_is_refused_takes_no_other_along(alice):
    made = [Conversation.objects.create(owner=alice, title=title) for title in ("one", "two", "three")]
    Conversation.objects.filter(pk=made[1].pk).update(title="by its owner")
    ear = Ear(layer.person_group(alice.pk))
    conversations.set_made_titles([(made[1], "B"), (made[2], "C")])
    assert [json.loads(event["text"])["title"] for event in ear.heard()] == ["C"]
    with pytest.raises(IntegrityError):
        conversations.set_made_titles([(made[2], None), (made[0], "A")])
    titles = Conversation.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["A", "by its owner", "C"]
    assert [json.loads(event["text"])["title"] for event in ear.heard()] == ["A"]


def test_names_that_are_saved_together_are_all_told_where_the_database_breaks_off_behind_them(alice):
    project = Project.objects.create(owner=alice, name="Physics")
    rows = [Conversation.objects.create(owner=alice, title=words, project=project) for words in ("a", "b")]
    made = [(Conversation.objects.get(pk=row.pk), row.title.upper()) for row in rows]
    failed = []

    def fail_once(execute, sql, *arguments):
        if Project._meta.db_table in sql and not failed:
            failed.append(sql)
            raise OperationalError("the disk is away for a moment")
        return execute(sql, *arguments)

    ear = Ear(layer.person_group(alice.pk))
    with connection.execute_wrapper(fail_once):
        conversations.set_made_titles(made)
    assert failed
    told = [json.loads(event["text"]) for event in ear.heard()]
    assert [(event["title"], event["project"]) for event in told] == [
        ("A", str(project.uuid)),
        ("B", str(project.uuid)),
    ]
    assert list(Conversation.objects.order_by("pk").values_list("title", flat=True)) == ["A", "B"]


async def test_names_are_saved_also_where_who_waits_for_the_others_is_cancelled(alice, monkeypatch):
    monkeypatch.setattr(naming, "TOGETHER", 0.2)
    rows = [await Conversation.objects.acreate(owner=alice, title=words) for words in ("a", "b", "c")]
    names = naming.Naming(None, Interval())  # nothing is asked for
    first = asyncio.create_task(names._save(rows[0], "One"))
    await asyncio.sleep(0)
    await names._save(rows[1], "Two")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await names._save(rows[2], "Three")
    titles = Conversation.objects.order_by("pk").values_list("title", flat=True)
    assert [title async for title in titles] == ["One", "Two", "Three"]
