"""Rename, delete, restore and report over HTTP: the owner, the moderator and the stranger."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging, listing
from chat.core.errors import NotFound
from chat.models import Conversation, Message, Report, soft_delete
from chat.moderation import actions as moderation
from chat.pages import messages
from chat.replies import actions
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}


def titles(person):
    return list(Conversation.objects.of(person).values_list("title", flat=True))


def test_the_owner_renames(alice, say):
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).post(
        f"/c/{conversation.uuid}/rename/", {"title": " New name "}, headers=SCRIPT
    )
    assert answer.status_code == 204
    assert titles(alice) == ["New name"]


def test_without_javascript_a_rename_leads_back_to_the_conversation(alice, say):
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).post(f"/c/{conversation.uuid}/rename/", {"title": "New"})
    assert (answer.status_code, answer.url) == (303, f"/c/{conversation.uuid}/")


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, "two\nlines", "\u200b", "nul\0"])
def test_an_unfit_title_is_refused_with_a_sentence(alice, say, title):
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).post(f"/c/{conversation.uuid}/rename/", {"title": title}, headers=SCRIPT)
    assert answer.status_code == 400
    assert answer.json()["text"].endswith(".")
    assert titles(alice) == ["q"]


def test_a_deletion_can_be_undone_for_a_while_and_is_then_final(alice, say):
    conversation = say(alice, "q", "a")
    kept = say(alice, "kept", "a")
    past = timezone.now() - soft_delete.UNDO_WINDOW - timedelta(seconds=1)
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=past)
    with pytest.raises(NotFound):
        arranging.restore(alice, [conversation.uuid])
    conversations.purge()
    assert list(Conversation.objects.all()) == [kept]
    assert Message.objects.filter(conversation=kept).count() == 2


def test_a_conversation_is_started_empty_and_listed_with_its_first_message(alice):
    client = browser_of(alice)
    answer = client.post("/c/", headers=SCRIPT)
    conversation = Conversation.objects.get()
    assert answer.json() == {"conversation": str(conversation.uuid)}
    assert client.post("/c/").url == f"/c/{Conversation.objects.latest('pk').uuid}/"
    assert client.get(f"/c/{conversation.uuid}/").status_code == 200
    assert listing.latest(alice, "", 30)[0] == []
    actions.send(
        alice,
        client_id=uuid.uuid4(),
        words="What is a quark?",
        conversation_uuid=conversation.uuid,
        parent_uuid=None,
        worker_id="x",
    )
    assert [str(row) for row in listing.latest(alice, "", 30)[0]] == ["What is a quark?"]


def test_empty_conversations_are_few_and_are_removed_after_a_day(alice, bob, say):
    kept = say(alice, "kept", "a"), conversations.start(bob)
    started = [conversations.start(alice) for _ in range(conversations.MOST_EMPTY + 3)]
    assert set(Conversation.objects.all()) == {*kept, *started[3:]}
    Conversation.objects.exclude(owner=bob).update(created_at=timezone.now() - timedelta(days=2))
    conversations.rename(alice, started[-1].uuid, "A title is no message")
    conversations.purge()
    assert set(Conversation.objects.all()) == set(kept)


def test_what_is_begun_or_brought_back_at_the_last_moment_is_not_removed(alice, say, monkeypatch):
    begun, back = conversations.start(alice), say(alice, "q", "a")
    long_ago = timezone.now() - timedelta(days=2)
    Conversation.objects.update(created_at=long_ago)
    Conversation.objects.filter(pk=back.pk).update(deleted_at=long_ago)
    locked = QuerySet.select_for_update

    def lock(rows):
        if rows.model is Conversation:  # another process, between the look and the lock
            Conversation.objects.filter(pk=back.pk).update(deleted_at=None)
            Conversation.objects.filter(pk=begun.pk).update(tip=back.tip)
        return locked(rows)

    monkeypatch.setattr(QuerySet, "select_for_update", lock)
    assert conversations.purge() == 0
    assert set(Conversation.objects.all()) == {begun, back}


def test_others_get_the_same_404_as_for_a_random_id_and_change_nothing(alice, bob, charlie, say):
    conversation = say(alice, "q", "a")
    for person in (bob, charlie):
        client = browser_of(person)
        answers = []
        for target in (conversation.uuid, uuid.uuid4()):
            answer = client.post(f"/c/{target}/rename/", {"title": "Taken"}, headers=SCRIPT)
            answers.append((answer.status_code, answer.content))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert titles(alice) == ["q"]


def test_only_posts_from_our_own_pages_count(alice, say):
    conversation = say(alice, "q", "a")
    assert browser_of(alice).get(f"/c/{conversation.uuid}/rename/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(f"/c/{conversation.uuid}/rename/", {"title": "x"}).status_code == 403
    assert titles(alice) == ["q"]


def test_an_answer_is_reported_with_a_category_and_a_few_words(alice, say):
    reply = say(alice, "q", "a").tip
    form = {"category": "harmful", "note": "Look at this"}
    answer = browser_of(alice).post(f"/m/{reply.uuid}/report/", form, headers=SCRIPT)
    assert answer.status_code == 204
    report = Report.objects.get()
    assert (report.message, report.reporter, report.note) == (reply, alice, "Look at this")


def test_a_reported_answer_says_so_until_it_is_decided_on(alice, bob, say):
    reply = say(alice, "q", "a", "q", "a").tip
    client, said = browser_of(alice), "data-reported"
    pages = [f"/c/{reply.conversation.uuid}/", f"/m/{reply.uuid}/report/"]
    moderation.report(bob, say(bob, "q", "a").tip.uuid, "wrong")
    assert said not in client.get(pages[0]).content.decode()
    client.post(pages[1], {"category": "wrong"})
    assert client.get(pages[0]).content.decode().count(said) == 1
    assert said in messages.article(reply)
    assert "You’ve already reported this reply. You can add details." in client.get(pages[1]).content.decode()
    moderation.dismiss(Report.objects.get(message=reply), bob)
    assert said not in client.get(pages[0]).content.decode()
    assert "You’ve already reported" not in client.get(pages[1]).content.decode()


def test_the_report_page_works_without_javascript(alice, say):
    conversation = say(alice, "q", "a")
    client = browser_of(alice)
    assert client.get(f"/m/{conversation.tip.uuid}/report/").status_code == 200
    answer = client.post(f"/m/{conversation.tip.uuid}/report/", {"category": "wrong"})
    assert (answer.status_code, answer.url) == (303, f"/c/{conversation.uuid}/")
    bad = client.post(f"/m/{conversation.tip.uuid}/report/", {"category": "no such"})
    assert bad.status_code == 200
    assert Report.objects.count() == 1


def test_a_question_or_anothers_answer_cannot_be_reported(alice, charlie, say):
    conversation = say(alice, "q", "a")
    form = {"category": "wrong"}
    question = conversation.messages.get(role="user")
    assert browser_of(alice).post(f"/m/{question.uuid}/report/", form, headers=SCRIPT).status_code == 404
    stranger = browser_of(charlie)
    foreign = stranger.post(f"/m/{conversation.tip.uuid}/report/", form, headers=SCRIPT)
    random = stranger.post(f"/m/{uuid.uuid4()}/report/", form, headers=SCRIPT)
    assert (foreign.status_code, foreign.content) == (random.status_code, random.content)
    assert foreign.status_code == 404
    assert Report.objects.count() == 0
