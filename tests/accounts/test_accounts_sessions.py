"""The sockets of a session that ends are told, and only these."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from chat.accounts import adapter
from chat.models import User
from chat.realtime import layer
from tests.conftest import PASSWORD, browser_of
from tests.support.layer import Ear

NEW_PASSWORD = "seven green 12 bicycles"


def test_logging_out_tells_the_sockets_of_that_session(
    alice: User, charlie: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser_of(alice)
    key = client.session.session_key
    ear, stranger = Ear(layer.person_group(alice.pk)), Ear(layer.person_group(charlie.pk))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/logout/")
    assert ear.heard() == [{"type": "session.ended", "person": alice.pk, "session": key}]
    assert stranger.heard() == []


def test_logging_out_without_a_session_tells_nobody(
    client: Any, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as told:
        assert client.post("/accounts/logout/").status_code == 302
    assert told == []


def test_a_new_password_tells_all_of_the_persons_sockets(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    ear = Ear(layer.person_group(alice.pk))
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(alice).post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        )
    assert ear.heard() == [{"type": "session.ended", "person": alice.pk, "session": None}]


def test_a_wrong_old_password_tells_nobody(alice: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True) as told:
        browser_of(alice).post(
            "/accounts/password/change/",
            {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        )
    assert told == []


def test_a_vouched_address_replaces_all_that_allauth_knew(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="old@example.org", primary=True, verified=True)
    adapter.set_address(alice)
    adapter.set_address(alice)
    [row] = EmailAddress.objects.filter(user=alice)
    assert (row.email, row.primary, row.verified) == ("alice@example.org", True, True)


def test_a_confirmed_address_of_someone_else_is_refused_whole(alice: User, bob: User) -> None:
    EmailAddress.objects.create(user=bob, email="alice@example.org", verified=True)
    EmailAddress.objects.create(user=alice, email="old@example.org", verified=True)
    with pytest.raises(IntegrityError):
        adapter.set_address(alice)
    assert EmailAddress.objects.filter(email="old@example.org").exists()
