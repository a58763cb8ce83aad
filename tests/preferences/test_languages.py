"""The language that somebody reads: it follows their account, and nobody else's."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from asgiref.sync import sync_to_async
from django.core import mail
from django.test import Client
from django.utils import timezone

from chat.models import Preferences, User
from chat.personas import actions as personas
from tests.conftest import PASSWORD, browser_of
from tests.preferences.test_preferences import GENERAL

pytestmark = pytest.mark.django_db

LOGIN, SETTINGS = "/accounts/login/", "/settings/"


def language_of(client: Client, path: str = SETTINGS) -> str:
    answer = client.get(path)
    [lang] = re.findall(r'<html\s+lang="([^"]+)"', answer.content.decode())
    assert answer.headers["Content-Language"] == lang
    return lang


def choose(client: Client, code: str, **more: str) -> Client:
    answer = client.post("/i18n/setlang/", {"language": code, "next": LOGIN, **more})
    assert (answer.status_code, answer.url) == (302, LOGIN)
    return client


def log_in(client: Client, person: User) -> None:
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302


@pytest.fixture
def visitor(alice: User, bob: User) -> Client:
    for person in (alice, bob):
        person.set_password(PASSWORD)
        person.save()
    return Client()


@pytest.mark.parametrize("way", ["settings", "card"])
def test_it_holds_in_every_browser_of_who_chose_it_and_in_no_other(alice, bob, way):
    here, there, other = browser_of(alice), browser_of(alice), browser_of(bob)
    other.cookies["django_language"] = "fr"
    if way == "settings":
        here.post(SETTINGS, GENERAL | {"language": "ja"})
    else:
        choose(here, "ja")
    assert Preferences.objects.get().person == alice
    assert [language_of(client) for client in (here, there, other)] == ["ja", "ja", "fr"]
    there.cookies["django_language"] = "de"
    assert language_of(there) == "ja"
    assert language_of(there, "/nowhere/") == "ja"
    here.post("/accounts/logout/")
    assert language_of(here, LOGIN) == "ja"


def test_a_form_of_one_person_cannot_change_the_language_of_another(alice, bob):
    Preferences.objects.create(person=bob, language="ko")
    choose(browser_of(alice), "ja", person=str(bob.pk), user=str(bob.pk))
    assert dict(Preferences.objects.values_list("person", "language")) == {bob.pk: "ko", alice.pk: "ja"}


def test_no_visitor_costs_a_row_or_a_query_and_what_is_no_language_is_nothing(
    alice, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert language_of(choose(Client(), "ja"), LOGIN) == "ja"
    client = browser_of(alice)
    for code in ("xx", "", "it", "../en", "ja\x00"):
        choose(client, code)
    client.get("/i18n/setlang/?language=ja&next=/accounts/login/")
    assert not Preferences.objects.exists()
    assert client.post("/i18n/setlang/", {"language": "ja", "next": "https://evil.example/"}).url == "/"


def test_a_script_is_not_sent_to_another_page(alice):
    answer = browser_of(alice).post("/i18n/setlang/", {"language": "ja"}, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert Preferences.objects.get().language == "ja"


def switched(client: Client, path: str, code: str, fields: dict[str, str]) -> str:
    """The page that comes of a switch without a script, in its new language."""
    answer = client.post(path, {**fields, "language": code, "switch-language": ""})
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, code)
    page: str = answer.content.decode()
    assert f'lang="{code}"' in page
    return page


def test_a_switch_without_a_script_keeps_what_was_typed_but_never_a_password():
    visitor = Client()
    fields = {"email": "half@", "password1": "Not to be kept 1", "next": "/c/"}
    page = switched(visitor, "/accounts/signup/", "ko", fields)
    assert 'value="half@"' in page
    assert 'name="next" value="/c/"' in page
    assert "Not to be kept" not in page
    assert "field-error" not in page  # it is not a try to sign up
    assert not User.objects.exists()
    assert "sessionid" not in visitor.cookies
    assert "half" not in str(visitor.cookies)
    assert language_of(visitor, LOGIN) == "ko"


def test_a_switch_of_a_form_saves_nothing_and_keeps_the_language_with_the_account(alice):
    client = browser_of(alice)
    written = {"name": "Pirat", "instructions": "Sprich wie <ein> Pirat.", "starter1": "Ahoi?"}
    page = switched(client, "/personas/new/", "de", written)
    assert 'value="Pirat"' in page
    assert "Sprich wie &lt;ein&gt; Pirat." in page
    assert 'value="Ahoi?"' in page
    assert not alice.personas.exists()
    assert Preferences.objects.get().language == "de"


@pytest.mark.parametrize("code", ["xx", "", "../en"])
def test_a_switch_to_no_language_is_a_form_like_any_other(code):
    answer = Client().post("/accounts/signup/", {"language": code, "switch-language": ""})
    assert b"field-error" in answer.content


def test_a_switch_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/signup/")
    answer = client.post("/accounts/signup/", {"language": "ko", "switch-language": ""})
    assert answer.status_code == 403
    assert "django_language" not in answer.cookies


def test_a_switch_is_no_try_that_is_counted():
    visitor = Client()
    for _ in range(30):  # of which 20 a minute may be sent
        switched(visitor, "/accounts/password/reset/", "fr", {"email": "ask@example.org"})
    assert mail.outbox == []


@pytest.mark.parametrize("mails", ["", "consolemail://"])
@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_the_choice_belongs_to_the_form_of_a_page_that_has_one(settings, path, mails):
    settings.EMAIL_URL = mails
    page = Client().get(f"/accounts/{path}/").content.decode()
    count = 1 if mails or path != "password/reset" else 0
    assert page.count('id="card-form"') == count
    assert page.count('form="card-form"') == 2 * count  # the choice and its button


def test_what_is_chosen_before_a_log_in_is_kept_where_nothing_was(visitor, alice, bob):
    log_in(choose(visitor, "zh-hant"), alice)
    assert Preferences.objects.get(person=alice).language == "zh-hant"
    assert language_of(browser_of(alice)) == "zh-hant"
    visitor.post("/accounts/logout/")
    log_in(visitor, bob)  # it was not chosen for who comes next
    assert not Preferences.objects.filter(person=bob).exists()


def test_what_is_chosen_before_a_log_in_goes_before_the_account_s_in_that_session(visitor, alice):
    Preferences.objects.create(person=alice, language="ja")
    log_in(choose(visitor, "ko"), alice)
    assert [language_of(visitor), language_of(browser_of(alice))] == ["ko", "ja"]
    visitor.post(SETTINGS, GENERAL | {"language": "ko"})  # as it is: nothing was chosen
    assert Preferences.objects.get().language == "ja"
    visitor.post(SETTINGS, GENERAL | {"language": "de"})
    assert [language_of(visitor), language_of(browser_of(alice))] == ["de", "de"]
    Preferences.objects.update(language="ja")
    visitor.post("/accounts/logout/")
    log_in(visitor, alice)
    assert language_of(visitor) == "ja"
    visitor.post("/accounts/logout/")
    assert language_of(visitor, LOGIN) == "ja"


def test_it_costs_no_query_more(alice, django_assert_num_queries):
    client = choose(browser_of(alice), "ja")
    with django_assert_num_queries(2):  # the session, and its person with what they prefer
        assert language_of(client) == "ja"


def test_each_option_is_named_in_its_language_and_the_one_that_is_read_is_chosen(alice):
    for client, path in ((browser_of(alice), SETTINGS), (Client(), LOGIN)):
        page = choose(client, "ko").get(path).content.decode()
        options = re.findall(
            r'<option value="([^"]+)" lang="([^"]+)"|<option value="([^"]+)" selected lang', page
        )
        assert len([option for option in options if option[0] == option[1] or option[2]]) == 12
        assert re.search(r'<option value="ko"[^>]* selected[^>]*>\s*한국어', page)


def test_mails_are_in_it_whoever_asks_for_them(alice, bob):
    for person in (alice, bob):
        EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    Preferences.objects.create(person=alice, language="zh-hans")
    for person in (alice, bob):
        headers = {"accept-language": "de"}
        Client().post("/accounts/password/reset/", {"email": person.email}, headers=headers)
    theirs, other = mail.outbox
    assert theirs.subject == "重设你在 GPT 小站 的密码"
    assert "Passwort" in other.subject
    mail.outbox.clear()
    Client().post("/accounts/signup/", {"email": alice.email, "password1": PASSWORD})
    assert all("GPT 小站" in told.subject for told in mail.outbox)


@pytest.mark.django_db(transaction=True)
async def test_sockets_and_personas_speak_it_by_the_reader_s_clock(
    alice, bob, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 1, 20, tzinfo=UTC))
    await Preferences.objects.acreate(person=alice, language="ja", time_zone="Asia/Tokyo")
    for person, told in ((alice, "日本語, 金曜日, 2026-01-02!"), (bob, "English, Thursday, 2026-01-01!")):
        tab = await open_tab(person)
        persona = await sync_to_async(personas.create)(
            person, {"name": "Pirate", "instructions": "{{language}}, {{date}}!", "parameters": {}}
        )
        conversation = await sync_to_async(personas.start)(person, persona.uuid)
        await tab.send("Hello", conversation.uuid)
        await tab.until("ended")
        assert provider.requests[-1].messages[0]["content"].endswith(told)
    tab = await open_tab(alice)
    await tab.say(type="watch", conversation="00000000-0000-0000-0000-000000000001")
    assert re.search(r"[ぁ-ん]", (await tab.until("error"))["text"])
