"""Reports of links: whoever has one makes them, moderators decide, and nobody else sees or decides anything."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import translation

from chat.accounts import mailing
from chat.models import Preferences, Report, Share, ShareReport
from chat.moderation import audit
from chat.sharing import actions as sharing
from chat.sharing import reports
from tests.conftest import browser_of
from tests.sharing.conftest import path_of

pytestmark = pytest.mark.django_db
QUEUE = "/admin/chat/sharereport/"
REPORT = {"category": "private", "note": "My <b>address</b>"}


@pytest.fixture
def made(share):
    return share("A title of hers", "An <i>answer</i> **bold**", passphrase="open sesame")


@pytest.fixture
def reported(made):
    Client().post(path_of(made) + "report/", REPORT)
    return ShareReport.objects.get()


def decide(client, report, decision, **more):
    return client.post(f"{QUEUE}{report.pk}/decide/", {"decision": decision, **more}, follow=True)


def test_a_stranger_reports_without_an_account_or_a_cookie_and_is_told_nothing(made):
    client = Client()
    page = client.get(path_of(made) + "report/")
    assert "A title of hers" not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"  # else a browser would hide where the form comes from
    answer = client.post(path_of(made) + "report/", REPORT)
    assert "Thanks for your report." in answer.content.decode()
    assert not client.cookies
    one = ShareReport.objects.get()
    assert (one.share, one.reporter, one.category, one.note) == (made, None, "private", REPORT["note"])


def test_a_report_by_a_member_has_their_name_but_not_when_another_site_sent_it(charlie, made):
    client = browser_of(charlie)
    elsewhere = client.post(path_of(made) + "report/", REPORT, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert client.post(path_of(made) + "report/", REPORT).status_code == 200
    assert ShareReport.objects.get().reporter == charlie


def test_a_report_needs_a_reason_and_a_link_that_is_there(alice, made):
    for wrong in (
        {},
        {"category": "none"},
        {"category": "other", "note": "x" * 1001},
        {"category": "other", "note": "\0"},
    ):
        assert Client().post(path_of(made) + "report/", wrong).status_code == 200
    assert Client().post("/s/none/report/", REPORT).status_code == 404
    sharing.revoke(alice, made.uuid)
    assert Client().post(path_of(made) + "report/", REPORT).status_code == 410
    assert not ShareReport.objects.exists()


def test_reports_of_one_address_and_of_one_link_are_bounded(made, monkeypatch):
    monkeypatch.setattr(reports, "AN_HOUR", 2)
    client = Client(REMOTE_ADDR="192.0.2.7")
    for _time in range(2):
        assert client.post(path_of(made) + "report/", REPORT).status_code == 200
    answer = client.post(path_of(made) + "report/", REPORT)
    assert answer.status_code == 429
    assert "Too many reports. Try again in" in answer.content.decode()
    monkeypatch.setattr(reports, "MOST_OPEN", 2)
    assert Client(REMOTE_ADDR="192.0.2.8").post(path_of(made) + "report/", REPORT).status_code == 200
    assert ShareReport.objects.count() == 2


def test_moderators_find_it_with_what_they_decide_by_and_that_is_noted(bob, reported):
    client = browser_of(bob)
    assert "1 open report of a shared link" in client.get("/admin/").content.decode()
    page = client.get(QUEUE).content.decode()
    for shown in ("Private information", "A title of hers", "alice@example.org", "a visitor"):
        assert shown in page
    page = client.get(f"{QUEUE}{reported.pk}/change/").content.decode()
    assert "My &lt;b&gt;address&lt;/b&gt;" in page
    assert "&lt;i&gt;answer&lt;/i&gt; <strong>bold</strong>" in page
    assert LogEntry.objects.filter(user=bob, action_flag=audit.READ).count() == 1


def test_a_moderator_takes_a_link_down_and_restores_it(bob, made, reported):
    client = browser_of(bob)
    page = decide(client, reported, "take_down", reason="Somebody’s address").content.decode()
    assert "Link taken down; report upheld." in page
    reported.refresh_from_db()
    assert (reported.state, reported.resolved_by) == (Report.State.UPHELD, bob)
    down = Share.objects.get()
    assert (down.reason, down.decision_unseen) == ("Somebody’s address", True)
    assert "Nothing to do: already resolved." in decide(client, reported, "take_down").content.decode()
    assert "Link restored." in decide(client, reported, "restore").content.decode()
    reported.refresh_from_db()
    assert reported.state == Report.State.DISMISSED
    told = [
        audit.sentence(entry) for entry in LogEntry.objects.exclude(action_flag=audit.READ).order_by("pk")
    ]
    assert told == [
        "Upheld: link taken down.",
        "Took the link down.: Somebody’s address",
        "Dismissed: link restored.",
        "Restored the link.",
    ]
    assert "A title of hers" not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize(("chosen", "expected"), [("de", "gesperrt"), ("", "taken down")])
def test_its_owner_reads_of_it_in_a_mail_of_their_language_without_the_title(
    alice, bob, made, settings, django_capture_on_commit_callbacks, chosen, expected
):
    settings.EMAIL_URL = "smtp://127.0.0.1"
    Preferences.objects.create(person=alice, language=chosen)
    with django_capture_on_commit_callbacks(execute=True), translation.override("fr"):
        assert reports.take_down(made, bob, "Somebody’s address")
        assert not reports.take_down(made, bob)
    mailing.mail_queue.flush(20)
    [letter] = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert expected in letter.subject
    assert "Somebody’s address" in letter.body
    assert f"/settings/chats/links/{made.uuid}/" in letter.body
    assert "A title of hers" not in letter.subject + letter.body


@pytest.mark.parametrize(("address", "is_active"), [("", True), ("smtp://127.0.0.1", False)])
def test_a_site_without_mail_writes_none_and_none_is_written_to_a_closed_account(
    alice, bob, made, settings, django_capture_on_commit_callbacks, address, is_active
):
    settings.EMAIL_URL = address
    alice.is_active = is_active
    alice.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert reports.take_down(Share.objects.get(), bob)
    mailing.mail_queue.flush(20)
    assert mail.outbox == []


def test_a_report_without_ground_is_dismissed_and_the_link_stays(bob, made, reported):
    client = browser_of(bob)
    assert "Report dismissed." in decide(client, reported, "dismiss").content.decode()
    assert "Nothing to do" in decide(client, reported, "dismiss").content.decode()
    assert decide(client, reported, "burn").status_code == 404
    assert Share.objects.get().taken_down_at is None


def test_what_its_owner_has_revoked_or_deleted_is_gone_for_moderators_too(alice, bob, made, reported):
    sharing.revoke(alice, made.uuid)
    client = browser_of(bob)
    assert client.get(QUEUE).context["cl"].result_count == 0
    assert decide(client, reported, "take_down").status_code == 404


def test_the_owner_and_the_stranger_see_and_decide_nothing(alice, charlie, reported):
    for person in (alice, charlie):
        client = browser_of(person)
        for answer in (
            client.get(QUEUE),
            client.post(f"{QUEUE}{reported.pk}/decide/", {"decision": "take_down"}),
        ):
            assert answer.url.startswith("/admin/login/")
        for act in (
            lambda by: reports.take_down(reported.share, by),
            lambda by: reports.restore(reported.share, by),
            lambda by: reports.dismiss(reported, by),
        ):
            with pytest.raises(PermissionDenied):
                act(person)
    assert Share.objects.get().taken_down_at is None
