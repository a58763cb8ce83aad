"""What people report, and what moderators decide: rules, rows, the log, and who is told."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from chat.accounts import groups
from chat.core.errors import NotFound
from chat.models import Conversation, Message, Report, User
from chat.models.reports import LONGEST_NOTE
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.realtime import layer
from tests.support.layer import Ear

Say = Callable[..., Conversation]


@pytest.fixture
def answer(alice: User, say: Say) -> Message:
    """An answer in a conversation of Alice's."""
    return say(alice, "question", "answer").tip


@pytest.fixture
def complaint(alice: User, answer: Message) -> Report:
    """Alice's report of it."""
    return moderation.report(alice, answer.uuid, "wrong", "not so")


@pytest.fixture
def dana(db: None) -> User:
    """An administrator who is no superuser."""
    dana = User.objects.create_user("dana@example.org", None, is_staff=True)
    dana.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    return dana


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", None)


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def written(by: User) -> list[str]:
    return [audit.sentence(entry) for entry in LogEntry.objects.filter(user=by).order_by("id")]


# Reports


def test_a_report_waits_open_for_the_moderators(alice: User, answer: Message, complaint: Report) -> None:
    assert (complaint.message, complaint.reporter, complaint.state) == (answer, alice, "open")
    assert (complaint.category, complaint.note) == ("wrong", "not so")
    assert list(moderation.reports_in_view()) == [complaint]


def test_a_second_report_of_the_same_answer_is_added_to_the_first(
    alice: User, answer: Message, complaint: Report
) -> None:
    for category, note in [("wrong", "nor that"), ("harmful", "worse"), ("harmful", "worse"), ("wrong", "")]:
        assert moderation.report(alice, answer.uuid, category, note).pk == complaint.pk
    complaint.refresh_from_db()
    assert complaint.category == "wrong"
    assert complaint.note == "not so\n\nnor that\n\nHarmful or dangerous: worse"


def test_a_note_grows_to_a_limit(alice: User, answer: Message) -> None:
    for number in range(12):
        moderation.report(alice, answer.uuid, "wrong", str(number) * 1000)
    assert len(Report.objects.get().note) == LONGEST_NOTE


def test_a_report_after_a_decision_is_a_new_one_and_the_decision_stays(
    alice: User, bob: User, answer: Message, complaint: Report
) -> None:
    moderation.dismiss(complaint, bob)
    again = moderation.report(alice, answer.uuid, "wrong", "look again")
    complaint.refresh_from_db()
    assert (complaint.state, complaint.resolved_by, complaint.note) == ("dismissed", bob, "not so")
    assert (again.state, again.note) == ("open", "look again")
    moderation.dismiss(again, bob)
    assert Report.objects.filter(state="dismissed").count() == 2


def test_a_person_has_one_open_report_of_a_message(alice: User, answer: Message, complaint: Report) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(message=answer, reporter=alice, category="wrong")


def test_only_an_answer_in_ones_own_conversations_can_be_reported(
    alice: User, bob: User, charlie: User, answer: Message
) -> None:
    attempts = [
        (charlie, answer.uuid),
        (bob, answer.uuid),
        (alice, answer.parent.uuid),
        (alice, uuid.uuid4()),
    ]
    for person, message_uuid in attempts:
        with pytest.raises(NotFound):
            moderation.report(person, message_uuid, "wrong")
    assert not Report.objects.exists()


def test_what_is_hidden_or_deleted_cannot_be_reported(alice: User, bob: User, answer: Message) -> None:
    moderation.hide(answer, bob)
    with pytest.raises(NotFound):
        moderation.report(alice, answer.uuid, "wrong")
    moderation.restore(answer, bob)
    Conversation.objects.update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        moderation.report(alice, answer.uuid, "wrong")


def test_a_report_leaves_the_queue_with_its_deleted_conversation(complaint: Report) -> None:
    Conversation.objects.update(deleted_at=timezone.now())
    assert not moderation.reports_in_view().exists()


# Decisions


def test_dismissing_says_who_decided_and_is_logged(bob: User, complaint: Report) -> None:
    assert moderation.dismiss(complaint, bob)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.resolved_by) == ("dismissed", bob)
    assert complaint.resolved_at is not None
    assert written(bob) == ["Dismissed."]


def test_the_first_decision_stands(bob: User, dana: User, complaint: Report) -> None:
    moderation.hide(complaint.message, bob)
    assert not moderation.dismiss(complaint, dana)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.resolved_by) == ("upheld", bob)
    assert written(dana) == []


def test_hiding_keeps_the_text_upholds_the_open_reports_and_tells_the_pages(
    bob: User, answer: Message, complaint: Report, django_capture_on_commit_callbacks: Any
) -> None:
    ear = Ear(layer.conversation_group(answer.conversation_id))
    with django_capture_on_commit_callbacks(execute=True):
        assert moderation.hide(answer, bob)
    answer.refresh_from_db()
    complaint.refresh_from_db()
    assert (answer.is_hidden, answer.text, complaint.state) == (True, "answer", "upheld")
    assert ear.heard() == [{"type": "message.changed", "message": answer.pk, "uuid": str(answer.uuid)}]
    assert written(bob) == ["Upheld: message hidden."]


def test_a_message_that_nobody_reported_is_hidden_and_restored_in_the_log_too(
    bob: User, answer: Message
) -> None:
    moderation.hide(answer, bob)
    moderation.restore(answer, bob)
    assert written(bob) == [f"Hid message {answer.uuid}.", f"Restored message {answer.uuid}."]


