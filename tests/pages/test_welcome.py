"""What an empty chat says: the greeting, the starters, and what is still to do on a new site."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from chat.catalog import environment
from chat.models import ModelProvider, OfferedModel, Preferences, User
from chat.pages import welcome
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

NOBODY_YET = "Nobody has an account here yet. Create the first one."
NOT_YET, CONNECT = "You’re not an administrator yet", "Connect a model"
A_DAY = date(2026, 11, 29)


@pytest.fixture
def _demo():
    """Nothing but the demo replies."""
    owner = object()
    environment.announce(owner, lambda: SimpleNamespace(kind="demo", label="", model="demo"))
    yield
    environment.retract(owner)


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root@example.org", "x")


def page_of(person, path="/", **headers):
    return browser_of(person).get(path, headers=headers).content.decode()


def test_a_site_without_accounts_opens_on_sign_up_and_later_on_log_in():
    answer = Client().get("/c/?q=1".replace("c/", "prompts/"), follow=True)
    assert answer.redirect_chain == [("/accounts/signup/?next=/prompts/%3Fq%3D1", 302)]
    page = answer.content.decode()
    assert NOBODY_YET in page
    assert "Already have an account?" not in page
    User.objects.create_user("ada@example.org", "x")
    assert Client().get("/").url == "/accounts/login/?next=/"
    page = Client().get("/accounts/signup/").content.decode()
    assert NOBODY_YET not in page
    assert "Already have an account?" in page


def test_where_sign_up_is_closed_a_site_without_accounts_opens_on_log_in(settings):
    settings.SIGNUP = "closed"
    assert Client().get("/").url == "/accounts/login/?next=/"


def test_that_there_are_accounts_is_asked_until_there_is_one(alice, django_assert_num_queries):
    Client().get("/")
    with django_assert_num_queries(0):
        Client().get("/")


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (4, "How can I help, Ada?"),
        (5, "Good morning, Ada"),
        (12, "Good afternoon, Ada"),
        (23, "Good evening, Ada"),
    ],
)
def test_people_are_greeted_by_name_and_by_their_own_clock(rf, monkeypatch, hour, words):
    monkeypatch.setattr(welcome.timezone, "localtime", lambda: SimpleNamespace(hour=hour))
    request = rf.get("/")
    assert welcome.greeting(request, User(name="Ada")) == "How can I help, Ada?"
    request.preferences = Preferences(time_zone="Asia/Shanghai")
    assert welcome.greeting(request, User(name="Ada")) == words
    request.preferences = None
    request.COOKIES["timezone"] = "Europe/London"
    assert welcome.greeting(request, User(name=" Ada ")) == words


def test_who_has_no_name_is_not_greeted_by_the_email(rf):
    assert welcome.greeting(rf.get("/"), User(email="ada@example.org")) == "What’s on your mind?"


def test_a_name_is_text_on_the_page(alice):
    User.objects.update(name="<b>%(name)s")
    assert "How can I help, &lt;b&gt;%(name)s?" in page_of(alice)


def test_starters_are_one_of_each_kind_the_same_all_day_and_others_on_other_days(alice, bob):
    today = welcome.starters(alice, A_DAY)
    assert today == welcome.starters(alice, A_DAY)
    assert [starter in map(str, kind) for starter, kind in zip(today, welcome.STARTERS, strict=True)] == [
        True
    ] * 4
    days = [A_DAY + timedelta(days=n) for n in range(30)]
    seen = {starter for day in days for starter in welcome.starters(alice, day)}
    assert seen == {str(starter) for kind in welcome.STARTERS for starter in kind}
    assert [welcome.starters(alice, day) for day in days] != [welcome.starters(bob, day) for day in days]


@pytest.mark.usefixtures("_demo")
def test_only_the_first_account_is_told_how_to_become_administrator_until_there_is_one(alice, charlie):
    page = page_of(alice)
    assert NOT_YET in page
    assert "make admin EMAIL=alice@example.org" in page
    assert CONNECT not in page
    for words in (NOT_YET, "make admin", CONNECT, "OPENAI_API_KEY"):
        assert words not in page_of(charlie)
    call_command("administrator", "Alice@example.org")
    page = page_of(alice)
    assert NOT_YET not in page
    assert CONNECT in page
    assert '<a href="/admin/chat/modelprovider/add/">' in page
    assert User.objects.get(pk=alice.pk).check_password("correct horse 7 battery")


@pytest.mark.usefixtures("_demo")
def test_who_may_connect_models_is_asked_to_while_only_the_demo_replies(root, alice, bob, charlie):
    charlie.is_staff = True
    charlie.save()
    charlie.groups.add(Group.objects.get(name="Administrators"))
    told = [CONNECT in page_of(person) for person in (root, charlie, bob, alice)]
    assert told == [True, True, False, False]
    # What comes after a new chat that is opened without a new page
    assert CONNECT in page_of(root, **{"X-Fragment": "1"})
    provider = ModelProvider.objects.create(name="School", base_url="https://example.org/v1")
    OfferedModel.objects.create(provider=provider, name="gpt-4o", is_offered=True)
    assert CONNECT not in page_of(root)


def test_with_a_model_of_the_environment_nothing_is_to_do(root):
    assert CONNECT not in page_of(root)


@pytest.mark.usefixtures("_demo")
def test_a_notice_that_is_dismissed_stays_away_for_this_session_alone(alice):
    mine, other = browser_of(alice), browser_of(alice)
    assert mine.post("/notices/dismiss/", {"notice": "administrator"}).url == "/"
    mine.post("/notices/dismiss/", {"notice": "x" * 5000})
    assert mine.session[welcome.DISMISSED] == ["administrator"]
    assert NOT_YET not in mine.get("/").content.decode()
    assert NOT_YET in other.get("/").content.decode()


def test_a_member_s_page_asks_nothing_for_notices_once_there_is_an_administrator(
    root, alice, django_assert_num_queries, monkeypatch
):
    client = browser_of(alice)
    client.get("/")
    with django_assert_num_queries(0):
        assert welcome.setup_notice(SimpleNamespace(session={}), alice, None) == ""


def test_a_deactivated_account_is_not_made_an_administrator(alice):
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="alice@example.org is deactivated"):
        call_command("administrator", alice.email)
    assert not User.objects.get().is_superuser


def test_an_email_without_an_account_becomes_a_new_administrator(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse 7 battery")
    called = []
    monkeypatch.setattr(
        "chat.management.commands.administrator.call_command", lambda *a, **kw: called.append((a, kw))
    )
    call_command("administrator", "new@example.org")
    call_command("administrator")
    assert called == [(("createsuperuser",), {"email": "new@example.org"}), (("createsuperuser",), {})]
