"""What a person erased is gone from the disk: not only from the tables."""

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging
from chat.conversations.sweep import Sweeper, expire
from chat.core import limits
from chat.core.limits import Allowance
from chat.models import Conversation, Counter, Message, ModelRequest, Persona, SavedPrompt, User, soft_delete
from chat.moderation import actions as moderation
from chat.moderation import audit

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "xylophone-canary"


def on_disk() -> int:
    """How often the word stands in the database's files."""
    name = str(connection.settings_dict["NAME"])
    files = [Path(name + end) for end in ("", "-wal", "-shm", "-journal")]
    return sum(file.read_bytes().count(CANARY.encode()) for file in files if file.exists())


@pytest.fixture
def written(alice: User, bob: User, say: Any) -> Conversation:
    """Short words, words over many pages of the file, and everything that is kept beside them."""
    words = [f"{CANARY} question", f"{CANARY} answer", f"{CANARY} " * 20_000, f"{CANARY} " * 50]
    conversation = say(alice, *words)
    Message.objects.filter(conversation=conversation).update(html=f"<p>{CANARY}</p>", reasoning=CANARY)
    conversations.rename(alice, conversation.uuid, f"{CANARY} title")
    conversation.refresh_from_db()
    ModelRequest.objects.create(
        reply=conversation.tip, system=f"{CANARY} instructions", sent_at=timezone.now()
    )
    moderation.report(alice, conversation.tip.uuid, "wrong", f"{CANARY} note")
    moderation.hide(conversation.tip, bob)
    audit.record_read(bob, conversation)
    Persona.objects.create(owner=alice, name="p", instructions=CANARY * 1000)
    SavedPrompt.objects.create(owner=alice, name="s", text=CANARY)
    return conversation


def delete_everything(alice: User, conversation: Conversation) -> None:
    arranging.delete(alice, [conversation.uuid])
    long_ago = timezone.now() - 2 * soft_delete.UNDO_WINDOW
    for model in (Conversation, Persona, SavedPrompt):
        model._base_manager.update(deleted_at=long_ago)


def test_no_byte_of_it_is_left_after_the_sweep(alice: User, written: Conversation) -> None:
    assert on_disk() > 20_000
    delete_everything(alice, written)
    Sweeper().run()
    assert on_disk() == 0
    assert connection.cursor().execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_reader_in_the_way_delays_it_and_nobody_waits_for_long(alice: User, written: Conversation) -> None:
    delete_everything(alice, written)
    sweeper = Sweeper()
    with closing(connection.copy()) as other:
        cursor = other.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM chat_message").fetchone()
        sweeper.run()
        assert not Conversation.objects.exists()
        assert on_disk() > 0
        cursor.execute("COMMIT")
    sweeper.run()
    assert on_disk() == 0


def test_writers_wait_as_long_as_before_afterwards() -> None:
    Sweeper().run()
    assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (20_000,)


def test_every_connection_overwrites_what_it_erases() -> None:
    found = []

    def ask() -> None:
        with closing(connection.copy()) as own:
            found.append(own.cursor().execute("PRAGMA secure_delete").fetchone()[0])

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [1] == [connection.cursor().execute("PRAGMA secure_delete").fetchone()[0]]


def test_counters_and_sessions_that_are_over_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    for key, moment in (("old", old), ("new", new)):
        Session.objects.create(session_key=key, session_data="", expire_date=moment)
    limits.take(Allowance("old", "x", 1, -10), Allowance("new", "x", 1, 1000))
    expire()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert [row.key for row in Counter.objects.all()] == [Allowance("new", "x", 1, 1).key]
