"""Somebody else holds SQLite's lock to write (a backup, a shell): only what writes waits."""

import asyncio
import sqlite3
import uuid
from contextlib import closing

import pytest
from django.db import OperationalError, connection

from chat.models import Message
from tests.conftest import browser_of
from tests.scripted_provider import play

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="other databases lock rows"),
]


@pytest.fixture
def lock():
    """Takes the lock; it is given back at the end."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:

        def take():
            other.execute("BEGIN IMMEDIATE")
            return other

        yield take


async def test_reading_watching_and_stopping_go_on(alice, open_tab, provider, lock):
    provider.script(play("hang", at="middle"))
    browser = await asyncio.to_thread(browser_of, alice)
    tab = await open_tab(alice, browser)
    sent = await tab.send("Hello")
    await tab.until("snapshot")
    lock()
    await tab.say(type="send", client_id=uuid.uuid4(), text="waits for the lock")
    other = await open_tab(alice, browser)
    await other.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    assert (await other.until("snapshot"))["reply"] == sent["reply"]
    await other.say(type="stop", reply=sent["reply"])
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)  # and the lock is still held


async def test_a_send_waits_for_the_lock_and_succeeds(alice, open_tab, provider, lock):
    tab = await open_tab(alice)
    held = lock()
    client_id = uuid.uuid4()
    await tab.say(type="send", client_id=client_id, text="Hello")
    assert await tab.socket.receive_nothing(0.3)
    held.execute("ROLLBACK")
    assert (await tab.until("sent"))["client_id"] == str(client_id)


async def test_a_send_that_waits_too_long_says_so_and_saves_nothing(alice, open_tab, provider, monkeypatch):
    def wait_in_vain(user):
        raise OperationalError("database is locked")

    monkeypatch.setattr("chat.usage.check_may_ask", wait_in_vain)
    tab = await open_tab(alice)
    assert (await tab.send("Hello"))["code"] == "storage"
    assert not await Message.objects.aexists()


def test_pages_can_be_read(alice, say, lock):
    conversation = say(alice, "question", "answer")
    browser = browser_of(alice)
    lock()
    assert b"answer" in browser.get(f"/c/{conversation.uuid}/").content
