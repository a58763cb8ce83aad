"""What the change of the largest table costs: a full database of the version before, and its migration.

Input: {"messages": how many to fill a new database with} or {"migrate": true}. Output: {"seconds", "peak_mb"} of
the migration, whose process does nothing else.
"""

import json
import resource
import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.utils import timezone  # noqa: E402

BEFORE = "0011_instructions_folded"
A_CONVERSATION = 40
AT_ONCE = 5000
QUESTION = "What is the difference between the two, in a few words?"
ANSWER = "The **first** one keeps what it is given, the second forgets. " * 8
HTML = f'<p dir="auto">{ANSWER}</p>'


@transaction.atomic
def fill(count: int) -> None:
    models = MigrationLoader(connection).project_state(("chat", BEFORE)).apps
    user = models.get_model("chat", "User").objects.create(email="many@example.org")
    made = models.get_model("chat", "Conversation").objects.bulk_create(
        models.get_model("chat", "Conversation")(owner=user, title=f"Talk {number}")
        for number in range(count // A_CONVERSATION)
    )
    message = models.get_model("chat", "Message")
    rows = [
        row(message, number, made[(number - 1) // A_CONVERSATION].pk, user.pk)
        for number in range(1, count + 1)
    ]
    message.objects.bulk_create(rows, batch_size=AT_ONCE)


def row(message: Any, number: int, conversation: int, author: int) -> Any:
    """The message with this primary key: questions and answers in turn, each below the one before."""
    common = {
        "pk": number,
        "conversation_id": conversation,
        "author_id": author,
        "parent_id": None if number % A_CONVERSATION == 1 else number - 1,
    }
    if number % 2:
        return message(**common, role="user", text=QUESTION)
    figures = {"tokens_in": 100, "tokens_out": 50, "first_token_ms": 300, "total_ms": 2000, "seq": 40}
    return message(
        **common,
        **figures,
        role="assistant",
        text=ANSWER,
        html=HTML,
        html_version=5,
        instance="host-8000:1",
        heartbeat=timezone.now(),
        asked_at=timezone.now(),
        requests=1,
        model="scripted-1",
        model_label="scripted-1",
        request_id="abcdef123456",
    )


def main() -> None:
    spec = json.load(sys.stdin)
    if "messages" in spec:
        call_command("migrate", "chat", BEFORE, verbosity=0)
        fill(spec["messages"])
        print("{}")
        return
    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
