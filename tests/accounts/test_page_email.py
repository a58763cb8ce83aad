"""The page of one's email addresses: only buttons that can do something."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from chat.models import User
from tests.conftest import PASSWORD, browser_of

PAGE = "/accounts/email/"


def add(owner: User, email: str, **facts: bool) -> None:
    EmailAddress.objects.create(user=owner, email=email, **facts)


def buttons(client: Client) -> dict[str, list[str]]:
    """What can be done with each address."""
    html = client.get(PAGE).content.decode()
    rows = re.findall(r'<li><form.*?name="email" value="([^"]+)".*?</form>', html, re.DOTALL)
    forms = re.findall(r"<li><form.*?</form>", html, re.DOTALL)
    return {row: re.findall(r'name="action_(\w+)"', form) for row, form in zip(rows, forms, strict=True)}


def test_the_only_address_can_only_be_looked_at(alice: User, settings: Any) -> None:
    add(alice, alice.email, primary=True, verified=True)
    client = browser_of(alice)
    assert buttons(client) == {alice.email: []}
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert buttons(client) == {alice.email: []}


def test_without_a_mail_server_nobody_is_asked_to_confirm(alice: User) -> None:
    add(alice, alice.email, primary=True)
    add(alice, "second@example.org")
    client = browser_of(alice)
    assert buttons(client) == {alice.email: [], "second@example.org": ["primary", "remove"]}
    assert "onfirmed" not in client.get(PAGE).content.decode()


def test_with_one_an_unconfirmed_address_asks_for_it_before_it_can_be_primary(
    alice: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    add(alice, alice.email, primary=True, verified=True)
    add(alice, "second@example.org")
    add(alice, "third@example.org", verified=True)
    assert buttons(browser_of(alice)) == {
        alice.email: [],
        "second@example.org": ["send", "remove"],
        "third@example.org": ["primary", "remove"],
    }


def test_the_buttons_do_what_they_say(alice: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    add(alice, alice.email, primary=True, verified=True)
    add(alice, "second@example.org", verified=True)
    add(alice, "third@example.org")
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post(PAGE, {"email": "third@example.org", "action_send": ""})
    assert [sent.to for sent in mail.outbox] == [["third@example.org"]]
    client.post(PAGE, {"email": "second@example.org", "action_primary": ""})
    assert EmailAddress.objects.get(user=alice, primary=True).email == "second@example.org"
    client.post(PAGE, {"email": alice.email, "action_remove": ""})
    assert set(EmailAddress.objects.values_list("email", flat=True)) == {
        "second@example.org",
        "third@example.org",
    }


def test_a_stranger_sees_nothing_of_it(alice: User, charlie: User) -> None:
    add(alice, alice.email, primary=True)
    assert alice.email not in browser_of(charlie).get(PAGE).content.decode()
    assert Client().get(PAGE).status_code == 302
