"""People and groups in the admin: who is found, who may change what, and no way up."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from chat.accounts import groups
from chat.admin.forms import SuspendForm
from chat.models import Conversation, User
from chat.moderation import actions as moderation
from chat.realtime import layer
from tests.conftest import PASSWORD, browser_of
from tests.support.layer import Ear

LIST = "/admin/chat/user/"
NEW_PASSWORD = "seven green 12 bicycles"


@pytest.fixture
def dana(db: None) -> User:
    """An administrator who is no superuser."""
    dana = User.objects.create_user("dana@example.org", PASSWORD, is_staff=True)
    dana.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    return dana


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


def page_of(person: User) -> str:
    return f"{LIST}{person.pk}/change/"


def save(client: Client, person: User, **changes: Any) -> Any:
    data = {"email": person.email, "name": person.name, "is_active": "on", **changes}
    return client.post(page_of(person), {key: value for key, value in data.items() if value is not None})


def found(client: Client, **query: str) -> set[str]:
    return {person.email for person in client.get(LIST, query).context["cl"].result_list}


def in_a_week() -> Any:
    return timezone.now() + timedelta(days=7)


# The list


def test_people_are_found_by_address_name_and_account_status(alice: User, bob: User, charlie: User) -> None:
    moderation.suspend(alice, in_a_week(), "spam", bob)
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    client = browser_of(bob)
    assert found(client, q="ALICE@") == found(client, q="Alice") == {"alice@example.org"}
    assert found(client, standing="suspended") == {"alice@example.org"}
    assert found(client, standing="deactivated") == {"charlie@example.org"}
    assert found(client, standing="active") == {"bob@example.org"}
    assert found(client, is_staff__exact="1") == {"bob@example.org"}


def test_a_suspension_that_has_passed_counts_as_active(alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(suspended_until=timezone.now() - timedelta(days=1))
    assert "alice@example.org" in found(browser_of(bob), standing="active")


def test_the_list_counts_conversations_and_open_reports(
    alice: User, bob: User, charlie: User, say: Any
) -> None:
    moderation.report(alice, say(alice, "q", "a").tip.uuid, "wrong")
    moderation.dismiss(moderation.report(alice, say(alice, "q", "a").tip.uuid, "wrong"), bob)
    Conversation.objects.create(owner=alice)  # without a message it is in no list
    rows = {row.email: row for row in browser_of(bob).get(LIST).context["cl"].result_list}
    assert (rows[alice.email].conversations_found, rows[alice.email].open_reports_found) == (2, 1)
    assert (rows[charlie.email].conversations_found, rows[charlie.email].open_reports_found) == (0, 0)


def test_the_list_asks_as_many_questions_for_forty_people_as_for_one(
    bob: User, django_assert_max_num_queries: Any
) -> None:
    client = browser_of(bob)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    User.objects.bulk_create(User(email=f"person{number}@example.org") for number in range(40))
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_every_link_in_the_list_leads_somewhere(alice: User, bob: User, say: Any) -> None:
    say(alice, "q", "a")
    client = browser_of(bob)
    page = client.get(LIST).content.decode()
    links = re.findall(r'href="(/admin/chat/(?:conversation|report)/\?[^"]+)"', page)
    assert len(links) == 4
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


# Suspending


def test_suspending_asks_until_when_and_why(alice: User, bob: User) -> None:
    client = browser_of(bob)
    answer = client.post(LIST, {"action": "suspend", "_selected_action": [alice.pk]})
    day = timezone.localdate() + timedelta(days=2)
    assert "spam" not in client.get(answer.url).content.decode()
    client.post(answer.url, {"until": day.isoformat(), "reason": "spam"})
    alice.refresh_from_db()
    assert timezone.localdate(alice.suspended_until) == day
    assert "spam" in client.get(page_of(alice)).content.decode()


def test_a_week_is_proposed_and_usual_lengths_are_a_press_away(alice: User, bob: User) -> None:
    page = browser_of(bob).get(f"{LIST}suspend/?id={alice.pk}").content.decode()
    today = timezone.localdate()
    week = (today + timedelta(days=7)).isoformat()
    assert f'name="until" value="{week}"' in page
    ends = re.findall(r'data-until="([^"]+)"', page)
    assert ends[0] == today.isoformat()
    assert week in ends
    assert all(SuspendForm({"until": end, "reason": "spam"}).is_valid() for end in ends)


@pytest.mark.parametrize(
    ("days", "reason"), [(-1, "spam"), (3700, "spam"), (10**6, "spam"), (2, ""), (2, "a\0"), (2, "a" * 301)]
)
def test_a_suspension_without_sense_is_asked_again(alice: User, bob: User, days: int, reason: str) -> None:
    day = timezone.localdate() + timedelta(days=days)
    answer = browser_of(bob).post(
        f"{LIST}suspend/?id={alice.pk}", {"until": day.isoformat(), "reason": reason}
    )
    assert answer.context["form"].errors
    alice.refresh_from_db()
    assert not alice.is_suspended


def test_refusals_are_told_and_the_others_are_suspended(alice: User, bob: User, dana: User) -> None:
    address = f"{LIST}suspend/?id={alice.pk}&id={bob.pk}&id={dana.pk}"
    day = timezone.localdate() + timedelta(days=2)
    page = (
        browser_of(bob)
        .post(address, {"until": day.isoformat(), "reason": "spam"}, follow=True)
        .content.decode()
    )
    assert "Suspended alice@example.org." in page
    assert "You can’t change your own suspension." in page
    assert "dana@example.org is an administrator or has permissions" in page
    assert set(User.objects.exclude(suspended_until=None)) == {alice}


@pytest.mark.parametrize("query", ["", "?id=", "?id=x", "?id=999999", "?id=" + "9" * 40])
def test_nobody_to_suspend_is_not_found(bob: User, query: str) -> None:
    assert browser_of(bob).get(f"{LIST}suspend/{query}").status_code == 404


def test_the_form_leads_nobody_elsewhere(alice: User, bob: User) -> None:
    day = timezone.localdate() + timedelta(days=2)
    address = f"{LIST}suspend/?id={alice.pk}&next=https://evil.example/"
    assert b"evil.example" not in browser_of(bob).get(address).content.partition(b"<form method")[2]
    assert browser_of(bob).post(address, {"until": day.isoformat(), "reason": "spam"}).url == LIST


def test_a_suspension_is_lifted_from_the_page_and_from_the_list(alice: User, bob: User) -> None:
    client = browser_of(bob)
    for address, data in [
        (f"{LIST}{alice.pk}/lift/", {}),
        (LIST, {"action": "lift_suspension", "_selected_action": [alice.pk]}),
    ]:
        moderation.suspend(alice, in_a_week(), "spam", bob)
        client.post(address, data)
        alice.refresh_from_db()
        assert not alice.is_suspended


def test_only_those_whom_one_may_suspend_have_the_button(
    alice: User, bob: User, dana: User, root: User
) -> None:
    client = browser_of(bob)
    shown = {
        person.email.partition("@")[0]
        for person in (alice, bob, dana, root)
        if "/admin/chat/user/suspend/" in client.get(page_of(person)).content.decode()
    }
    assert shown == {"alice"}
    assert "/admin/chat/user/suspend/" in browser_of(root).get(page_of(dana)).content.decode()


def test_outsiders_suspend_and_lift_nothing(alice: User, bob: User, charlie: User) -> None:
    moderation.suspend(alice, in_a_week(), "spam", bob)
    staff = User.objects.create_user("staff@example.org", is_staff=True)
    for person in (alice, charlie, staff):
        client = browser_of(person)
        suspend = {"until": timezone.localdate().isoformat(), "reason": "x"}
        assert client.post(f"{LIST}suspend/?id={bob.pk}", suspend, follow=True).status_code == 403
        client.post(f"{LIST}{alice.pk}/lift/", follow=True)
    bob.refresh_from_db()
    alice.refresh_from_db()
    assert (alice.is_suspended, bob.is_suspended) == (True, False)


# Accounts


def test_an_administrator_makes_an_account_that_can_log_in(dana: User) -> None:
    data = {"email": "Erin@Example.org", "name": "Erin", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert browser_of(dana).post(f"{LIST}add/", data).status_code == 302
    client = Client()
    client.post("/accounts/login/", {"login": "erin@example.org", "password": NEW_PASSWORD})
    assert int(client.session["_auth_user_id"]) == User.objects.get(email="erin@example.org").pk
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize("email", ["ALICE@example.org", "second@example.org", "no address"])
def test_an_address_in_use_or_wrong_is_refused(alice: User, dana: User, email: str) -> None:
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=True)
    data = {"email": email, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = browser_of(dana).post(f"{LIST}add/", data)
    assert "email" in answer.context["adminform"].form.errors


def test_a_new_address_replaces_the_old_one_for_logging_in(alice: User, dana: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    assert save(browser_of(dana), alice, email="alice@new.example").status_code == 302
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("alice@new.example", True)]


def test_deactivating_ends_the_persons_sessions(
    alice: User, dana: User, django_capture_on_commit_callbacks: Any
) -> None:
    theirs, ear = browser_of(alice), Ear(layer.person_group(alice.pk))
    with django_capture_on_commit_callbacks(execute=True):
        save(browser_of(dana), alice, is_active=None)
    assert ear.heard() == [{"type": "session.ended", "person": alice.pk, "session": None}]
    assert theirs.get("/accounts/password/change/").status_code == 302


def test_a_password_set_by_an_administrator_ends_the_persons_sessions(
    alice: User, dana: User, django_capture_on_commit_callbacks: Any
) -> None:
    ear = Ear(layer.person_group(alice.pk))
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(dana).post(
            f"{LIST}{alice.pk}/password/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        )
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert ear.heard() == [{"type": "session.ended", "person": alice.pk, "session": None}]


def test_moderators_see_people_but_neither_password_nor_a_form(alice: User, bob: User) -> None:
    client = browser_of(bob)
    page = client.get(page_of(alice)).content.decode()
    assert "alice@example.org" in page
    assert "md5" not in re.findall(r"\w+", page)  # a token of a form may have it in itself
    assert "pbkdf2" not in page
    assert 'name="email"' not in page
    assert save(client, alice, email="x@example.org").status_code == 403
    assert client.post(f"{LIST}{alice.pk}/password/", {}).status_code == 403
    assert client.post(f"{LIST}add/", {}).status_code == 403


def test_accounts_are_not_deleted_here(alice: User, root: User) -> None:
    client = browser_of(root)
    assert client.post(f"{LIST}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"})
    assert User.objects.filter(pk=alice.pk).exists()


# No way up


def test_an_administrator_makes_nobody_a_superuser(alice: User, dana: User) -> None:
    client = browser_of(dana)
    every = list(Permission.objects.values_list("pk", flat=True))
    for person in (alice, dana):
        save(client, person, is_superuser="on", user_permissions=every, is_staff="on")
        person.refresh_from_db()
        assert (person.is_superuser, person.user_permissions.count(), person.is_staff) == (False, 0, True)


def test_an_administrator_does_not_touch_those_who_outrank_them(dana: User, root: User) -> None:
    other = User.objects.create_user("other@example.org", is_staff=True)
    other.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    client = browser_of(dana)
    for person in (root, other):
        assert save(client, person, email="mine@example.org").status_code == 403
        passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        assert client.post(f"{LIST}{person.pk}/password/", passwords).status_code == 403
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_rank_goes_by_rights_whatever_the_group_is_called(dana: User, root: User) -> None:
    other = User.objects.create_user("other@example.org", is_staff=True)
    other.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    Group.objects.filter(name=groups.ADMINISTRATORS).update(name="Elders")
    assert not moderation.outranks(dana, other)
    assert moderation.outranks(root, other)


def test_rank_outlives_deactivation(dana: User) -> None:
    other = User.objects.create_user("other@example.org", is_active=False)
    other.groups.add(Group.objects.get(name=groups.ADMINISTRATORS))
    assert save(browser_of(dana), other, email="mine@example.org").status_code == 403


def test_nobody_acts_on_a_person_with_a_right_that_they_lack(alice: User, bob: User, dana: User) -> None:
    assert moderation.outranks(bob, alice)
    alice.user_permissions.add(Permission.objects.get(codename="view_group"))
    assert not moderation.outranks(bob, alice)
    assert moderation.outranks(dana, alice)


@pytest.mark.parametrize("name", [groups.ADMINISTRATORS, groups.MODERATORS])
def test_the_groups_of_the_start_keep_their_names(dana: User, root: User, name: str) -> None:
    group = Group.objects.get(name=name)
    permissions = list(group.permissions.values_list("pk", flat=True))
    for client in (browser_of(dana), browser_of(root)):
        page = f"/admin/auth/group/{group.pk}/change/"
        assert 'name="name"' not in client.get(page).content.decode()
        assert client.post(page, {"name": "Elders", "permissions": permissions}).status_code == 302
    group.refresh_from_db()
    assert group.name == name


def test_another_group_gets_another_name(dana: User) -> None:
    group = Group.objects.create(name="Readers")
    browser_of(dana).post(f"/admin/auth/group/{group.pk}/change/", {"name": "Readers of books"})
    group.refresh_from_db()
    assert group.name == "Readers of books"


def test_permissions_are_not_taken_from_oneself_or_ones_equals(alice: User, bob: User, dana: User) -> None:
    client = browser_of(dana)
    ours = Group.objects.get(name=groups.ADMINISTRATORS)
    page = f"/admin/auth/group/{ours.pk}/change/"
    assert client.post(page, {"permissions": []}).status_code == 200
    dana.groups.add(double := Group.objects.create(name="Double"))
    double.permissions.set(ours.permissions.all())
    dana.groups.remove(ours)
    alice.groups.add(ours)
    assert client.post(page, {"permissions": []}).status_code == 200
    assert ours.permissions.count() == len(groups.PERMISSIONS[groups.ADMINISTRATORS])
    below = Group.objects.get(name=groups.MODERATORS)
    assert client.post(f"/admin/auth/group/{below.pk}/change/", {"permissions": []}).status_code == 302
    assert not below.permissions.exists()


def test_an_administrator_gives_only_groups_within_their_own_rights(alice: User, dana: User) -> None:
    mighty = Group.objects.create(name="Mighty")
    mighty.permissions.add(Permission.objects.get(codename="delete_user"))
    moderators = Group.objects.get(name=groups.MODERATORS)
    client = browser_of(dana)
    assert save(client, alice, groups=[moderators.pk]).status_code == 302
    assert save(client, alice, groups=[moderators.pk, mighty.pk]).status_code == 200
    assert set(alice.groups.all()) == {moderators}


def test_an_administrator_fills_groups_only_with_their_own_rights(dana: User) -> None:
    group = Group.objects.get(name=groups.ADMINISTRATORS)
    before = set(group.permissions.all())
    mine, beyond = (Permission.objects.get(codename=name) for name in ("view_user", "delete_user"))
    client = browser_of(dana)
    page = f"/admin/auth/group/{group.pk}/change/"
    data = {"name": group.name, "permissions": [*(row.pk for row in before), beyond.pk]}
    assert client.post(page, data).status_code == 200
    assert (
        client.post("/admin/auth/group/add/", {"name": "Mine", "permissions": [mine.pk]}).status_code == 302
    )
    assert (
        client.post("/admin/auth/group/add/", {"name": "More", "permissions": [beyond.pk]}).status_code == 200
    )
    assert set(group.permissions.all()) == before


def test_a_superuser_may_do_all_of_it(alice: User, root: User) -> None:
    beyond = Permission.objects.get(codename="delete_user")
    changes = {"is_superuser": "on", "is_staff": "on", "user_permissions": [beyond.pk]}
    assert save(browser_of(root), alice, **changes).status_code == 302
    alice.refresh_from_db()
    assert (alice.is_superuser, alice.user_permissions.get()) == (True, beyond)
