"""Sign up, log in, log out, a forgotten password: through the pages, as people do it."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone

from chat.accounts.adapter import AccountAdapter
from chat.models import CacheEntry, User
from tests.conftest import PASSWORD, browser_of

NEW_PASSWORD = "seven green 12 bicycles"
ELSEWHERE = ["https://evil.example/", "//evil.example/", r"https:\\evil.example", "javascript:alert(1)"]

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def who(client: Client) -> int | None:
    key = client.session.get("_auth_user_id")
    return int(key) if key else None


def form_errors(answer: Any) -> set[str]:
    return set(re.findall(r'class="form-error"[^>]*>([^<]+)', answer.content.decode()))


def test_signing_up_needs_an_address_and_a_password_and_logs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"email": "Dana@Example.org", "password1": PASSWORD})
    dana = User.objects.get()
    assert (answer.status_code, answer.url) == (302, "/")
    assert (dana.email, who(client)) == ("dana@example.org", dana.pk)
    assert (dana.is_staff, dana.is_superuser, dana.groups.count()) == (False, False, 0)


@pytest.mark.parametrize("password", ["baseball1", "12345678", "dana@example.org"])
def test_signing_up_with_a_password_that_others_would_guess_is_refused(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {"email": "dana@example.org", "password1": password})
    assert answer.context["form"].errors["password1"]
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "groups", "suspended_until"])
def test_signing_up_gives_no_rights_whatever_is_sent(client: Client, field: str) -> None:
    client.post("/accounts/signup/", {"email": "dana@example.org", "password1": PASSWORD, field: "1"})
    dana = User.objects.get()
    assert not (dana.is_staff or dana.is_superuser or dana.groups.exists() or dana.suspended_until)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "That’s not your current password."), ("zh-hans", "当前密码不正确。")]
)
def test_a_wrong_current_password_is_called_that(alice: User, language: str, said: str) -> None:
    data = {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = browser_of(alice).post("/accounts/password/change/", data, headers={"accept-language": language})
    assert answer.context["form"].errors["oldpassword"] == [said]
    assert said in answer.content.decode()


@pytest.mark.parametrize("mail_url", ["", "smtp://mail.example.org"])
def test_who_forgot_a_password_is_not_sent_to_an_empty_mailbox(
    client: Client, alice: User, settings: Any, mail_url: str
) -> None:
    settings.EMAIL_URL = mail_url
    pages = [
        client.get("/accounts/password/reset/"),
        client.post("/accounts/password/reset/", {"email": alice.email}, follow=True),
    ]
    for page in pages:
        words = html.unescape(page.content.decode())
        assert ("Password reset by email isn’t set up here" in words) is (not mail_url)
        assert ("Check your email" in page.content.decode()) is (bool(mail_url) and page is pages[1])
    assert ('name="email"' in pages[0].content.decode()) is bool(mail_url)
    assert len(mail.outbox) == 1  # which the console prints, for who runs the site


def test_who_chooses_a_first_password_can_go_back(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    page = browser_of(alice).get("/accounts/password/set/").content.decode()
    assert '<p class="card-links"><a href="/">Back to the chat</a></p>' in page


def test_a_weak_password_is_refused(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"email": "dana@example.org", "password1": "password"})
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_a_closed_site_takes_no_sign_up(client: Client, settings: Any) -> None:
    settings.SIGNUP = "closed"
    assert b'name="password1"' not in client.get("/accounts/signup/").content
    client.post("/accounts/signup/", {"email": "dana@example.org", "password1": PASSWORD})
    assert not User.objects.exists()


def test_with_mail_a_taken_address_signs_up_to_the_same_answer(
    client: Client, alice: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    answers = [
        Client().post("/accounts/signup/", {"email": email, "password1": PASSWORD})
        for email in ("alice@example.org", "dana@example.org")
    ]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/accounts/confirm-email/")] * 2
    assert [message.to for message in mail.outbox] == [["alice@example.org"], ["dana@example.org"]]
    assert User.objects.filter(email="alice@example.org").count() == 1


def test_a_known_address_and_a_new_one_are_told_the_same(alice: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    pages = []
    for email in (alice.email, "dana@example.org"):
        browser = Client()
        browser.post("/accounts/signup/", {"email": email, "password1": PASSWORD})
        page = browser.get("/accounts/login/").content.decode()
        assert f"We’ve sent an email to {email}." in page
        pages.append(re.sub(r'value="[^"]{64}"', "", page).replace(email, ""))
    assert pages[0] == pages[1]


def test_a_stranger_cannot_fill_a_mailbox_by_signing_up(alice: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    for _ in range(5):
        Client().post("/accounts/signup/", {"email": alice.email, "password1": PASSWORD})
        CacheEntry.objects.all().delete()  # some minutes pass: allauth would write again
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verification", ["none", "mandatory"])
def test_two_sign_ups_at_once_make_one_account_and_a_taken_address(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, verification: str
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    save_user = AccountAdapter.save_user

    def beaten(adapter: Any, *args: Any, **kwargs: Any) -> Any:
        User.objects.create_user("dana@example.org", PASSWORD)
        return save_user(adapter, *args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "save_user", beaten)
    form = {"email": "dana@example.org", "password1": PASSWORD}
    late = client.post("/accounts/signup/", form)
    again = Client().post("/accounts/signup/", form)
    assert User.objects.count() == 1
    assert who(client) is None
    assert (late.status_code, late.headers.get("Location")) == (
        again.status_code,
        again.headers.get("Location"),
    )
    assert form_errors(late) == form_errors(again)


@pytest.mark.parametrize("verification", ["none", "mandatory"])
def test_an_address_that_another_account_merely_noted_is_free(
    client: Client, alice: User, settings: Any, verification: str
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    browser_of(alice).post("/accounts/email/", {"email": "dana@example.org", "action_add": ""})
    assert EmailAddress.objects.filter(user=alice, email="dana@example.org", verified=False).exists()
    client.post("/accounts/signup/", {"email": "dana@example.org", "password1": PASSWORD})
    dana = User.objects.get(email="dana@example.org")
    assert EmailAddress.objects.get(email="dana@example.org").user == dana


def test_a_confirmed_second_address_is_taken(client: Client, alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="dana@example.org", verified=True)
    client.post("/accounts/signup/", {"email": "dana@example.org", "password1": PASSWORD})
    assert User.objects.get() == alice


def test_without_mail_another_accounts_address_cannot_be_added(alice: User, bob: User) -> None:
    answer = browser_of(alice).post("/accounts/email/", {"email": bob.email, "action_add": ""})
    assert "belongs to another account" in answer.content.decode()
    assert not EmailAddress.objects.filter(user=alice, email=bob.email).exists()


def test_a_taken_address_costs_the_time_of_a_new_one(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    encode, hashed = MD5PasswordHasher.encode, []

    def counted(*args: Any) -> Any:
        hashed.append(args)
        return encode(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for email in ("alice@example.org", "dana@example.org"):
        Client().post("/accounts/signup/", {"email": email, "password1": PASSWORD})
        counts.append(len(hashed))
        hashed.clear()
    assert counts[0] == counts[1] > 0


def test_each_of_three_people_logs_in_as_themselves(alice: User, bob: User, charlie: User) -> None:
    for person in (alice, bob, charlie):
        client = Client()
        assert log_in(client, person.email.upper()).url == "/"
        assert who(client) == person.pk


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client: Client, alice: User) -> None:
    answers = [log_in(client, email, "wrong 12345") for email in (alice.email, "no@example.org")]
    wrong, unknown = map(form_errors, answers)
    assert wrong == unknown
    assert wrong
    assert who(client) is None


def test_guessing_is_stopped_even_for_the_right_password(client: Client, alice: User) -> None:
    for _attempt in range(5):
        log_in(client, alice.email, "wrong 12345")
    refused = log_in(client, alice.email)
    assert refused.status_code == 429
    assert 240 < int(refused.headers["Retry-After"]) <= 300
    assert form_errors(refused) == {"Too many attempts to log in. Try again in 5 minutes."}
    assert who(client) is None


def test_a_suspended_person_logs_in(client: Client, alice: User) -> None:
    alice.suspended_until = timezone.now() + timedelta(days=1)
    alice.save()
    log_in(client, alice.email)
    assert who(client) == alice.pk


def test_a_deactivated_person_does_not(client: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert log_in(client, alice.email).url == "/accounts/inactive/"
    assert who(client) is None


def test_visitors_come_back_to_where_they_were_going(client: Client, alice: User, say: Any) -> None:
    address = say(alice, "hello", "hi").get_absolute_url()
    login_page = client.get(address)
    assert login_page.url == f"/accounts/login/?next={address}"
    assert f'value="{address}"' in client.get(login_page.url).content.decode()
    assert log_in(client, alice.email, next=address).url == address


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(alice: User, target: str) -> None:
    assert log_in(Client(), alice.email, next=target).url == "/"
    data = {"email": "dana@example.org", "password1": PASSWORD, "next": target}
    assert Client().post("/accounts/signup/", data).url == "/"
    assert browser_of(alice).post("/accounts/logout/", {"next": target}).url == "/accounts/login/"


def test_logging_out_ends_this_session_only(alice: User) -> None:
    here, there = browser_of(alice), browser_of(alice)
    assert here.get("/accounts/logout/").status_code == 200
    assert who(here) == alice.pk
    here.post("/accounts/logout/")
    assert (who(here), who(there)) == (None, alice.pk)


def test_a_forgotten_password_is_reset_by_mail(client: Client, alice: User, bob: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    [letter] = mail.outbox
    assert letter.to == [alice.email]
    [link] = re.findall(r"http://127.0.0.1:8000(/\S+)", letter.body)
    form = client.get(link).url
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert who(client) == alice.pk
    assert log_in(Client(), alice.email).status_code == 200
    other = Client()
    log_in(other, alice.email, NEW_PASSWORD)
    assert who(other) == alice.pk
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_a_reset_link_works_once(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    [link] = re.findall(r"http://127.0.0.1:8000(/\S+)", mail.outbox[0].body)
    form = client.get(link).url
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    again = Client()
    assert b'name="password1"' not in again.get(link, follow=True).content
    assert who(again) is None


def test_asking_for_a_reset_does_not_tell_who_has_an_account(client: Client, alice: User) -> None:
    known, unknown = (
        client.post("/accounts/password/reset/", {"email": email})
        for email in (alice.email, "no@example.org")
    )
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_new_password_ends_the_other_sessions(alice: User) -> None:
    here, there = browser_of(alice), browser_of(alice)
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert here.get("/accounts/password/change/").status_code == 200
    assert there.get("/accounts/password/change/").status_code == 302
