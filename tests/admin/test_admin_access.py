"""Who gets into the admin, by which door, and what its pages are made of."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from chat.models import Conversation, Report, User
from chat.moderation import actions as moderation
from tests.conftest import PASSWORD, browser_of

INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


@pytest.fixture
def complaint(alice: User, say: Any) -> Report:
    return moderation.report(alice, say(alice, "question", "**answer**").tip.uuid, "wrong", "not so")


@pytest.fixture
def pages(complaint: Report, alice: User) -> dict[str, str]:
    """Every page of ours that moderators may open."""
    return {
        "index": reverse("admin:index"),
        "app": reverse("admin:app_list", args=["chat"]),
        "reports": reverse("admin:chat_report_changelist"),
        "report": reverse("admin:chat_report_change", args=[complaint.pk]),
        "report history": reverse("admin:chat_report_history", args=[complaint.pk]),
        "conversations": reverse("admin:chat_conversation_changelist"),
        "conversation": reverse("admin:chat_conversation_change", args=[complaint.message.conversation_id]),
        "people": reverse("admin:chat_user_changelist"),
        "person": reverse("admin:chat_user_change", args=[alice.pk]),
        "suspend": f"{reverse('admin:chat_user_suspend')}?id={alice.pk}",
    }


def test_visitors_log_in_at_the_sites_own_door_and_come_back(client: Client, bob: User) -> None:
    refused = client.get("/admin/chat/report/", follow=True)
    assert refused.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Fchat%2Freport%2F"
    answer = client.post(
        "/accounts/login/", {"login": bob.email, "password": PASSWORD, "next": "/admin/chat/report/"}
    )
    assert answer.url == "/admin/chat/report/"
    assert client.get(answer.url).status_code == 200


def test_the_admin_takes_no_password_itself(bob: User, root: User) -> None:
    data = {"username": root.email, "password": PASSWORD, "next": "/admin/"}
    assert Client().post("/admin/login/", data).url.startswith("/accounts/login/?next=")
    moderator = browser_of(bob)
    assert moderator.post("/admin/login/", data).url == "/admin/"
    assert int(moderator.session["_auth_user_id"]) == bob.pk


def test_the_admin_leads_nobody_elsewhere(client: Client, bob: User) -> None:
    asked = client.get("/admin/login/", {"next": "https://evil.example/"})
    back = parse_qs(urlsplit(asked.url).query)["next"][0]
    answer = client.post(
        "/accounts/login/", {"login": bob.email, "password": PASSWORD, "next": back}, follow=True
    )
    assert [address.partition("?")[0] for address, _status in answer.redirect_chain] == [
        "/admin/login/",
        "/admin/",
    ]


def test_owners_and_strangers_stay_outside(alice: User, charlie: User, pages: dict[str, str]) -> None:
    for person in (alice, charlie):
        client = browser_of(person)
        for address in pages.values():
            assert client.get(address, follow=True).status_code == 403


def test_staff_without_a_group_see_an_empty_index_and_no_page(charlie: User, pages: dict[str, str]) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    client = browser_of(charlie)
    assert client.get(pages.pop("index")).status_code == 200
    assert {client.get(address).status_code for address in pages.values()} <= {403, 404}


def test_moderators_open_every_page_of_theirs(bob: User, pages: dict[str, str]) -> None:
    client = browser_of(bob)
    assert {name: client.get(address).status_code for name, address in pages.items()} == dict.fromkeys(
        pages, 200
    )


def test_nobody_is_led_to_the_address_of_a_row_by_its_number(
    root: User, bob: User, charlie: User, say: Any
) -> None:
    conversation = say(charlie, "question", "answer")
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    kind = ContentType.objects.get_for_model(Conversation)
    for person in (root, bob, charlie):
        answer = browser_of(person).get(f"/admin/r/{kind.pk}/{conversation.pk}/")
        assert answer.status_code == 404
        assert str(conversation.uuid) not in f"{answer.headers} {answer.content.decode()}"


@pytest.mark.parametrize(
    "address", ["/admin/chat/user/add/", "/admin/auth/group/", "/admin/account/emailaddress/"]
)
def test_moderators_open_no_page_of_the_administrators(bob: User, address: str) -> None:
    assert browser_of(bob).get(address).status_code == 403


def test_no_page_holds_inline_script_or_style(root: User, bob: User, pages: dict[str, str]) -> None:
    extra = ["/admin/chat/user/add/", "/admin/auth/group/add/", f"/admin/chat/user/{bob.pk}/password/"]
    for client in (browser_of(root), browser_of(bob)):
        for address in [*pages.values(), *extra]:
            assert INLINE.findall(client.get(address).content.decode()) == []


def test_the_index_bears_our_name_counts_what_waits_and_leads_back(bob: User, complaint: Report) -> None:
    page = browser_of(bob).get("/admin/").content.decode()
    assert "GPT site" in page
    assert "Django administration" not in page
    assert "1 open report" in page
    assert '<a href="/">Back to the chat</a>' in page
    moderation.dismiss(complaint, bob)
    assert "No open reports" in browser_of(bob).get("/admin/").content.decode()


def test_logging_out_of_the_admin_is_logging_out(bob: User) -> None:
    client = browser_of(bob)
    assert client.get("/admin/logout/").status_code == 405
    assert client.post("/admin/logout/").url == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_a_password_is_changed_at_the_sites_own_page(bob: User) -> None:
    assert browser_of(bob).get("/admin/password_change/").url == "/accounts/password/change/"


def test_conversations_and_reports_are_never_edited_by_hand(root: User, complaint: Report) -> None:
    client = browser_of(root)
    for kind, pk in (("report", complaint.pk), ("conversation", complaint.message.conversation_id)):
        assert client.get(f"/admin/chat/{kind}/add/").status_code == 403
        assert client.post(f"/admin/chat/{kind}/{pk}/change/", {"state": "dismissed"}).status_code == 403
        assert client.post(f"/admin/chat/{kind}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Conversation.objects.count() == Report.objects.filter(state="open").count() == 1


def test_a_moderator_who_loses_the_group_loses_the_pages_at_once(bob: User, pages: dict[str, str]) -> None:
    client = browser_of(bob)
    assert client.get(pages["report"]).status_code == 200
    bob.groups.remove(Group.objects.get(name="Moderators"))
    assert client.get(pages["report"]).status_code == 403


def test_pages_of_the_admin_are_described_and_kept_from_search_engines_where_these_could_see_them(
    root: User,
) -> None:
    page = browser_of(root).get(reverse("admin:chat_user_changelist")).content.decode()
    assert re.search(r'<meta\s+name="description"\s+content="Chat with AI', page)
    assert 'name="robots"' not in page
    outside = Client().get(reverse("admin:index"), follow=True)
    assert outside.redirect_chain[-1][0].startswith(reverse("account_login"))
