"""What can be found: put in with the end of a message, and out with its text, by whoever changes it."""

import logging
import threading
import uuid
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging, background
from chat.conversations import sweep as sweep_module
from chat.conversations.actions import REINDEX
from chat.conversations.sweep import Sweeper
from chat.jobs import actions as jobs
from chat.jobs import queue
from chat.jobs.context import Interrupted, JobContext
from chat.jobs.runner import Runner
from chat.models import Conversation, Job, JobStatus, Message, SearchEntry, Status
from chat.moderation import actions as moderation
from chat.replies import actions, reaper
from chat.search import find, fts5, index
from chat.search.query import parse

pytestmark = pytest.mark.django_db
EVERYTHING = Message.objects.all


def found(person, typed, count=20):
    """The texts of what is found, the latest first."""
    hits = find.messages(person, parse(typed), Q(), None, count).hits
    texts = dict(Message.objects.values_list("pk", "text"))
    return [texts[hit.pk] for hit in hits]


def terms_left(owner):
    """Whether SQLite's index holds anything of a person."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {fts5.TABLE} WHERE {fts5.TABLE} MATCH %s", [f'"{owner.pk}_"*'])
        return cursor.fetchone()


@pytest.fixture
def sweep(monkeypatch):
    """One turn of what tidies up, without SQLite's log: the test's own transaction uses it."""
    monkeypatch.setattr(sweep_module, "empty_log", lambda: True)
    return Sweeper().run


@pytest.fixture
def talk(alice, say):
    conversation = say(alice, "What is Django?", "A web framework.", "北京的天气怎么样", "晴天。")
    index.add(EVERYTHING())
    return conversation


def test_the_owner_finds_their_words_and_the_model_s(alice, talk):
    assert found(alice, "django") == ["What is Django?"]
    assert found(alice, "web FRAMEWORK") == ["A web framework."]
    assert found(alice, "天气") == ["北京的天气怎么样"]
    assert found(alice, "天") == ["晴天。", "北京的天气怎么样"]
    assert found(alice, "framework -web") == []
    assert found(alice, "") == []


def test_the_stranger_and_the_moderator_find_nothing_of_it(bob, charlie, talk):
    assert found(charlie, "django") == found(bob, "django") == []


def test_no_term_is_shared_by_two_people_so_that_none_is_looked_up_among_another_s(alice, charlie, talk, say):
    say(charlie, "What is Django?", "北京")
    index.add(EVERYTHING())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {fts5.TABLE}, row)")
        cursor.execute("SELECT term, doc FROM temp.words WHERE term LIKE '%\\_django' ESCAPE '\\'")
        found_in = set(cursor.fetchall())
        cursor.execute("DROP TABLE temp.words")
    assert found_in == {(f"{person.pk}_django", 1) for person in (alice, charlie)}


def test_a_word_that_is_being_typed_is_found_among_the_latest(alice, talk):
    assert found(alice, "djan") == ["What is Django?"]
    assert found(alice, "djan ") == []


def test_a_message_can_be_found_as_soon_as_it_is_sent(alice):
    actions.send(
        alice, client_id=uuid.uuid4(), words="Zebra", conversation_uuid=None, parent_uuid=None, worker_id="w"
    )
    assert found(alice, "zebra") == ["Zebra"]


def test_what_is_deleted_goes_at_once_and_comes_back(alice, talk):
    arranging.delete(alice, [talk.uuid])
    assert not terms_left(alice)
    assert not SearchEntry.objects.exists()
    arranging.restore(alice, [talk.uuid])
    assert found(alice, "django") == ["What is Django?"]
    _, moment = conversations.delete_all(alice)
    assert not terms_left(alice)
    conversations.restore_all(alice, moment)
    assert found(alice, "天气") == ["北京的天气怎么样"]


def test_of_more_than_one_transaction_takes_out_the_rest_goes_with_the_next_turn(
    alice, talk, sweep, monkeypatch
):
    monkeypatch.setattr(index, "AT_ONCE", 3)
    arranging.delete(alice, [talk.uuid])
    assert SearchEntry.objects.count() == 1
    assert found(alice, "天气") == found(alice, "django") == []
    sweep()
    assert not terms_left(alice)
    arranging.restore(alice, [talk.uuid])
    assert SearchEntry.objects.count() == 3
    Runner("a:1", threading.Event()).run()
    assert SearchEntry.objects.count() == 4
    assert [(job.status, job.done) for job in Job.objects.all()] == [(JobStatus.DONE, 1)]


def test_what_is_hidden_is_found_by_nobody_until_it_is_shown_again(alice, bob, talk):
    answer = Message.objects.get(text="A web framework.")
    moderation.hide(answer, bob)
    assert found(alice, "framework") == []
    assert SearchEntry.objects.filter(message=answer).count() == 0
    moderation.restore(answer, bob)
    assert found(alice, "framework") == ["A web framework."]


@pytest.mark.parametrize(
    ("message", "conversation", "is_in"),
    [
        ({}, {}, True),
        ({"status": Status.RUNNING}, {}, False),
        ({"text": ""}, {}, False),
        ({"hidden_at": timezone.now()}, {}, False),
        ({}, {"deleted_at": timezone.now()}, False),
        ({}, {"temporary": True}, False),
    ],
)
def test_a_reply_that_ends_is_put_in_by_the_rules_of_all(alice, say, message, conversation, is_in):
    tip = say(alice, "Question", "Reply").tip
    Message.objects.filter(pk=tip.pk).update(**message)
    Conversation.objects.filter(pk=tip.conversation_id).update(**conversation)
    for _ in range(2):  # the second time it is there
        index.add_ended([tip.pk])
        entries = SearchEntry.objects.filter(message=tip)
        assert list(entries.values_list("owner", "written_at")) == [(alice.pk, tip.created_at)] * is_in
    assert index.add(Message.objects.filter(pk=tip.pk)) == 0
    assert found(alice, "reply") == ["Reply"] * is_in


def test_a_reply_is_in_once_it_has_ended_and_out_while_it_goes_on(alice, talk):
    tip = Message.objects.get(pk=talk.tip_id)
    Message.objects.filter(pk=tip.pk).update(status=Status.STOPPED)
    actions.continue_reply(alice, reply_uuid=tip.uuid, worker_id="elsewhere")
    assert found(alice, "晴天") == []
    assert reaper.interrupt_predecessors("elsewhere", "another") == []
    tip.generation.refresh_from_db()
    tip.generation.worker = "slot:1"
    tip.generation.save()
    assert reaper.interrupt_predecessors("slot", "slot:2") == [(talk.pk, tip.pk)]
    assert found(alice, "晴天") == ["晴天。"]


def test_what_is_erased_leaves_nothing_whoever_removes_the_rows(alice, talk):
    Conversation.objects.filter(pk=talk.pk).delete()
    assert not terms_left(alice)
    assert not SearchEntry.objects.exists()


def test_a_person_who_is_removed_leaves_nothing(alice, talk):
    alice.delete()
    assert not terms_left(alice)


def test_what_an_earlier_version_left_is_put_in_while_the_site_runs(alice, say, sweep):
    say(alice, "Old question", "Old answer")
    assert found(alice, "old ") == []
    sweep()
    assert found(alice, "old ") == ["Old answer", "Old question"]


def test_a_database_that_refuses_loses_no_message(alice, talk, monkeypatch, caplog, say):
    def refuse(rows):
        raise DatabaseError("no such table")

    say(alice, "Not to be found", "Nor this")
    monkeypatch.setattr(fts5, "add", refuse)
    with caplog.at_level(logging.ERROR):
        assert index.add(EVERYTHING()) == 0
    assert "reindex" in caplog.text
    assert not SearchEntry.objects.filter(message__text="Nor this").exists()
    assert connection.needs_rollback is False


def test_words_that_never_stand_side_by_side_cost_a_bounded_reading(alice, say, monkeypatch):
    say(alice, "a b", "beyond what is read")
    for _ in range(5):
        say(alice, "b a" + " filler" * 100, "a")
    index.add(EVERYTHING())
    assert found(alice, '"a b"') == ["a b"]
    monkeypatch.setattr(find, "FIRST", 2)
    monkeypatch.setattr(find, "MOST_READ", 1000)
    assert found(alice, '"a b"') == []


def test_a_word_that_is_being_typed_is_looked_for_in_a_bounded_part_of_the_latest(alice, say, monkeypatch):
    say(alice, "xylophone " + "early " * 50, "a " * 100)
    say(alice, "xylophone " + "late " * 50, "a " * 100)
    index.add(EVERYTHING())
    monkeypatch.setattr(find, "RECENT_CHARACTERS", 250)
    assert [text[:14] for text in found(alice, "xylo")] == ["xylophone late"]


def test_pages_of_hits_follow_each_other(alice, say):
    for number in range(5):
        say(alice, f"Question {number}", "no")
    index.add(EVERYTHING())
    first = find.messages(alice, parse("question "), Q(), None, 2)
    second = find.messages(alice, parse("question "), Q(), find.read_place(first.more), 3)
    assert [hit.title for hit in first.hits] == ["Question 4", "Question 3"]
    assert [hit.title for hit in second.hits] == ["Question 2", "Question 1", "Question 0"]
    assert second.more == ""


@pytest.mark.parametrize("few", [0, 2000])
def test_what_is_found_is_ordered_by_when_it_was_written_not_by_when_it_came(alice, say, monkeypatch, few):
    """Few messages are sorted, many met in the order of the index: the same pages."""
    monkeypatch.setattr(fts5, "FEW", few)
    monkeypatch.setattr(find, "FIRST", 1)
    for day in (5, 3, 8, 1, 9, 3):  # each comes after the one before, as those of a file do
        when = datetime(2024, 1, day, tzinfo=UTC)
        talk = say(alice, f"Question of day {day}", "no")
        Conversation.objects.filter(pk=talk.pk).update(last_activity_at=when)
        talk.messages.update(created_at=when)
    say(alice, "Question of today", "no")
    index.add(EVERYTHING())
    before, pages = None, []
    while before or not pages:
        result = find.messages(alice, parse("question "), Q(), before, 3)
        pages.append([hit.title.removeprefix("Question of ") for hit in result.hits])
        before = find.read_place(result.more)
    assert pages == [["today", "day 9", "day 8"], ["day 5", "day 3", "day 3"], ["day 1"]]
    recent = Q(created_at__lt=datetime(2024, 1, 4, tzinfo=UTC))
    assert len(find.messages(alice, parse("question "), recent, None, 9).hits) == 3


@pytest.mark.parametrize("few", [0, 2000])
def test_neither_way_shows_what_is_hidden_temporary_being_written_or_another_s(
    alice, charlie, say, monkeypatch, few
):
    monkeypatch.setattr(fts5, "FEW", few)
    say(charlie, "Question of charlie", "no")
    shown, hidden, running = (say(alice, f"Question {name}", "no") for name in ("shown", "hidden", "running"))
    index.add(EVERYTHING())
    hidden.messages.update(hidden_at=timezone.now())
    running.messages.update(status=Status.RUNNING)
    deleted = say(alice, "Question deleted", "no")
    index.add(EVERYTHING())
    Conversation.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    assert [hit.conversation for hit in find.messages(alice, parse("question "), Q(), None, 9).hits] == [
        shown.uuid
    ]


def test_titles_are_found_too(alice, charlie, talk):
    conversations.rename(alice, talk.uuid, "Wéb notes")
    assert find.conversations(alice, parse("web not")) == [talk]
    assert find.conversations(charlie, parse("web")) == []
    assert find.conversations(alice, parse("")) == []


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("How do decorators work?", "decorators", "How do [decorators] work?"),
        ("The *Café* in [Kyoto](https://example.org/cafe)", "cafe kyoto", "The [Café] in [Kyoto]"),
        ("# 标题\n\n- 今天**北京**的天气", "北京 的", "标题 今天[北京][的]天气"),
        ("straße ﬁn", "strasse fin", "[straße] [ﬁn]"),
        ("see https://example.org", "nothing", None),
    ],
)
def test_an_excerpt_is_of_words_with_what_was_found_marked(alice, say, text, typed, shown):
    say(alice, text, "a")
    index.add(EVERYTHING())
    hits = find.messages(alice, parse(typed), Q(), None, 5).hits
    pieces = [[f"[{piece.text}]" if piece.is_marked else piece.text for piece in hit.excerpt] for hit in hits]
    assert ["".join(words) for words in pieces] == ([shown] if shown else [])


@pytest.mark.parametrize("before", ["hay ", "草", "ﬁ "])
def test_an_excerpt_of_a_long_text_is_short_and_around_what_was_found(alice, say, before):
    say(alice, before * 3000 + "needle " + "hay " * 100, "a")
    index.add(EVERYTHING())
    (hit,) = find.messages(alice, parse("needle "), Q(), None, 5).hits
    assert [piece.text for piece in hit.excerpt if piece.is_marked] == ["needle"]
    assert hit.excerpt[0].text == hit.excerpt[-1].text == "…"
    assert len("".join(piece.text for piece in hit.excerpt)) < 260


def test_reindex_makes_it_anew_and_says_how_far_it_is(alice, say, talk, monkeypatch, capsys):
    say(alice, "Later", "Words")
    monkeypatch.setattr(index, "AT_ONCE", 2)
    call_command("reindex")
    assert found(alice, "words ") == ["Words"]
    assert found(alice, "django") == ["What is Django?"]
    assert capsys.readouterr().out.splitlines() == ["33 %", "66 %", "99 %", "6 messages can be searched."]
    job = Job.objects.get()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 6, 6)


def test_reindex_that_is_interrupted_goes_on_where_it_was(alice, say, talk, monkeypatch):
    monkeypatch.setattr(index, "AT_ONCE", 1)
    jobs.enqueue(REINDEX, {})
    looks = iter([False, False, False])  # after the first messages this process ends
    job = queue.claim("here", [REINDEX])
    with pytest.raises(Interrupted):
        background.reindex(JobContext(job, is_ending=lambda: next(looks, True)))
    queue.give_back(job)
    first = list(SearchEntry.objects.values_list("pk", flat=True))
    assert 0 < len(first) < 4
    assert found(alice, "晴天") == ["晴天。"]  # the latest
    say(alice, "Meanwhile", "words")
    while index.add(EVERYTHING().filter(text__in=["Meanwhile", "words"])):
        pass
    call_command("reindex")
    assert SearchEntry.objects.count() == Message.objects.count() == 6
    assert found(alice, "django") == ["What is Django?"]
    assert Job.objects.count() == 1


def test_reindex_that_fails_says_so(alice, talk, monkeypatch, caplog):
    def broken(below):
        raise ValueError

    monkeypatch.setattr(index, "fill", broken)
    with pytest.raises(CommandError, match="0 of 4"):
        call_command("reindex")
    assert "failed" in caplog.text
