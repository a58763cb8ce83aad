"""What several people ask for at the same moment is saved in one transaction, and each is told the truth of it."""

import asyncio
import sqlite3
import threading
import uuid
from contextlib import closing
from functools import partial

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from chat.core.database import main_loop
from chat.core.errors import LoggedOut, NotFound, Suspended
from chat.core.limits import client_address
from chat.models import Conversation, Generation, Message, Role, Status, User
from chat.replies import actions, sends
from chat.replies.errors import EmptyMessage, TooManyOnSite
from chat.replies.running import RunningReply
from chat.replies.sends import Send
from tests.conftest import browser_of
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(db):
    return [User.objects.create_user(f"person{number}@example.org", "x") for number in range(4)]


def asked(user, words="Hello", client_id=None, **more):
    """A message of somebody who is logged in, on its way into the database."""
    key = browser_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    more = {"conversation_uuid": None, "parent_uuid": None} | more
    send = partial(actions.send, client_id=client_id or uuid.uuid4(), words=words, worker_id="here", **more)
    return Send(key, user.pk, send, saved=None)


def save(*waiting):
    """What came of each, and how many transactions that took."""
    begun = []

    def watch(execute, sql, *arguments):
        begun.append(sql.startswith("BEGIN"))
        return execute(sql, *arguments)

    with connection.execute_wrapper(watch):
        results = sends.save(list(waiting))
    return results, sum(begun)


def questions():
    return sorted(Message.objects.filter(role=Role.USER).values_list("text", flat=True))


def test_what_comes_together_is_one_transaction(people):
    results, transactions = save(*(asked(person, person.email) for person in people))
    assert transactions == 1
    assert [result.message.author for result in results] == people
    assert all(result.fresh for result in results)
    assert questions() == sorted(person.email for person in people)
    assert Generation.objects.filter(worker="here", heartbeat__isnull=False).count() == len(people)


def test_what_is_refused_takes_nothing_else_along(people):
    blank, stranger, *fine = people
    conversation = Conversation.objects.create(owner=blank)
    results, transactions = save(
        asked(fine[0], "one"),
        asked(blank, " "),
        asked(stranger, "not mine", conversation_uuid=conversation.uuid),
        asked(fine[1], "two"),
    )
    assert transactions == 1
    assert [type(result) for result in results[1:3]] == [EmptyMessage, NotFound]
    assert questions() == ["one", "two"]
    assert not Message.objects.filter(conversation=conversation).exists()


def test_who_was_logged_out_meanwhile_is_told_so_alone(people):
    gone, inactive, suspended, fine = people
    waiting = [asked(gone), asked(inactive), asked(suspended), asked(fine, "still here")]
    gone.set_password("another")
    gone.save()
    inactive.is_active = False
    inactive.save()
    suspended.suspended_until = "2999-01-01T00:00Z"
    suspended.save()
    results, _ = save(*waiting)
    assert [type(result) for result in results[:3]] == [LoggedOut, LoggedOut, Suspended]
    assert questions() == ["still here"]


def test_a_session_is_not_taken_for_another_persons(people):
    one, other, *_ = people
    mixed = asked(one, "whose?")
    mixed.person = other.pk
    results, _ = save(mixed, asked(other, "mine"))
    assert isinstance(results[0], LoggedOut)
    assert questions() == ["mine"]


def test_the_same_message_twice_at_once_is_one(people):
    person = people[0]
    twice = uuid.uuid4()
    results, _ = save(asked(person, "once", twice), asked(person, "once", twice), asked(people[1], "beside"))
    assert [result.fresh for result in results] == [True, False, True]
    assert results[0].reply == results[1].reply
    assert questions() == ["beside", "once"]


def test_when_the_database_breaks_off_each_is_done_again_alone(people):
    broken = asked(people[0], "first it fails")
    whole, tries = broken.action, []

    def fail_once(user):
        tries.append(user)
        if len(tries) == 1:
            whole(user)
            raise OperationalError("the disk is away for a moment")
        return whole(user)

    broken.action = fail_once
    results, transactions = save(asked(people[1], "before"), broken, asked(people[2], "after"))
    assert all(result.fresh for result in results)
    assert questions() == ["after", "before", "first it fails"]
    assert transactions == 4


def test_a_database_that_stays_away_is_said_to_all_and_nothing_is_saved(people):
    def fail(user):
        raise OperationalError("the disk is away")

    waiting = [asked(person) for person in people[:2]]
    for send in waiting:
        send.action = fail
    results, _ = save(*waiting)
    assert [type(result) for result in results] == [OperationalError] * 2
    assert not questions()


def test_a_database_that_stays_locked_is_waited_for_once_by_all_together(people):
    waiting = [asked(person) for person in people]
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 20")
        other.execute("BEGIN IMMEDIATE")
        results, transactions = save(*waiting)
    connection.close()  # and with it the short time-out
    assert [type(result) for result in results] == [OperationalError] * len(people)
    assert transactions == 1
    assert not questions()


def test_a_limit_that_all_together_would_pass_is_kept_to_the_last(people, settings):
    settings.MODEL_REQUESTS_PER_SITE = 3 * actions.WITH_TITLE
    results, _ = save(*(asked(person, person.email) for person in people))
    assert [type(result) for result in results[3:]] == [TooManyOnSite]
    assert questions() == sorted(person.email for person in people[:3])
    results, _ = save(asked(people[0]), asked(people[1]))
    assert [type(result) for result in results] == [TooManyOnSite] * 2


