"""The mails this site sends: plain words, the site's name, the reader's language."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from chat.accounts.adapter import AccountAdapter
from chat.models import User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "seven green 12 bicycles"
SITE = {"en": "GPT site", "zh-hans": "GPT 小站"}
EVERYTHING = {
    "email": "o'neil+a&b@example.org",
    "password_reset_url": "https://chat.example.org/reset/?a=1&b=2",
    "activate_url": "https://chat.example.org/confirm/MQ:1/",
    "from_email": "o'neil+a&b@example.org",
    "to_email": "new@example.org",
    "deleted_email": "o'neil+a&b@example.org",
    "ip": "192.0.2.7",
    "user_agent": "Firefox's <best>",
    "page_url": "https://chat.example.org/settings/chats/links/1/",
    "reason": "Names'&<others>",
}
KINDS = [
    "account_already_exists",
    "email_changed",
    "email_confirmation",
    "email_confirmation_signup",
    "email_deleted",
    "password_changed",
    "password_reset",
    "password_reset_key",
    "password_set",
    "share_taken_down",
]


def letter(kind: str, language: str) -> EmailMessage:
    context: dict[str, Any] = EVERYTHING | {"timestamp": timezone.now()}
    with translation.override(language), request_context(RequestFactory().get("/")):
        AccountAdapter().send_mail(f"account/email/{kind}", "alice@example.org", context)
    return mail.outbox[-1]


@pytest.mark.parametrize("language", SITE)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_is_ours_in_both_languages(kind: str, language: str) -> None:
    found = letter(kind, language)
    assert SITE[language] in found.subject
    assert str(found.body).splitlines()[0] == {"en": "Hello,", "zh-hans": "你好："}[language]
    assert SITE[language] in str(found.body)
    assert "您" not in f"{found.subject}{found.body}"
    assert not re.search("example.com|&amp;|&#|&lt;|{{|\n{4}", str(found.body))


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_has_english_left_in_another_language(kind: str) -> None:
    def sentences(language: str) -> set[str]:
        found = letter(kind, language)
        return {line for line in f"{found.subject}\n{found.body}".splitlines() if " " in line}

    english = sentences("en") - {"Browser: Firefox's <best>"}  # as in German
    left = {language: sentences(language) & english for language, _ in settings.LANGUAGES if language != "en"}
    assert set().union(*left.values()) == set(), left


@pytest.mark.django_db
def test_a_sign_up_is_confirmed_in_the_language_of_its_page(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    subjects = {
        "de": "Bestätige deine E-Mail-Adresse für GPT-Website",
        "es": "Confirma tu dirección de correo para Sitio GPT",
    }
    for language, subject in subjects.items():
        client = Client(headers={"accept-language": "fr"})
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language  # which people choose, and which goes first
        client.post("/accounts/signup/", {"email": f"{language}@example.org", "password1": PASSWORD})
        assert mail.outbox[-1].subject == subject


@pytest.mark.parametrize("kind", ["password_reset_key", "email_confirmation"])
def test_a_mail_with_a_link_says_how_long_it_works(kind: str, settings: Any) -> None:
    assert " in 3 days. " in str(letter(kind, "en").body)
    settings.PASSWORD_RESET_TIMEOUT, settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 24 * 3600, 1
    assert " in one day. " in str(letter(kind, "en").body)


def test_a_change_of_password_is_told_by_mail(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client = Client(HTTP_USER_AGENT="Firefox")
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/password/change/", data)
    [told] = mail.outbox
    assert (told.to, told.subject) == ([alice.email], "Your password for GPT site was changed")
    assert "http://127.0.0.1:8000/accounts/password/reset/" in told.body
    assert "Browser: Firefox" in told.body


def test_somebody_with_an_account_who_signs_up_again_is_told_by_mail(alice: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    Client().post("/accounts/signup/", {"email": alice.email, "password1": PASSWORD})
    [told] = mail.outbox
    assert told.subject == "You already have an account at GPT site"


def test_a_reset_by_mail_is_confirmed_by_another(alice: User) -> None:
    client = Client()
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    client.post("/accounts/password/reset/", {"email": alice.email}, headers={"accept-language": "zh-hans"})
    [asked] = mail.outbox
    assert asked.subject == "重设你在 GPT 小站 的密码"
    [link] = re.findall(r"http://127.0.0.1:8000(/\S+)", asked.body)
    form = client.get(link).url
    client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert [told.subject for told in mail.outbox[1:]] == ["Your password for GPT site was changed"]


def test_removing_an_address_is_told_to_the_one_that_stays(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    EmailAddress.objects.create(user=alice, email="old@example.org", verified=True)
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/email/", {"email": "old@example.org", "action_remove": ""})
    [told] = mail.outbox
    assert told.to == [alice.email]
    assert "The email address old@example.org was removed" in told.body
