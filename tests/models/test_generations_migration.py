"""The rows of answers are split in two: nothing looks different after it, and both versions go on beside each other.

before_generations.sql is a database that the version before has made, with branches, continued, failed, cut,
pinned, hidden, reported and deleted messages; before_generations.json.gz the HTML that it made of each.
"""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now
from django.utils import timezone, translation

from chat.models import Conversation, Generation, Message, Persona, Role, Status, User
from chat.pages.messages import article
from tests.conftest import browser_of

pytestmark = [
    pytest.mark.usefixtures("stores"),
    pytest.mark.django_db(transaction=True, databases=["default", "postgresql"]),
]

HERE = Path(__file__).parent
ARTICLE = re.compile(r'<article class="message.*?</article>', re.DOTALL)
OLDER = re.compile(r'href="(/c/[^"]*\?before=[^"]*)"')
MARKS = ("id", "data-role", "data-persona", "data-message", "data-status", "data-seq", "data-finish")
# What an article tells of its row. The rest of its HTML is the page's face, which changes with every version
TELLS = {"thinking-text", "body", "error", "request", "instead", "dropped", "model", "place"}
# Sentences, whose wording is not the row's
SENTENCES = {"error", "instead", "dropped"}
WITHOUT_END = {"br", "col", "hr", "img", "input", "use", "path", "wbr"}


class Told(HTMLParser):
    """Collects the marks of an article, and the words within each of the elements in TELLS."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: dict[str, str | None] = {}
        self.parts: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "article":
            self.marks = {name: given.get(name) for name in MARKS}
        inside = self.open[-1] if self.open else ""
        if tag not in WITHOUT_END:
            named = TELLS.intersection((given.get("class") or "").split())
            self.open.append(inside or next(iter(named), ""))
            for name in named:
                self.parts.setdefault(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in WITHOUT_END:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1]:
            self.parts[self.open[-1]] += data


def told(html: str) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return an article's marks, and what it tells in each part, without spaces; of a sentence, only that it does."""
    found = Told(html)
    texts = {name: "".join(text.split()) for name, text in found.parts.items()}
    kept = {name: text for name, text in texts.items() if text or name not in SENTENCES}
    return found.marks, {name: "True" if name in SENTENCES else text for name, text in kept.items()}


