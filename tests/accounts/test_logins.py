"""Who may try to log in, and how often: a class at once, a stranger who guesses, and the owner beside them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail, signing
from django.db import connection
from django.test import Client

from chat.accounts import logins
from chat.core import limits
from chat.core.limits import Allowance
from chat.models import User
from tests.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db
WRONG = "wrong 12345"


def log_in(client: Client, email: str, password: str = PASSWORD, at: str = "192.0.2.1") -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=at)


def guess(email: str, times: int, at: str) -> None:
    for _ in range(times):
        log_in(Client(), email, WRONG, at)


def all_at_once(work: list[Callable[[], int]]) -> list[int]:
    """What they give, all begun together, each in a thread with a connection of its own."""
    ready = threading.Barrier(len(work))

    def begin(one: Callable[[], int]) -> int:
        ready.wait(30)
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(begin, work))


@pytest.mark.django_db(transaction=True)
def test_a_class_of_thirty_at_one_address_logs_in_at_once() -> None:
    people = [User.objects.create_user(f"{number}@example.org", PASSWORD) for number in range(30)]
    answers = all_at_once([lambda at=one.email: log_in(Client(), at).status_code for one in people])
    assert answers == [302] * 30


@pytest.mark.django_db(transaction=True)
def test_so_does_one_person_in_twenty_browsers(alice: User) -> None:
    answers = all_at_once([lambda: log_in(Client(), alice.email).status_code] * 20)
    assert answers == [302] * 20


@pytest.mark.django_db(transaction=True)
def test_of_guesses_at_once_no_more_are_looked_at_than_one_after_another(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = MD5PasswordHasher.verify

    def counted(hasher: Any, password: str, encoded: str) -> bool:
        verified.append(password)
        return verify(hasher, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", counted)
    answers = all_at_once([lambda: log_in(Client(), alice.email, WRONG).status_code] * 20)
    assert sorted(answers) == [200] * 5 + [429] * 15
    assert verified == [WRONG] * logins.TRIES_OF_STRANGERS


def test_a_stranger_who_guesses_locks_out_neither_the_owners_browser_nor_their_address(alice: User) -> None:
    browser = Client()
    assert log_in(browser, alice.email, at="192.0.2.1").status_code == 302
    browser.post("/accounts/logout/")
    guess(alice.email, 7, at="198.51.100.9")
    assert log_in(Client(), alice.email, at="203.0.113.5").status_code == 429  # a new place is a stranger's
    assert (
        log_in(browser, alice.email, at="203.0.113.5").status_code == 302
    )  # on the road, with their browser
    assert log_in(Client(), alice.email, at="192.0.2.1").status_code == 302  # at home, with another


def test_a_stranger_who_goes_on_when_refused_does_not_use_up_the_owners_log_ins(alice: User) -> None:
    browser = Client()
    log_in(browser, alice.email)
    browser.post("/accounts/logout/")
    guess(alice.email, logins.LOGINS_A_MINUTE + 1, at="198.51.100.9")
    assert log_in(browser, alice.email).status_code == 302


def test_who_shares_the_owners_address_does_not_lock_out_their_browser(alice: User) -> None:
    browser = Client()
    log_in(browser, alice.email)
    browser.post("/accounts/logout/")
    guess(alice.email, 11, at="192.0.2.1")
    assert log_in(Client(), alice.email).status_code == 429
    assert log_in(browser, alice.email).status_code == 302


def test_who_guesses_at_many_accounts_does_not_lock_known_browsers_of_the_same_address_out(
    alice: User,
) -> None:
    browser = Client()
    log_in(browser, alice.email)
    browser.post("/accounts/logout/")
    for number in range(logins.TRIES_OF_ADDRESS + 1):
        guess(f"{number}@example.org", 1, at="192.0.2.1")
    assert log_in(Client(), alice.email).status_code == 429
    assert log_in(browser, alice.email).status_code == 302


def test_a_known_browser_may_not_guess_without_end_either(alice: User) -> None:
    browser = Client()
    log_in(browser, alice.email)
    browser.post("/accounts/logout/")
    answers = [log_in(browser, alice.email, WRONG).status_code for _ in range(logins.TRIES_WHERE_KNOWN + 1)]
    assert answers == [200] * logins.TRIES_WHERE_KNOWN + [429]


def test_a_browser_known_to_one_account_is_a_stranger_to_another(alice: User, bob: User) -> None:
    browser = Client()
    log_in(browser, bob.email)
    browser.post("/accounts/logout/")
    guess(alice.email, 6, at="198.51.100.9")
    assert log_in(browser, alice.email, at="203.0.113.5").status_code == 429


COOKIES = {
    "empty": lambda: "",
    "a letter": lambda: "x",
    "signed for something else": lambda: signing.dumps({"a": "b"}),
    "of another shape": lambda: signing.dumps(["a"], salt=logins.SALT),
    "no ASCII": lambda: "é" * 50,
}


@pytest.mark.parametrize("make", COOKIES.values(), ids=COOKIES)
def test_a_cookie_of_ones_own_making_makes_nobody_known(alice: User, make: Callable[[], str]) -> None:
    cookie = make()
    guess(alice.email, 6, at="198.51.100.9")
    client = Client()
    client.cookies[logins.COOKIE] = cookie
    assert log_in(client, alice.email, at="203.0.113.5").status_code == 429


def test_the_cookie_names_nobody_and_scripts_do_not_read_it(alice: User, bob: User) -> None:
    browser = Client()
    for person in (alice, bob):
        log_in(browser, person.email)
        browser.post("/accounts/logout/")
    cookie = browser.cookies[logins.COOKIE]
    known = signing.loads(cookie.value, salt=logins.SALT)
    assert len(known) == 2
    assert "example" not in str(known)
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        True,
        "Lax",
        logins.BROWSER_KNOWN_FOR,
    )


def test_one_browser_knows_the_latest_ten_accounts(alice: User) -> None:
    browser = Client()
    for number in range(12):
        person = User.objects.create_user(f"{number}@example.org", PASSWORD)
        log_in(browser, person.email)
        browser.post("/accounts/logout/")
    known = signing.loads(browser.cookies[logins.COOKIE].value, salt="chat.logins.device")
    assert list(known) == [logins.account_hash(f"{number}@example.org") for number in range(2, 12)]


def test_an_unknown_account_is_refused_as_a_known_one_is(alice: User) -> None:
    for email in (alice.email, "nobody@example.org"):
        answers = [log_in(Client(), email, WRONG, at="198.51.100.9") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_one_address_does_not_try_one_password_on_every_account() -> None:
    answers = [
        log_in(Client(), f"{number}@example.org", WRONG).status_code
        for number in range(logins.TRIES_OF_ADDRESS + 1)
    ]
    assert answers == [200] * logins.TRIES_OF_ADDRESS + [429]
    assert log_in(Client(), "else@example.org", WRONG, at="192.0.2.2").status_code == 200


def test_two_addresses_of_one_ipv6_network_count_as_one(alice: User) -> None:
    limits.take(
        Allowance("log-in tries", "address 2001:db8::", logins.TRIES_OF_ADDRESS, 300),
        count=logins.TRIES_OF_ADDRESS,
    )
    assert log_in(Client(), alice.email, at="2001:db8::1:2:3").status_code == 429
    assert log_in(Client(), alice.email, at="2001:db8:0:1::1").status_code == 302


def test_a_new_password_by_mail_ends_the_lock_out(client: Client, alice: User) -> None:
    guess(alice.email, 6, at="198.51.100.9")
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = next(word for word in str(mail.outbox[0].body).split() if "/password/reset/key/" in word)
    form = client.get(link.removeprefix("http://testserver")).url
    client.post(form, {"password1": "seven green 12 bicycles", "password2": "seven green 12 bicycles"})
    answer = log_in(Client(), alice.email, "seven green 12 bicycles", at="203.0.113.5")
    assert answer.status_code == 302


def test_wrong_tries_when_asked_for_the_password_again_count_too(alice: User) -> None:
    browser = browser_of(alice)
    for _ in range(5):
        browser.post("/accounts/reauthenticate/", {"password": WRONG})
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 429


# The other forms


def test_forms_of_accounts_are_sent_so_often_and_say_when_again(client: Client, settings: Any) -> None:
    answers = [client.post("/accounts/password/reset/", {"email": f"{n}@example.org"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert "Too many attempts. Try again in" in answers[-1].content.decode()
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    elsewhere = client.post("/accounts/password/reset/", {"email": "a@example.org"}, REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 302


def test_nobodys_mailbox_is_flooded_from_many_addresses(alice: User) -> None:
    for number in range(12):
        form = {"email": alice.email.upper() if number % 2 else f" {alice.email}"}
        Client().post("/accounts/password/reset/", form, REMOTE_ADDR=f"192.0.2.{number}")
    assert len(mail.outbox) == 10


def reset(browser: Client, email: str, at: str) -> int:
    return browser.post("/accounts/password/reset/", {"email": email}, REMOTE_ADDR=at).status_code


def test_a_stranger_who_asks_for_resets_does_not_keep_the_owner_from_one(alice: User) -> None:
    home, new = Client(), Client()
    log_in(home, alice.email)
    for name in (f"{alice.email} x", f"{alice.email}, by devices", *[alice.email] * 20):
        reset(Client(), name, at="192.0.2.9")
    assert len(mail.outbox) == 10
    assert reset(new, alice.email, at="192.0.2.1") == 429
    home.post("/accounts/logout/")
    # As typed on a phone, and from an address that others have used up
    assert reset(home, f" {alice.email.upper()} ", at="192.0.2.9") == 302
    assert len(mail.outbox) == 11
    # It knows this account, and no other
    assert reset(home, "bob@example.org", at="192.0.2.9") == 429


def test_known_browsers_ask_for_so_many_resets_too(alice: User) -> None:
    browsers = [Client() for _ in range(3)]
    for browser in browsers:
        log_in(browser, alice.email)
        browser.post("/accounts/logout/")
    answers = [[reset(browser, alice.email, at="192.0.2.1") for _ in range(6)] for browser in browsers]
    assert [row.count(302) for row in answers] == [5, 4, 0]  # what is refused counts towards all together
    assert len(mail.outbox) == 9


def test_a_stolen_session_does_not_guess_the_password(alice: User) -> None:
    browser = browser_of(alice)
    form = {"oldpassword": WRONG, "password1": "seven green 12", "password2": "seven green 12"}
    answers = [browser.post("/accounts/password/change/", form).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


# Signing up


def sign_up(email: str, at: str = "192.0.2.1", password: str = PASSWORD) -> Any:
    return Client().post("/accounts/signup/", {"email": email, "password1": password}, REMOTE_ADDR=at)


def test_one_address_makes_so_many_accounts_an_hour(settings: Any, caplog: Any, alice: User) -> None:
    settings.SIGNUPS_PER_ADDRESS = 2
    assert sign_up("not an address").status_code == 200  # makes none, and counts for none
    assert sign_up("a@example.org").status_code == 302
    assert sign_up("b@example.org").status_code == 302
    refused = sign_up("c@example.org")
    assert refused.status_code == 429
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert "Too many accounts were created from your network." in refused.content.decode()
    assert "refused 192.0.2.1: too_many_signups" in caplog.text
    assert not User.objects.filter(email="c@example.org").exists()
    assert sign_up("c@example.org", at="192.0.2.2").status_code == 302


def test_taken_addresses_are_counted_where_nobody_is_to_know_that_they_are(
    settings: Any, alice: User
) -> None:
    settings.SIGNUPS_PER_ADDRESS, settings.ACCOUNT_EMAIL_VERIFICATION = 2, "mandatory"
    assert [sign_up(alice.email).status_code for _ in range(3)] == [302, 302, 429]


def test_nobody_asks_one_address_after_another_whether_it_is_taken(settings: Any, alice: User) -> None:
    settings.SIGNUPS_PER_ADDRESS = 1
    assert [sign_up(alice.email).status_code for _ in range(6)] == [200] * 5 + [429]


def test_zero_is_no_limit(settings: Any) -> None:
    settings.SIGNUPS_PER_ADDRESS = 0
    assert {sign_up(f"{number}@example.org").status_code for number in range(5)} == {302}


def test_a_class_of_thirty_signs_up_in_one_minute() -> None:
    assert {sign_up(f"{number}@example.org").status_code for number in range(30)} == {302}
