"""Puts people, their sessions and their conversations into a site's database; prints the sessions as JSON.

A process of its own, since the site's settings are not those of the tests:
`DATA_DIR=... python -m tests.browser.people`.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "gptsite.settings"
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from chat.models import (  # noqa: E402
    Conversation,
    Feedback,
    Generation,
    Job,
    Message,
    ModelProvider,
    Persona,
    Role,
    SavedPrompt,
    Status,
    User,
)
from chat.models.feedback import Rating  # noqa: E402

PASSWORD = "correct horse 7 battery"
# As many as the tests of this folder take, if one worker does them all
PEOPLE = 500
TALKERS = 30
# What "author" keeps
PROMPTS = {
    "Translate": "Translate into {{language}}:\n\n{{text}}\n\nKeep {{7*7}}, {{ language }} again.",
    "Summary": "Sum up in one line:",
    "Transcript": "Clean up this transcript",
}


def session_of(user: User) -> str:
    """A new session of this person."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def conversation(owner: User, title: str, *texts: str) -> Conversation:
    made = Conversation.objects.create(owner=owner, title=title)
    for number, text in enumerate(texts):
        role, author = (Role.ASSISTANT, None) if number % 2 else (Role.USER, owner)
        made.tip = Message.objects.create(
            conversation=made, parent=made.tip, author=author, role=role, text=text
        )
        if role == Role.ASSISTANT:
            Generation.objects.create(reply=made.tip)
    made.save()
    return made


def branch(made: Conversation, owner: User, at: int) -> None:
    """Another wording, in view, of the message of this number in the conversation."""
    old = Message.objects.filter(conversation=made).order_by("pk")[at]
    made.tip = Message.objects.create(
        conversation=made, parent=old.parent, author=owner, role=Role.USER, text="Another wording"
    )
    made.save()


def exchanges(count: int) -> list[str]:
    filling = "Words to fill a line. " * 12
    return [f"{half} {number}. {filling}" for number in range(count) for half in ("Question", "Answer")]


def make_varied(owner: User) -> None:
    """Conversations in which the lines between the messages depend on how answers ended and who gave them."""
    personas = dict(zip(range(5, 27, 6), ("Guide", "Guide", "", "Critic"), strict=True))
    for title, count in {"One too few": 10, "Enough": 12, "Many": 25}.items():
        made = conversation(owner, title, *exchanges(count), "Not answered")
        rows = list(Message.objects.filter(conversation=made).order_by("pk"))
        for place, name in personas.items():
            rows[place % (2 * count)].persona_name = name
        rows[-4].status, rows[-4].text = Status.FAILED, ""
        rows[-6].status = Status.STOPPED
        rows[-9].hidden_at = timezone.now()
        Message.objects.bulk_update(rows, ["persona_name", "status", "text", "hidden_at"])
    nothing = conversation(owner, "None", *exchanges(2))
    Conversation.objects.filter(pk=nothing.pk).update(exchanges=0)


def make_many(owner: User) -> None:
    """120 conversations, an hour apart."""
    now = timezone.now()
    rows = Conversation.objects.bulk_create(
        [Conversation(owner=owner, title=f"Conversation {n}") for n in range(120)]
    )
    for number, row in enumerate(rows):
        Conversation.objects.filter(pk=row.pk).update(last_activity_at=now - timedelta(hours=number))


def make_work(owner: User) -> None:
    """What administrators have to do with: a persona that waits, a provider out of use, a failed reply."""
    Persona.objects.create(
        owner=owner,
        name="Guide",
        description="Shows the way",
        instructions="Show the way.",
        opening="Where to?",
        starters=["Home"],
        sharing=Persona.Sharing.ASKED,
    )
    ModelProvider.objects.create(name="Out of use", base_url="https://8.8.8.8/v1", is_enabled=False)
    made = conversation(owner, "A conversation that failed", "A question", "")
    Message.objects.filter(pk=made.tip_id).update(status=Status.FAILED)
    failed = {"error": "wrong_key", "error_detail": "HTTP 401", "request_id": "abc123"}
    Generation.objects.filter(reply=made.tip_id).update(**failed)
    longest = "anthropic/claude-sonnet-4.5-thinking:extended"
    Feedback.objects.create(message=made.tip, person=owner, rating=Rating.DOWN, model=longest)


def person(name: str, **fields: Any) -> User:
    user = User.objects.create_user(f"{name}@example.org", **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


@transaction.atomic
def main() -> None:
    people = [person(f"person{number}") for number in range(PEOPLE)]
    for number in range(TALKERS):
        people.append(talker := person(f"talker{number}"))
        for title in ("First talk", "Second talk"):
            conversation(talker, title, f"About the {title}", "A reply")
    person("returning", password=PASSWORD)
    root = person("root", is_staff=True, is_superuser=True)
    moderator = person("moderator", is_staff=True)
    moderator.groups.add(Group.objects.get(name="Moderators"))
    administrator = person("administrator", is_staff=True)
    administrator.groups.add(Group.objects.get(name="Administrators"))
    many, long, plain, branched = person("many"), person("long"), person("plain"), person("branched")
    forgetful, keeping, author = person("forgetful"), person("keeping"), person("author")
    varied = person("varied")
    make_varied(varied)
    person("w" * 120)  # for whose address no column has room
    for name, text in PROMPTS.items():
        SavedPrompt.objects.create(owner=author, name=name, text=text)
    waiting = person("waiting")
    for _ in range(2):  # of a kind that nobody does, so that a test says how far they are
        Job.objects.create(owner=waiting, kind="test.nobody")
    make_many(many)
    conversation(long, "A long conversation", *exchanges(100))
    make_work(person("working"))
    leaving = person("leaving")
    for reader in (plain, leaving):
        conversation(reader, "A plain conversation", *exchanges(20))
    branch(conversation(branched, "A branched conversation", *exchanges(50)), branched, at=50)
    for owner in (forgetful, keeping):
        conversation(owner, "Ten and one", *exchanges(10))
    staff = [root, moderator, administrator]
    everyone = [
        *people,
        *staff,
        many,
        long,
        plain,
        leaving,
        branched,
        forgetful,
        keeping,
        author,
        varied,
        waiting,
    ]
    json.dump({user.email.partition("@")[0]: session_of(user) for user in everyone}, sys.stdout)


call_command("migrate", verbosity=0)
main()
