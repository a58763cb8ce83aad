"""Of a reply that two processes believe to be theirs, nothing of one is written over the other's."""

import threading
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from chat.models import Conversation, Generation, Message, Role, Status, User
from chat.replies import checkpoint

pytestmark = [
    pytest.mark.usefixtures("stores"),
    pytest.mark.django_db(transaction=True, databases=["default", "postgresql"]),
]
PG = "postgresql"


@pytest.fixture
def reply() -> Message:
    call_command("migrate", database=PG, verbosity=0)
    owner = User.objects.using(PG).create(email="owner@example.org")
    conversation = Conversation.objects.using(PG).create(owner=owner)
    common = {"conversation": conversation, "role": Role.ASSISTANT, "status": Status.RUNNING}
    made = Message.objects.using(PG).create(**common, text="so far")
    Generation.objects.using(PG).create(reply=made, worker="a:1")
    return made


def test_a_process_that_wakes_up_while_another_takes_over_its_reply_writes_nothing(
    reply: Message, monkeypatch: Any
) -> None:
    def wake_up() -> None:
        monkeypatch.setattr(checkpoint, "connection", connections[PG])
        point = checkpoint.Checkpoint(reply.pk, "so far, of the one that slept", "", 9)
        with transaction.atomic(using=PG):
            sleeper._write_texts([point])
        connections[PG].close()

    sleeper = checkpoint.Checkpointer("a:1", list, list, lambda ids, moment: None)
    late = threading.Thread(target=wake_up)
    with transaction.atomic(using=PG):
        Generation.objects.using(PG).filter(pk=reply.pk).update(worker="b:1")
        Message.objects.using(PG).filter(pk=reply.pk).update(text="so far, and theirs")
        late.start()
        until_it_waits()
    late.join(10)
    reply.refresh_from_db()
    assert (reply.text, reply.status) == ("so far, and theirs", Status.RUNNING)
    assert Generation.objects.using(PG).get(pk=reply.pk).seq == 0


def until_it_waits() -> None:
    """Return when another connection waits for a row that this one holds."""
    end = time.monotonic() + 10
    with connections[PG].cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")
