"""The log of the admin: who did and read what, for administrators, without a word of what people wrote."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone

from chat.accounts import groups
from chat.models import Conversation, ModelProvider, OfferedModel, User
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.moderation.audit import Action
from tests.conftest import browser_of

LOG = "/admin/admin/logentry/"


@pytest.fixture
def dana(db: None) -> User:
    """An administrator who is no superuser."""
    dana = User.objects.create_user("dana@example.org", None, is_staff=True)
    dana.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    return dana


@pytest.fixture
def conversation(alice: User, say: Any) -> Conversation:
    return say(alice, "canary question", "canary answer")


def entries(by: User) -> list[tuple[int, str, str]]:
    rows = LogEntry.objects.filter(user=by).order_by("pk")
    return [(row.action_flag, row.object_repr, audit.sentence(row)) for row in rows]


def everything() -> str:
    return repr(list(LogEntry.objects.values()))


def test_who_reads_a_conversation_leaves_an_entry_that_names_it_by_its_id(
    bob: User, conversation: Conversation
) -> None:
    browser_of(bob).get(f"/admin/chat/conversation/{conversation.pk}/change/")
    assert entries(bob) == [(audit.READ, str(conversation.uuid), "")]
    assert "canary" not in everything()


def test_so_does_who_reads_it_around_a_report(alice: User, bob: User, conversation: Conversation) -> None:
    complaint = moderation.report(alice, conversation.tip.uuid, "wrong", "canary note")
    browser_of(bob).get(f"/admin/chat/report/{complaint.pk}/change/")
    assert entries(bob) == [(audit.READ, str(conversation.uuid), "")]
    assert "canary" not in everything()


def test_a_look_at_the_list_is_no_reading(bob: User, conversation: Conversation) -> None:
    browser_of(bob).get("/admin/chat/conversation/")
    assert entries(bob) == []


def test_decisions_on_messages_name_neither_title_nor_words(bob: User, conversation: Conversation) -> None:
    moderation.hide(conversation.tip, bob)
    moderation.restore(conversation.tip, bob)
    assert [kind for kind, *_ in entries(bob)] == [CHANGE, CHANGE]
    assert "canary" not in everything()


def test_a_suspension_says_until_when_and_why(alice: User, bob: User) -> None:
    moderation.suspend(alice, timezone.now() + timedelta(days=1), "Noise.", bob)
    moderation.lift_suspension(alice, bob)
    (_, who, said), (_, _, lifted) = entries(bob)
    assert who == alice.email
    assert "Noise." in said and "lifted" in lifted


def test_each_change_of_providers_and_models_is_in_it_and_no_secret_is(dana: User) -> None:
    client = browser_of(dana)
    form = {"name": "School", "base_url": "https://93.184.216.34/v1", "is_enabled": "on", "key": "canary-key"}
    client.post("/admin/chat/modelprovider/add/", {**form, "headers": "X-Key: canary-header"})
    model_provider = ModelProvider.objects.get()
    model = OfferedModel.objects.create(provider=model_provider, name="m-1")
    models = "/admin/chat/offeredmodel/"
    chosen = {"_selected_action": str(model.pk)}
    for action in ("withdraw", "offer", "make_default"):
        client.post(models, {"action": action, **chosen})
    client.post(f"{models}{model.pk}/forget/")
    client.post(f"{models}{model.pk}/change/", {"label": "One", "position": "1", "is_offered": "on"})
    change = {**form, "name": "School 2", "key": "", "headers": ""}
    client.post(f"/admin/chat/modelprovider/{model_provider.pk}/change/", change)
    client.post(f"/admin/chat/modelprovider/{model_provider.pk}/delete/", {"post": "yes"})
    said = entries(dana)
    assert [kind for kind, *_ in said] == [ADDITION, *[CHANGE] * 6, DELETION]
    assert [words for *_, words in said[1:5]] == [
        "Disabled.",
        "Enabled.",
        "Made default.",
        "Reset unsupported parameters.",
    ]
    assert "canary" not in everything()


def test_administrators_read_the_log_and_nobody_else_does(
    dana: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    browser_of(bob).get(f"/admin/chat/conversation/{conversation.pk}/change/")
    page = browser_of(dana).get(LOG).content.decode()
    named = f"alice@example.org · {str(conversation.uuid)[:8]}"
    assert all(shown in page for shown in ("bob@example.org", named, ">Read<"))
    assert browser_of(bob).get(LOG).status_code == 403
    assert browser_of(charlie).get(LOG, follow=True).status_code == 403


def test_the_log_is_found_by_person_by_what_and_by_action(
    dana: User, bob: User, conversation: Conversation
) -> None:
    audit.record_read(bob, conversation)
    audit.record(dana, bob, Action.SUSPENSION_LIFTED)
    client = browser_of(dana)

    def found(**query: str) -> list[str]:
        return [entry.user.email for entry in client.get(LOG, query).context["cl"].result_list]

    assert found(q="bob@") == [dana.email, bob.email]  # by whom, or on whom
    assert found(q=str(conversation.uuid)) == [bob.email]
    assert found(action=str(audit.READ)) == [bob.email]
    assert found(action="none") == [dana.email, bob.email]


def test_nobody_changes_the_log(dana: User, bob: User) -> None:
    audit.record(dana, bob, Action.SUSPENSION_LIFTED)
    entry = LogEntry.objects.get()
    for page in ("change", "delete"):
        assert browser_of(dana).post(f"{LOG}{entry.pk}/{page}/", {"post": "yes"}).status_code == 403
    assert LogEntry.objects.count() == 1


def test_recent_actions_are_what_one_did_not_what_one_read(bob: User, conversation: Conversation) -> None:
    audit.record_read(bob, conversation)
    assert str(conversation.uuid) not in browser_of(bob).get("/admin/").content.decode()


def test_the_log_names_what_is_there_so_that_one_knows_it_and_tells_each_thing_once(
    alice: User, bob: User, dana: User, conversation: Conversation
) -> None:
    """Whose conversation and whose report, never a title; a decision is told beside the report, not in it."""
    complaint = moderation.report(alice, conversation.tip.uuid, "wrong")
    moderation.hide(conversation.tip, bob)
    audit.record_read(bob, conversation)
    page = browser_of(dana).get(LOG).content.decode()
    assert f"<bdi>alice@example.org · {str(conversation.uuid)[:8]}</bdi>" in page
    assert "<bdi>False or misleading · alice@example.org</bdi>" in page
    assert page.lower().count("upheld") == 1
    assert "canary" not in page
    complaint.delete()
    Conversation.objects.update(deleted_at=timezone.now())
    page = browser_of(dana).get(LOG).content.decode()
    assert f"<bdi>{conversation.uuid}</bdi>" in page  # no word of an owner who has deleted it
    assert "<bdi>False or misleading</bdi>" in page


def test_recent_actions_are_named_and_told_as_in_the_log(
    alice: User, bob: User, conversation: Conversation
) -> None:
    moderation.report(alice, conversation.tip.uuid, "wrong")
    moderation.hide(conversation.tip, bob)
    page = browser_of(bob).get("/admin/").content.decode()
    recent = page[page.index("recent-actions-module") :]
    assert "<bdi>False or misleading · alice@example.org</bdi>" in recent
    assert "Upheld: message hidden." in recent


def test_the_log_asks_as_many_questions_for_thirty_entries_as_for_one(
    alice: User, bob: User, dana: User, say: Any, django_assert_max_num_queries: Any
) -> None:
    def one_more() -> None:
        conversation = say(alice, "q", "a")
        audit.record_read(bob, conversation)
        audit.record(bob, moderation.report(alice, conversation.tip.uuid, "wrong"), Action.REPORT_DISMISSED)

    one_more()
    client = browser_of(dana)
    client.get(LOG)
    with django_assert_max_num_queries(12) as few:
        client.get(LOG)
    for _ in range(15):
        one_more()
    with django_assert_max_num_queries(len(few)):
        client.get(LOG)


def test_titles_leave_the_entries_that_were_there(bob: User, conversation: Conversation) -> None:
    audit.record(bob, conversation, Action.MESSAGE_HIDDEN, uuid="0b5")
    audit.record(bob, bob, Action.SUSPENSION_LIFTED)
    LogEntry.objects.filter(content_type__model="conversation").update(object_repr="canary title")
    migration = import_module("chat.migrations.0007_log_without_titles")
    migration.name_by_id(apps, None)
    names = LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)
    assert list(names) == [str(conversation.uuid), bob.email]