def test_hiding_twice_changes_and_tells_nothing(
    bob: User, answer: Message, django_capture_on_commit_callbacks: Any
) -> None:
    moderation.hide(answer, bob)
    before = Message.objects.get(pk=answer.pk).hidden_at
    with django_capture_on_commit_callbacks(execute=True) as told:
        assert not moderation.hide(answer, bob)
    assert Message.objects.get(pk=answer.pk).hidden_at == before
    assert (told, len(written(bob))) == ([], 1)


def test_a_hidden_message_leaves_the_models_view_until_it_is_restored(
    alice: User, bob: User, say: Say
) -> None:
    conversation = say(alice, "q1", "a1", "q2", "a2", "q3")
    first_answer = Message.objects.get(text="a1")
    moderation.hide(first_answer, bob)
    hidden = {row.text for row in Message.context_rows(conversation.tip_id, 10) if row.is_hidden}
    assert hidden == {"a1"}
    moderation.restore(first_answer, bob)
    assert not [row for row in Message.context_rows(conversation.tip_id, 10) if row.is_hidden]


def test_restoring_undoes_the_decision_on_the_reports_too(
    bob: User, answer: Message, complaint: Report, django_capture_on_commit_callbacks: Any
) -> None:
    moderation.hide(answer, bob)
    ear = Ear(layer.conversation_group(answer.conversation_id))
    with django_capture_on_commit_callbacks(execute=True):
        assert moderation.restore(answer, bob)
    answer.refresh_from_db()
    complaint.refresh_from_db()
    assert (answer.hidden_at, complaint.state) == (None, "dismissed")
    assert ear.heard() == [{"type": "message.changed", "message": answer.pk, "uuid": str(answer.uuid)}]
    assert not moderation.restore(answer, bob)


def test_owner_and_stranger_decide_nothing(
    alice: User, charlie: User, answer: Message, complaint: Report
) -> None:
    for person in (alice, charlie):
        for act in (
            lambda by: moderation.dismiss(complaint, by),
            lambda by: moderation.hide(answer, by),
            lambda by: moderation.restore(answer, by),
            lambda by: moderation.suspend(alice, tomorrow(), "spam", by),
            lambda by: moderation.lift_suspension(alice, by),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    assert (Report.objects.get().state, Message.objects.exclude(hidden_at=None).count()) == ("open", 0)
    assert not LogEntry.objects.exists()


# Suspension


def test_suspending_tells_the_person_why_and_until_when(
    alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    ear = Ear(layer.person_group(alice.pk))
    until = datetime(timezone.now().year + 1, 3, 4, 23, 59, tzinfo=UTC)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.suspend(alice, until, "spam in every chat", bob)
    assert ear.heard() == [{"type": "standing.changed"}]
    status = moderation.account_status(User.objects.get(pk=alice.pk))
    assert not status.may_send
    assert f"March 4, {until.year}, 11:59 PM UTC" in status.text
    assert "spam in every chat" in status.text
    with timezone.override("Asia/Shanghai"):
        assert f"March 5, {until.year}, 7:59 AM CST" in moderation.account_status(alice).text
    with translation.override("zh-hans"):
        assert f"{until.year}年3月4日" in moderation.account_status(alice).text
    assert written(bob) == [f"Suspended until March 4, {until.year}, 11:59 PM: spam in every chat"]


def test_a_suspension_ends_by_itself_or_is_lifted(alice: User, bob: User) -> None:
    assert moderation.account_status(alice) == moderation.AccountStatus(may_send=True)
    moderation.suspend(alice, tomorrow(), "spam", bob)
    alice.suspended_until = timezone.now() - timedelta(seconds=1)
    assert moderation.account_status(alice).may_send
    moderation.suspend(alice, tomorrow(), "spam", bob)
    moderation.lift_suspension(alice, bob)
    again = User.objects.get(pk=alice.pk)
    assert (moderation.account_status(again).may_send, again.suspension_reason) == (True, "")


def test_the_deactivated_may_not_send(alice: User) -> None:
    alice.is_active = False
    assert not moderation.account_status(alice).may_send
    assert moderation.account_status(alice).text


def test_a_suspension_that_is_over_before_it_begins_is_an_error(alice: User, bob: User) -> None:
    with pytest.raises(ValueError, match="future"):
        moderation.suspend(alice, timezone.now() - timedelta(minutes=1), "spam", bob)
    assert User.objects.get(pk=alice.pk).suspended_until is None


def test_nobody_suspends_or_frees_themselves(bob: User, root: User) -> None:
    moderation.suspend(bob, tomorrow(), "quarrel", root)
    for person in (bob, root):
        with pytest.raises(PermissionDenied):
            moderation.suspend(person, tomorrow(), "rest", person)
        with pytest.raises(PermissionDenied):
            moderation.lift_suspension(person, person)


def test_only_a_superuser_suspends_administrators_and_superusers(bob: User, dana: User, root: User) -> None:
    for by, person in [(bob, dana), (bob, root), (dana, root)]:
        with pytest.raises(PermissionDenied):
            moderation.suspend(person, tomorrow(), "coup", by)
    moderation.suspend(bob, tomorrow(), "quarrel", dana)
    moderation.suspend(dana, tomorrow(), "coup", root)
    assert User.objects.filter(suspended_until__gt=timezone.now()).count() == 2


def test_a_suspended_moderator_decides_nothing(bob: User, root: User, complaint: Report) -> None:
    moderation.suspend(bob, tomorrow(), "quarrel", root)
    with pytest.raises(PermissionDenied):
        moderation.dismiss(complaint, bob)
