"""What pages cost as histories grow, through Django's test client on a database of its own.

Input: {"messages", "conversations", "few", "rounds"}. Output: {page: {"ms", "queries"}} for "short" and
"long" (a conversation of few and of many messages), "newcomer" and "regular" (a list of few and of
many conversations), "more" (a part of the long list, from its middle) and "archivist" (a list of few below
many that are archived and many in a project). With {"choices", "few", "rounds"} instead for "chat", "picker" and "gallery" where there
are as many models and personas.
"""

import json
import sys
import time
from collections.abc import Sequence
from itertools import cycle
from statistics import median
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from chat.conversations import listing  # noqa: E402
from chat.markdown import RENDERER_VERSION, render  # noqa: E402
from chat.models import Conversation, Generation, Message, Project, Role, User  # noqa: E402
from chat.personas import actions as personas  # noqa: E402
from tests.bench.choices import offer  # noqa: E402

QUESTION = "What is the difference between the two, in a few words?"
ANSWER = "The **first** one keeps what it is given.\n\n- The second forgets\n- and `asks` again\n\nSo it is slower."


def person(name: str) -> tuple[User, Client]:
    user = User.objects.create_user(f"{name}@example.org", None)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return user, client


def write(owner: User, count: int, answers: Sequence[str] = (ANSWER,)) -> Conversation:
    """A conversation of `count` messages, question and answer in turn, each the child of the one before."""
    conversation = Conversation.objects.create(owner=owner, title="A long talk")
    texts = cycle([(text, render(text)) for text in answers])
    tip = None
    for number in range(count):
        answer = number % 2 == 1
        text, html = next(texts) if answer else (QUESTION, "")
        tip = Message.objects.create(
            conversation=conversation,
            parent=tip,
            author=None if answer else owner,
            role=Role.ASSISTANT if answer else Role.USER,
            text=text,
            html=html,
            html_version=RENDERER_VERSION if answer else 0,
            depth=number,
        )
        if answer:
            Generation.objects.create(reply=tip)
    conversation.tip = tip
    conversation.save()
    return conversation


def talk_much(owner: User, count: int, **fields: Any) -> None:
    Conversation.objects.bulk_create(
        [Conversation(owner=owner, title=f"Talk number {number}", **fields) for number in range(count)]
    )


def middle_of(owner: User, count: int) -> str:
    """Return where the list goes on after `count` conversations."""
    cursor = listing.latest(owner, "", count)[1]
    return f"/conversations/?{urlencode({'before': cursor})}"


def choosing(spec: dict[str, Any]) -> dict[str, tuple[Client, str]]:
    """Who opens which address, where there is much to choose from."""
    user, client = person("choosing")
    conversation = write(user, spec["few"])
    personas.choose(user, conversation.uuid, offer(spec["choices"], user).uuid)
    chat = conversation.get_absolute_url()
    return {"chat": (client, chat), "picker": (client, f"{chat}model/"), "gallery": (client, "/personas/")}


def growing(spec: dict[str, Any]) -> dict[str, tuple[Client, str]]:
    """Who opens which address, where there is much to read."""
    found: dict[str, tuple[Client, str]] = {}
    for name, count in (("short", spec["few"]), ("long", spec["messages"])):
        user, client = person(name)
        found[name] = client, write(user, count).get_absolute_url()
    for name, count in (("newcomer", spec["few"]), ("regular", spec["conversations"])):
        user, client = person(name)
        talk_much(user, count)
        found[name] = client, "/"
    script = Client(SERVER_NAME="127.0.0.1", headers={"X-Fragment": "1"})
    script.force_login(user)
    found["more"] = script, middle_of(user, spec["conversations"] // 2)
    user, client = person("archivist")
    talk_much(user, spec["few"])
    talk_much(user, spec["conversations"], archived_at=timezone.now())
    talk_much(user, spec["conversations"], project=Project.objects.create(owner=user, name="Work"))
    found["archivist"] = client, "/"
    return found


def seconds(client: Client, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address)
    took = time.perf_counter() - began
    assert response.status_code == 200, response.status_code
    return took


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def main() -> None:
    spec = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        found = choosing(spec) if "choices" in spec else growing(spec)
    counts = {name: queries(*page) for name, page in found.items()}
    times: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(spec["rounds"]):  # in turn, so that a busy moment hits them all
        for name, page in found.items():
            times[name].append(seconds(*page))
    print(json.dumps({name: {"ms": median(times[name]) * 1000, "queries": counts[name]} for name in found}))


if __name__ == "__main__":
    main()