@pytest.fixture
def before() -> Any:
    """The old database in place of the test's, migrated; gives what it looked like."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript((HERE / "before_generations.sql").read_text())
        connection.ensure_connection()
        made.backup(connection.connection)
    call_command("migrate", verbosity=0)
    return json.loads(gzip.decompress((HERE / "before_generations.json.gz").read_bytes()))


def pages_of(owner: User) -> Iterator[tuple[str, list[str]]]:
    client = browser_of(owner)
    for conversation in Conversation.objects.of(owner):
        page = client.get(f"/c/{conversation.uuid}/").content.decode()
        articles = ARTICLE.findall(page)
        while older := OLDER.search(page):
            page = client.get(older[1].replace("&amp;", "&")).content.decode()
            articles += ARTICLE.findall(page)
        yield str(conversation.uuid), articles


def test_every_message_and_every_page_tell_what_they_told_before(before):
    with translation.override("en"):
        articles = {str(row.uuid): article(row) for row in Message.objects.select_related("generation")}
    assert len(articles) == 69
    assert {name: told(html) for name, html in articles.items()} == {
        name: told(html) for name, html in before["articles"].items()
    }
    pages = dict(pages_of(User.objects.get(email="alice@example.org")))
    assert pages.keys() == before["pages"].keys()
    for name, page in pages.items():
        assert list(map(told, page)) == list(map(told, before["pages"][name]))


def test_every_answer_has_its_generation_with_all_that_the_row_told(before):
    answers = Message.objects.filter(role=Role.ASSISTANT)
    assert Generation.objects.count() == answers.count() == 35
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, author_id, instance, seq, requests, error, dropped, total_ms FROM chat_message"
        )
        rows = {row[0]: row[1:] for row in cursor}
    for row in Generation.objects.all():
        told = (row.requested_by_id, row.worker, row.seq, row.request_count, row.error)
        assert (*told, row.truncated_exchanges, row.total_ms) == rows[row.pk]


# Beside the version before


@pytest.fixture(params=["default", "postgresql"])
def using(request: Any) -> str:
    """The name of a migrated database of each kind."""
    call_command("migrate", database=request.param, verbosity=0)
    return str(request.param)


@pytest.fixture
def old(using: str) -> Any:
    """The models of the version before."""
    return MigrationLoader(connections[using]).project_state(("chat", "0011_instructions_folded")).apps


def begun(models: Any, using: str, **fields: Any) -> Any:
    """A running answer, saved through the models of one version or the other."""
    user, _ = models("User").objects.using(using).get_or_create(email="both@example.org")
    conversation = models("Conversation").objects.using(using).create(owner=user)
    said = {"conversation": conversation, "author": user}
    question = models("Message").objects.using(using).create(**said, role=Role.USER, text="q")
    reply = {"parent": question, "role": Role.ASSISTANT, "status": Status.RUNNING}
    return models("Message").objects.using(using).create(**said, **reply, **fields)


def ours(name: str) -> Any:
    return {"User": User, "Conversation": Conversation, "Message": Message}[name]


def test_what_the_version_before_writes_is_read_here_beat_by_beat(using, old):
    theirs = lambda name: old.get_model("chat", name)  # noqa: E731
    now = timezone.now()
    reply = begun(theirs, using, instance="old:1", heartbeat=Now(), asked_at=now, requests=1)
    rows = Generation.objects.using(using)
    row = rows.get(pk=reply.pk)
    assert (row.worker, row.requested_by_id, row.requested_at) == ("old:1", reply.author_id, now)
    alive = row.heartbeat
    assert alive is not None
    running = (
        theirs("Message").objects.using(using).filter(pk=reply.pk, status=Status.RUNNING, instance="old:1")
    )
    assert running.update(text="so far", seq=3) == 1
    assert running.update(heartbeat=Now() + timedelta(seconds=1)) == 1
    row.refresh_from_db()
    assert row.seq == 3
    assert row.heartbeat > alive
    assert running.update(status=Status.FAILED, error="rate_limited", dropped=2, total_ms=12, seq=4) == 1
    row.refresh_from_db()
    assert (row.error, row.truncated_exchanges, row.total_ms, row.seq) == ("rate_limited", 2, 12, 4)
    # and goes on with what it wrote itself, whose own heartbeat nothing has taken away
    assert theirs("Message").objects.using(using).get(pk=reply.pk).heartbeat == row.heartbeat


def test_what_is_written_here_is_read_by_the_version_before_and_not_taken_for_dead(using, old):
    theirs = old.get_model("chat", "Message").objects.using(using)
    reply, now = begun(ours, using), timezone.now()
    mine = Generation.objects.using(using)
    mine.create(reply=reply, worker="new:1", heartbeat=Now(), requested_at=now, request_count=1)
    row = theirs.get(pk=reply.pk)
    assert (row.instance, row.asked_at, row.requests, row.heartbeat) == ("new:1", now, 1, None)
    mine.filter(pk=reply.pk).update(heartbeat=Now(), seq=5)
    assert not theirs.filter(heartbeat__isnull=False, pk=reply.pk).exists()
    mine.filter(pk=reply.pk).update(seq=6, error="stream_cut", request_id="abc", thinking_ms=7)
    row.refresh_from_db()
    assert (row.error, row.request_id, row.thinking_ms, row.seq) == ("stream_cut", "abc", 7, 6)


def test_an_answer_of_either_version_is_continued_by_the_other(using, old):
    theirs = old.get_model("chat", "Message").objects.using(using)
    mine = Generation.objects.using(using)
    reply = begun(lambda name: old.get_model("chat", name), using, instance="old:1", heartbeat=Now())
    mine.filter(pk=reply.pk).update(worker="new:1", heartbeat=Now() + timedelta(seconds=1), request_count=2)
    row = theirs.get(pk=reply.pk)
    assert (row.instance, row.requests, row.heartbeat) == ("new:1", 2, None)
    theirs.filter(pk=reply.pk).update(instance="old:2", heartbeat=Now(), requests=3, error="")
    found = mine.get(pk=reply.pk)
    assert (found.worker, found.request_count) == ("old:2", 3)
    assert found.heartbeat is not None


def test_the_version_before_deletes_a_conversation_with_all_that_belongs_to_it(using, old):
    reply = begun(ours, using)
    Generation.objects.using(using).create(reply=reply, worker="new:1")
    old.get_model("chat", "Conversation").objects.using(using).filter(pk=reply.conversation_id).delete()
    assert not Generation.objects.using(using).filter(pk=reply.pk).exists()


def test_a_decision_on_a_persona_that_one_version_makes_is_unseen_in_the_other(using, old):
    theirs, mine = old.get_model("chat", "Persona").objects.using(using), Persona.objects.using(using)
    persona = mine.create(name="Pirate", decision_unseen=True)
    row = theirs.get(pk=persona.pk)
    assert row.is_news
    row.is_news = False
    row.save()
    persona.refresh_from_db()
    assert not persona.decision_unseen
    theirs.filter(pk=persona.pk).update(is_news=True)
    assert mine.filter(decision_unseen=True, pk=persona.pk).exists()
