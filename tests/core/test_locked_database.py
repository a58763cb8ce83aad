"""Somebody else holds SQLite's lock to write (a backup, a shell): only what writes waits."""

import asyncio
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client

from chat.models import Message, User
from chat.operations import health
from tests.conftest import PASSWORD, browser_of
from tests.support.scripted_provider import play

NEW = "seven green 12 bicycles"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lock():
    """Takes the lock; it is given back at the end."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:

        def take():
            other.execute("BEGIN IMMEDIATE")
            return other

        yield take


@pytest.mark.fault(17)
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


@pytest.mark.fault(17)
async def test_a_send_waits_for_the_lock_and_succeeds(alice, open_tab, provider, lock):
    tab = await open_tab(alice)
    held = lock()
    client_id = uuid.uuid4()
    await tab.say(type="send", client_id=client_id, text="Hello")
    assert await tab.socket.receive_nothing(0.3)
    held.execute("ROLLBACK")
    assert (await tab.until("sent"))["client_id"] == str(client_id)


@pytest.mark.fault(17)
async def test_a_send_that_waits_too_long_says_so_and_saves_nothing(alice, open_tab, provider, monkeypatch):
    def wait_in_vain(user):
        raise OperationalError("database is locked")

    monkeypatch.setattr("chat.replies.limits.check_may_ask", wait_in_vain)
    tab = await open_tab(alice)
    assert (await tab.send("Hello"))["code"] == "storage"
    assert not await Message.objects.aexists()


@pytest.mark.fault(17)
def test_pages_can_be_read(alice, say, lock):
    conversation = say(alice, "question", "answer")
    browser = browser_of(alice)
    lock()
    assert b"answer" in browser.get(f"/c/{conversation.uuid}/").content


@pytest.fixture
def impatient():
    """The pages' connection gives up at once."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 1")
    yield
    connection.close()


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/c/{}/rename/", {"title": "New"}),
        ("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}),
        ("/admin/chat/user/add/", {"email": "d@example.org", "password1": NEW, "password2": NEW}),
    ],
)
def test_what_cannot_be_saved_is_said_on_a_page_and_to_a_script(say, lock, impatient, address, form):
    root = User.objects.create_superuser("root@example.org", PASSWORD)
    address = address.format(say(root, "q", "a").uuid)
    browser = browser_of(root)
    browser.raise_request_exception = False
    lock()
    page = browser.post(address, form)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "nothing was saved" in page.content.decode()
    answer = browser.post(address, form, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage")


def test_logging_in_says_it_too(alice, lock, impatient):
    browser = Client(raise_request_exception=False)
    lock()
    answer = browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert answer.status_code == 503
    assert "nothing was saved" in answer.content.decode()


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_logging_out_forgets_the_session_in_this_browser_at_least(bob, lock, impatient, address):
    browser = browser_of(bob)
    browser.raise_request_exception = False
    lock()
    assert browser.post(address).status_code == 503
    assert not browser.cookies["sessionid"].value
    assert browser.get("/").url == "/accounts/login/?next=/"


def test_another_error_is_a_500_still(alice, monkeypatch):
    def fail(*_):
        raise LookupError("bug")

    monkeypatch.setattr("chat.conversations.listing.latest", fail)
    browser = browser_of(alice)
    browser.raise_request_exception = False
    assert browser.get("/").status_code == 500


def test_the_site_is_not_healthy_while_nothing_can_be_written(lock, monkeypatch):
    health.ask_database()
    assert not Session.objects.exists()
    monkeypatch.setattr(health, "LOCK_PATIENCE", 50)
    lock()
    with pytest.raises(OperationalError):
        health.ask_database()


def test_a_short_lock_does_not_make_the_site_unhealthy(lock):
    held = lock()
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(health.ask_database)
        assert not wait([asked], 0.1).done
        held.execute("ROLLBACK")
        asked.result(5)
