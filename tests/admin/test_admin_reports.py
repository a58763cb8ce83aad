"""The moderators' queue: what it shows, and every decision from the list and from the report's page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from chat.models import Conversation, Message, Report, User
from chat.moderation import actions as moderation
from tests.conftest import browser_of

QUEUE = "/admin/chat/report/"


@pytest.fixture
def answer(alice: User, say: Any) -> Message:
    say(alice, "q1", "a1", "q2", "a2", "q3", "a3 in **bold**", "q4", "a4", "q5", "a5")
    return Message.objects.get(text__startswith="a3")


@pytest.fixture
def complaint(alice: User, answer: Message) -> Report:
    return moderation.report(alice, answer.uuid, "harmful", "<b>look</b>")


def page_of(report: Report) -> str:
    return f"{QUEUE}{report.pk}/change/"


def decide(client: Client, report: Report, decision: str) -> Any:
    return client.post(f"{QUEUE}{report.pk}/decide/", {"decision": decision})


def act(client: Client, action: str, *reports: Report, **more: Any) -> Any:
    return client.post(
        f"{QUEUE}?state=all", {"action": action, "_selected_action": [r.pk for r in reports]}, **more
    )


def test_the_queue_shows_open_reports_with_what_one_decides_by(bob: User, complaint: Report) -> None:
    page = browser_of(bob).get(QUEUE).content.decode()
    for shown in ("Harmful or dangerous", "a3 in bold", "alice@example.org", "open"):
        assert shown in page
    assert page.count("alice@example.org</") == 1


def test_a_decided_report_leaves_the_queue_and_is_found_by_its_state(bob: User, complaint: Report) -> None:
    moderation.dismiss(complaint, bob)
    client = browser_of(bob)
    for query, found in {
        "": 0,
        "?state=open": 0,
        "?state=dismissed": 1,
        "?state=upheld": 0,
        "?state=all": 1,
    }.items():
        assert client.get(QUEUE + query).context["cl"].result_count == found


def test_a_long_answer_is_cut_and_escaped_in_the_list(alice: User, bob: User, say: Any) -> None:
    long = say(alice, "q", "<script>alert(1)</script>" + "long " * 100).tip
    moderation.report(alice, long.uuid, "wrong")
    page = browser_of(bob).get(QUEUE).content.decode()
    assert "<script>alert" not in page
    assert "…</span>" in page
    assert page.count("long ") < 40


def test_the_queue_asks_as_many_questions_for_forty_reports_as_for_one(
    alice: User, bob: User, say: Any, complaint: Report, django_assert_max_num_queries: Any
) -> None:
    client = browser_of(bob)
    with django_assert_max_num_queries(12) as few:
        client.get(QUEUE)
    for number in range(40):
        moderation.report(alice, say(alice, "q", f"a{number}").tip.uuid, "wrong")
    with django_assert_max_num_queries(len(few)):
        client.get(QUEUE)


def test_a_report_shows_the_message_rendered_among_its_neighbours(bob: User, complaint: Report) -> None:
    page = browser_of(bob).get(page_of(complaint))
    assert [message.text for message in page.context["thread"]] == [
        "q2",
        "a2",
        "q3",
        "a3 in **bold**",
        "q4",
        "a4",
        "q5",
    ]
    text = page.content.decode()
    assert "<strong>bold</strong>" in text
    assert "&lt;b&gt;look&lt;/b&gt;" in text
    assert text.count('id="reported"') == 1


def test_a_hidden_message_can_still_be_read_by_moderators(bob: User, complaint: Report) -> None:
    moderation.hide(complaint.message, bob)
    text = browser_of(bob).get(page_of(complaint)).content.decode()
    assert "<strong>bold</strong>" in text
    assert "Restore message" in text
    assert "Dismiss report" not in text


def test_a_report_of_a_deleted_conversation_is_gone_for_moderators_too(bob: User, complaint: Report) -> None:
    Conversation.objects.update(deleted_at=timezone.now())
    client = browser_of(bob)
    assert client.get(QUEUE).context["cl"].result_count == 0
    assert b"a3 in" not in client.get(page_of(complaint), follow=True).content
    assert decide(client, complaint, "hide").status_code == 404
    assert not Message.objects.get(pk=complaint.message_id).is_hidden


@pytest.mark.parametrize(
    ("decision", "state", "hidden"), [("dismiss", "dismissed", False), ("hide", "upheld", True)]
)
def test_a_report_is_decided_on_its_page(
    bob: User, complaint: Report, decision: str, state: str, hidden: bool
) -> None:
    assert decide(browser_of(bob), complaint, decision).url == page_of(complaint)
    complaint = Report.objects.get()
    assert (complaint.state, complaint.message.is_hidden, complaint.resolved_by) == (state, hidden, bob)


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        (["dismiss"], "Report dismissed."),
        (["hide"], "Message hidden; report upheld."),
        (["hide", "restore"], "Message restored."),
    ],
)
def test_the_page_tells_what_was_done(bob: User, complaint: Report, decisions: list[str], told: str) -> None:
    client = browser_of(bob)
    for decision in decisions:
        decide(client, complaint, decision)
    assert told in client.get(page_of(complaint)).content.decode()


def test_a_decision_can_be_undone_on_the_page(bob: User, complaint: Report) -> None:
    client = browser_of(bob)
    decide(client, complaint, "hide")
    decide(client, complaint, "restore")
    assert not Report.objects.get().message.is_hidden


def test_the_page_leads_to_the_next_open_report(alice: User, bob: User, say: Any, complaint: Report) -> None:
    other = moderation.report(alice, say(alice, "q", "a").tip.uuid, "wrong")
    client = browser_of(bob)
    assert page_of(other) in client.get(page_of(complaint)).content.decode()
    moderation.dismiss(other, bob)
    assert "Next open report" not in client.get(page_of(complaint)).content.decode()


def test_reports_are_decided_from_the_list(alice: User, bob: User, say: Any, complaint: Report) -> None:
    other = moderation.report(alice, say(alice, "q", "a").tip.uuid, "wrong")
    client = browser_of(bob)
    answer = act(client, "hide", complaint, other, follow=True)
    assert "2 messages hidden; reports upheld." in answer.content.decode()
    assert set(Report.objects.values_list("state", flat=True)) == {"upheld"}
    assert Message.objects.exclude(hidden_at=None).count() == 2
    act(client, "restore", complaint)
    assert Message.objects.exclude(hidden_at=None).count() == 1
    answer = act(client, "dismiss", other, follow=True)
    assert "already resolved" in answer.content.decode()


def test_a_report_names_whom_it_would_suspend_and_is_settled_with_it(
    alice: User, bob: User, complaint: Report
) -> None:
    Report.objects.update(reporter=bob)
    client = browser_of(bob)
    page = client.get(page_of(complaint))
    assert "Suspend alice@example.org…" in page.content.decode()
    day = timezone.localdate() + timedelta(days=7)
    form = {"until": day.isoformat(), "reason": "spam"}
    answer = client.post(page.context["suspend_address"], form, follow=True)
    assert "Report upheld." in answer.content.decode()
    alice.refresh_from_db()
    complaint.refresh_from_db()
    assert (alice.is_suspended, complaint.state) == (True, Report.State.UPHELD)
    assert (complaint.resolved_by, complaint.message.is_hidden) == (bob, False)


def test_of_another_person_no_report_is_settled(bob: User, charlie: User, complaint: Report) -> None:
    address = f"/admin/chat/user/suspend/?id={charlie.pk}&report={complaint.pk}"
    day = timezone.localdate() + timedelta(days=7)
    browser_of(bob).post(address, {"until": day.isoformat(), "reason": "spam"})
    complaint.refresh_from_db()
    assert complaint.state == Report.State.OPEN


def test_suspending_from_the_list_asks_first(alice: User, bob: User, complaint: Report) -> None:
    client = browser_of(bob)
    form = act(client, "suspend", complaint).url
    assert "alice@example.org" in client.get(form).content.decode()
    day = timezone.localdate() + timedelta(days=3)
    answer = client.post(form, {"until": day.isoformat(), "reason": "spam"})
    assert answer.url == f"{QUEUE}?state=all"
    alice.refresh_from_db()
    assert (alice.is_suspended, alice.suspension_reason) == (True, "spam")


def test_outsiders_decide_nothing(alice: User, charlie: User, complaint: Report) -> None:
    for person in (alice, charlie):
        client = browser_of(person)
        for decision in ("dismiss", "hide", "restore"):
            assert (
                client.post(f"{QUEUE}{complaint.pk}/decide/", {"decision": decision}, follow=True).status_code
                == 403
            )
            assert act(client, decision, complaint, follow=True).status_code == 403
    assert Report.objects.get().state == "open"
    assert not Report.objects.get().message.is_hidden


def test_a_reader_without_the_right_to_decide_sees_no_buttons_and_is_refused(
    charlie: User, complaint: Report
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    readers = Group.objects.create(name="Readers")
    readers.permissions.add(Permission.objects.get(codename="view_report"))
    charlie.groups.add(readers)
    client = browser_of(charlie)
    assert "decision" not in client.get(page_of(complaint)).content.decode()
    for decision in ("dismiss", "hide", "restore"):
        assert decide(client, complaint, decision).status_code == 403
        act(client, decision, complaint)
    assert Report.objects.get().state == "open"
    assert not Report.objects.get().message.is_hidden


@pytest.mark.parametrize("decision", ["", "delete", "uphold"])
def test_an_unknown_decision_is_not_found(bob: User, complaint: Report, decision: str) -> None:
    assert decide(browser_of(bob), complaint, decision).status_code == 404


def test_decisions_are_posted(bob: User, complaint: Report) -> None:
    assert browser_of(bob).get(f"{QUEUE}{complaint.pk}/decide/?decision=hide").status_code == 405
