"""What people find of replies: whose it is, how it changes, and who reads it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.accounts import groups
from chat.core.errors import NotFound, Suspended
from chat.feedback import actions as feedback
from chat.feedback.errors import MOST_AN_HOUR, TooMuchFeedback
from chat.models import Conversation, Feedback, Message
from chat.moderation.audit import READ
from tests.conftest import browser_of


@pytest.fixture
def answer(alice, say):
    """An answer in a conversation of Alice's."""
    tip = say(alice, "question", "answer").tip
    Message.objects.filter(pk=tip.pk).update(model_label="North", persona_name="Tutor")
    return tip


def rated(person, answer, **form):
    address = f"/m/{answer.uuid}/feedback/"
    return browser_of(person).post(address, form, headers={"X-Fragment": "1"}).status_code


def test_the_owner_rates_changes_their_mind_says_why_and_takes_it_back(alice, answer):
    assert rated(alice, answer, rating="up") == 204
    assert feedback.ratings_among([answer]) == {answer.pk: "up"}
    assert rated(alice, answer, rating="down", reason="too_long", comment="So\nlong") == 204
    row = Feedback.objects.get()
    assert (row.rating, row.reason, row.comment) == ("down", "too_long", "So\nlong")
    assert (row.person, row.model, row.persona) == (alice, "North", "Tutor")
    assert rated(alice, answer, rating="up", reason="too_long") == 204
    assert Feedback.objects.get().reason == ""
    assert rated(alice, answer, rating="") == 204
    assert not Feedback.objects.exists()


def test_its_page_shows_what_was_said_and_what_is_wrong_with_a_form(alice, answer):
    client = browser_of(alice)
    address = f"/m/{answer.uuid}/feedback/"
    assert "No rating" not in client.get(address).content.decode()
    sent = client.post(address, {"rating": "down", "reason": "style", "comment": "stiff"}, follow=True)
    assert "Thanks for your feedback." in sent.content.decode()
    page = client.get(address).content.decode()
    assert "stiff" in page
    assert "No rating" in page
    for wrong in ({"rating": "sideways"}, {"rating": "down", "comment": "x" * 1001}, {"comment": "\0"}):
        assert rated(alice, answer, **wrong) == 400
    assert Feedback.objects.get().comment == "stiff"


def test_others_a_question_and_what_is_hidden_running_or_deleted_are_not_found(alice, bob, charlie, answer):
    for person in (bob, charlie):
        for message_uuid in (answer.uuid, uuid.uuid4()):
            with pytest.raises(NotFound):
                feedback.rate(person, message_uuid, "up")
    with pytest.raises(NotFound):
        feedback.rate(alice, answer.parent.uuid, "up")
    for change in ({"status": "running"}, {"status": "complete", "hidden_at": timezone.now()}):
        Message.objects.filter(pk=answer.pk).update(**change)
        with pytest.raises(NotFound):
            feedback.rate(alice, answer.uuid, "up")
    Message.objects.update(hidden_at=None)
    Conversation.objects.update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        feedback.rate(alice, answer.uuid, "up")
    assert not Feedback.objects.exists()


def test_who_is_suspended_or_rates_too_often_is_refused(alice, answer):
    for _ in range(MOST_AN_HOUR):
        feedback.rate(alice, answer.uuid, "up")
    with pytest.raises(TooMuchFeedback) as refused:
        feedback.rate(alice, answer.uuid, "down")
    assert refused.value.retry_after
    alice.suspended_until = timezone.now() + timedelta(days=1)
    alice.save()
    with pytest.raises(Suspended):
        feedback.rate(alice, answer.uuid, "")
    assert Feedback.objects.get().rating == "up"


def test_a_person_has_one_feedback_on_a_reply(alice, answer):
    feedback.rate(alice, answer.uuid, "up")
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(message=answer, person=alice, rating="down")


def test_the_page_of_the_conversation_shows_its_owners_rating_only(alice, bob, answer):
    feedback.rate(alice, answer.uuid, "down")
    Feedback.objects.create(message=answer, person=bob, rating="up")
    page = browser_of(alice).get(f"/c/{answer.conversation.uuid}/").content.decode()
    thumbs = [part.split('"', 1)[0] for part in page.split('data-action="rate" value="')[1:]]
    pressed = [part.split('aria-pressed="')[1].split('"')[0] for part in page.split('data-action="rate"')[1:]]
    assert list(zip(thumbs, pressed, strict=True))[:2] == [("up", "false"), ("down", "true")]


# In the admin


@pytest.fixture
def moderator(bob):
    bob.is_staff = True
    bob.save()
    bob.groups.set([Group.objects.get(name=groups.MODERATORS)])
    return browser_of(bob)


def test_a_moderator_filters_feedback_counts_it_by_model_and_reads_the_reply_which_is_logged(
    alice, say, answer, moderator
):
    feedback.rate(alice, answer.uuid, "down", "wrong", "not so")
    other = say(alice, "another", "reply").tip
    Message.objects.filter(pk=other.pk).update(model_label="South")
    feedback.rate(alice, other.uuid, "up")
    page = moderator.get("/admin/chat/feedback/").content.decode()
    assert "2 ratings" in page
    assert "North" in page and "South" in page
    found = moderator.get("/admin/chat/feedback/?model=North&rating__exact=down&reason__exact=wrong")
    rows = found.context["cl"].result_list
    assert [row.message_id for row in rows] == [answer.pk]
    counts = [(row["model"], row["up"], row["down"]) for row in found.context["by_model"]]
    assert counts == [("North", 0, 1)]
    assert not moderator.get("/admin/chat/feedback/?persona=Nobody").context["cl"].result_list
    read = moderator.get(f"/admin/chat/feedback/{Feedback.objects.first().pk}/change/")
    assert "not so" in read.content.decode()
    assert 'id="reported"' in read.content.decode()
    entries = LogEntry.objects.filter(action_flag=READ, object_id=str(answer.conversation_id))
    assert entries.count() == 1


def test_feedback_leaves_the_admin_with_its_deleted_conversation_and_strangers_have_none(
    alice, charlie, answer, moderator
):
    given = feedback.rate(alice, answer.uuid, "down")
    assert browser_of(charlie).get("/admin/chat/feedback/").status_code in {302, 403}
    Conversation.objects.update(deleted_at=timezone.now())
    assert not feedback.feedback_in_view().exists()
    assert moderator.get(f"/admin/chat/feedback/{given.pk}/change/").status_code == 302