def test_what_is_within_the_limits_is_counted_once_for_all_that_came_together(people, settings):
    settings.MODEL_REQUESTS_PER_ADDRESS = 100
    waiting = []
    for number, person in enumerate(people):
        client_address.set(f"10.0.0.{number % 2}")
        waiting.append(asked(person))
    client_address.set("")
    with connection.execute_wrapper(lambda execute, sql, *more: seen.append(sql) or execute(sql, *more)):
        seen: list[str] = []
        sends.save(waiting)
    assert sum("chat_counter" in sql for sql in seen) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM chat_counter")
        counts = sorted(row[0] for row in cursor.fetchall())
    assert counts[-3:] == [2 * actions.WITH_TITLE, 2 * actions.WITH_TITLE, 4 * actions.WITH_TITLE]


async def test_people_who_send_at_once_each_get_their_answer(people, open_tab):
    tabs = [await open_tab(person) for person in people]
    sent = await asyncio.gather(*(tab.send(f"from {number}") for number, tab in enumerate(tabs)))
    assert [event["type"] for event in sent] == ["sent"] * len(tabs)
    for tab, event in zip(tabs, sent, strict=True):
        ended = await tab.until("ended")
        assert (ended["reply"], ended["status"]) == (event["reply"], "complete")
    assert await asyncio.to_thread(questions) == [f"from {number}" for number in range(len(tabs))]


async def test_what_is_sent_is_saved_also_for_a_tab_that_closes_before_it_is_told(people, open_tab):
    tab = await open_tab(people[0])
    await tab.say(type="send", client_id=uuid.uuid4(), text="and gone")
    await tab.close()
    async with asyncio.timeout(LIMIT):
        while not await asyncio.to_thread(questions):
            await asyncio.sleep(0.01)
    assert await asyncio.to_thread(questions) == ["and gone"]


def test_all_that_a_message_needs_of_the_one_before_comes_with_its_conversation(people):
    (first,), _ = save(asked(people[0]))
    Message.objects.filter(pk=first.reply.pk).update(status=Status.COMPLETE)
    seen: list[str] = []
    with connection.execute_wrapper(lambda execute, sql, *more: seen.append(sql) or execute(sql, *more)):
        (second,), _ = save(
            asked(people[0], conversation_uuid=first.conversation.uuid, parent_uuid=first.reply.uuid)
        )
    assert second.message.depth == 2
    assert not [sql for sql in seen if sql.startswith("SELECT") and 'FROM "chat_message"' in sql]


async def test_what_is_saved_for_somebody_who_is_gone_by_then_is_answered_too(people):
    send = await asyncio.to_thread(asked, people[0], "and gone")
    whole, is_there, may_go_on, begun = send.action, asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    def slow(user):
        loop.call_soon_threadsafe(is_there.set)
        assert may_go_on.wait(10)
        return whole(user)

    sending = sends.Sends(lambda request, session: begun.append((request.message.text, session)))
    asking = asyncio.create_task(sending.save(send.session, send.person, slow))
    await is_there.wait()
    asking.cancel()
    await asyncio.wait({asking})
    may_go_on.set()
    await sending.settled()
    assert begun == [("and gone", send.session)]


async def test_one_that_cannot_be_begun_ends_with_an_error_and_takes_no_other_along(
    people, open_tab, monkeypatch
):
    class Refusing(RunningReply):
        def __init__(self, conversation, reply, session=None):
            if reply.parent.text == "from 1":
                raise MemoryError("no room for it")
            super().__init__(conversation, reply, session)

    monkeypatch.setattr("chat.replies.engine.RunningReply", Refusing)
    tabs = [await open_tab(person) for person in people]
    sent = await asyncio.gather(*(tab.send(f"from {number}") for number, tab in enumerate(tabs)))
    assert [event["type"] for event in sent] == ["sent"] * len(tabs)
    for number in (0, 2, 3):
        ended = await tabs[number].until("ended")
        assert (ended["reply"], ended["status"]) == (sent[number]["reply"], "complete")
    shown = await tabs[1].until("replaced")
    while "Something went wrong on our side" not in shown["html"]:
        shown = await tabs[1].until("replaced")
    reply = await Message.objects.select_related("generation").aget(uuid=sent[1]["reply"])
    assert (reply.status, reply.generation.error) == ("failed", "error")
    assert reply.generation.error_detail == "MemoryError: no room for it"
    monkeypatch.undo()
    again = {"client_id": uuid.uuid4(), "reply": sent[1]["reply"]}
    await tabs[1].say(type="retry", **again)
    assert (await tabs[1].until("ended"))["status"] == "complete"


async def test_what_is_being_saved_while_its_session_ends_is_interrupted_when_it_is_begun(
    people, open_tab, provider, monkeypatch
):
    provider.script(play("slow", text="word " * 400, rate=20))
    client = await asyncio.to_thread(browser_of, people[0])
    tab = await open_tab(people[0], client)
    saved, may_go_on = threading.Event(), threading.Event()
    send = actions.send

    def hold(user, **arguments):
        request = send(user, **arguments)
        saved.set()
        assert may_go_on.wait(10)
        return request

    monkeypatch.setattr(actions, "send", hold)
    await tab.say(type="send", client_id=uuid.uuid4(), text="and gone")
    await until(saved.is_set)
    main_loop.set(asyncio.get_running_loop())
    await asyncio.to_thread(client.post, "/accounts/logout/")
    assert await tab.closed() == 4401
    await asyncio.sleep(0.1)  # the engine is told beside the socket
    may_go_on.set()
    async with asyncio.timeout(LIMIT):
        while (reply := await Message.objects.aget(role=Role.ASSISTANT)).status == Status.RUNNING:
            await asyncio.sleep(0.02)
    assert (reply.status, reply.text) == (Status.INTERRUPTED, "")
