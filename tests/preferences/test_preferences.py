"""What a person prefers: their own settings pages, what they change, and that nobody else has anything of it."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from chat.models import Message, Preferences, User
from chat.models.preferences import LONGEST_WISH
from chat.preferences.time_zones import place_of, time_zones
from chat.replies import actions
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Fragment": "1"}
GENERAL = {
    "name": "Ada",
    "language": "en",
    "theme": "dark",
    "send_key": "ctrl-enter",
    "follows_text": "on",
    "announce": "sentences",
    "time_zone": "Asia/Tokyo",
}
WISHES = {"is_personalised": "on", "about": "I fly {{user}}.\r\nFar.", "reply_style": "Briefly"}


def test_who_changed_nothing_has_the_defaults_and_no_row(alice):
    page = browser_of(alice).get("/").content.decode()
    assert 'data-send-key="enter"' in page and 'data-follow=""' in page
    assert "data-theme" not in page
    assert not Preferences.objects.exists()


def test_what_is_chosen_is_kept_for_its_person_alone(alice, bob):
    client = browser_of(alice)
    answer = client.post("/settings/", GENERAL, headers=SCRIPT)
    assert answer.json() == {
        "theme": "dark",
        "page": {"follow": "1", "sendKey": "ctrl-enter", "announce": "sentences"},
        "reload": True,
    }
    assert client.post("/settings/", GENERAL, headers=SCRIPT).json()["reload"] is False
    page, other = (browser.get("/").content.decode() for browser in (client, browser_of(bob)))
    own = ('data-theme="dark"', 'data-send-key="ctrl-enter"', 'data-follow="1"', 'data-announce="sentences"')
    for chosen in own:
        assert chosen in page and chosen not in other
    assert Preferences.objects.get().person == alice
    assert User.objects.get(pk=alice.pk).name == "Ada"
    assert User.objects.get(pk=bob.pk).name == bob.name
    for path in ("/settings/", "/settings/personalisation/"):
        assert 'value="Ada"' not in browser_of(bob).get(path).content.decode()


def test_without_a_script_each_form_is_a_page_that_says_it_is_saved(alice):
    client = browser_of(alice)
    for path, form in (("/settings/", GENERAL), ("/settings/personalisation/", WISHES)):
        page = client.post(path, form, follow=True)
        assert page.redirect_chain == [(path, 303)]
        assert "Settings saved." in page.content.decode()
    page = client.get("/settings/").content.decode()
    assert re.search(r'<option value="Asia/Tokyo" selected>Tokyo<', page)
    assert "I fly {{user}}.\nFar." in client.get("/settings/personalisation/").content.decode()
    for path in ("/settings/", "/settings/personalisation/", "/settings/chats/", "/settings/voice/"):
        page = client.get(path).content.decode()
        assert re.findall(r'href="([^"]+)"\s+aria-current="page"', page) == [path]


@pytest.mark.parametrize(
    ("path", "form", "field", "value"),
    [
        ("/settings/", GENERAL, "name", "two\nlines"),
        ("/settings/", GENERAL, "name", "x" * 81),
        ("/settings/", GENERAL, "language", "xx"),
        ("/settings/", GENERAL, "theme", "pink"),
        ("/settings/", GENERAL, "send_key", "space"),
        ("/settings/", GENERAL, "announce", "shouting"),
        ("/settings/", GENERAL, "time_zone", "../../etc/passwd"),
        ("/settings/personalisation/", WISHES, "about", "x" * (LONGEST_WISH + 1)),
        ("/settings/personalisation/", WISHES, "reply_style", "a\x00b"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field_and_nothing_kept(alice, path, form, field, value):
    answer = browser_of(alice).post(path, form | {field: value}, headers=SCRIPT)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert f'id="id_{field}_error"' in browser_of(alice).post(path, form | {field: value}).content.decode()
    assert not Preferences.objects.exists()
    assert User.objects.get(pk=alice.pk).name == alice.name


def test_only_a_language_that_is_chosen_outlasts_the_browser_s(alice):
    client = browser_of(alice)
    assert "django_language" not in client.post("/settings/", GENERAL).cookies
    chinese = client.post("/settings/", GENERAL | {"language": "zh-hans"})
    assert chinese.cookies["django_language"].value == "zh-hans"
    assert 'lang="zh-hans"' in client.get("/").content.decode()


def test_preferences_cost_a_request_no_query_of_their_own_and_a_visitor_none(
    alice, django_assert_num_queries
):
    client = browser_of(alice)
    client.get("/settings/")
    with django_assert_num_queries(0):
        Client().get("/accounts/login/")
    with django_assert_num_queries(2):  # the session, and its person with what they prefer
        client.get("/settings/")


def test_times_go_by_the_chosen_clock_before_the_browser_s_also_in_mails(alice):
    alice.set_password("correct horse 7 battery")
    alice.save()
    client = browser_of(alice)
    client.cookies["timezone"] = "Europe/Berlin"
    assert "Automatic (Berlin)" in client.get("/settings/").content.decode()
    Preferences.objects.create(person=alice, time_zone="Asia/Tokyo")
    form = {"oldpassword": "correct horse 7 battery", "password1": "another horse 8 battery"}
    client.post("/accounts/password/change/", form | {"password2": form["password1"]})
    assert "(JST)" in mail.outbox[0].body


def test_the_model_is_told_the_day_of_the_chosen_time_zone(alice, say, monkeypatch):
    conversation = say(alice, "When?", "")
    conversation.instructions = "Today is {{date}}."
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 1, 20, tzinfo=UTC))
    reply = Message(parent_id=conversation.tip.parent_id, conversation=conversation, author=alice)
    assert "Thursday, 2026-01-01." in actions.context_for(reply).system
    Preferences.objects.create(person=alice, time_zone="Asia/Tokyo")
    assert "Friday, 2026-01-02." in actions.context_for(reply).system


def test_every_place_has_a_name_of_its_own():
    names = [name for _, places in time_zones() for name, _ in places]
    assert len(names) == len(set(names)) > 300
    assert {"Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires"} <= set(names)
    assert place_of("America/Argentina/Buenos_Aires") == "Buenos Aires (Argentina)"
    assert place_of("UTC") == "UTC"
