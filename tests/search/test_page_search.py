"""The page of the search, what the palette gets, and where a hit leads: the owner, the moderator, the stranger."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.models import Conversation, Message
from chat.pages import landing, search
from chat.projects import actions as projects
from chat.search import index
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}


@pytest.fixture
def talk(alice, say):
    conversation = say(alice, "What is <b>Django</b>?", "A web framework.", "北京的天气", "晴天")
    index.add(Message.objects.all())
    return conversation


def page(person, query="", **headers):
    """Return the page, without the list at its side."""
    answer = browser_of(person).get(f"/search/{query}", headers=headers)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r'<nav id="sidebar".*?</nav>', "", answer.content.decode(), flags=re.DOTALL)


def test_the_owner_finds_messages_with_their_words_marked_and_no_html_of_theirs(alice, talk):
    question = Message.objects.get(text__contains="Django")
    text = page(alice, "?q=django")
    assert f'href="/m/{question.uuid}/?q=django"' in text
    assert "What is &lt;b&gt;<mark>Django</mark>&lt;/b&gt;?" in text
    assert "<mark>天气</mark>" in page(alice, "?q=天气")


def test_without_words_the_latest_conversations_are_there(alice, talk):
    assert str(talk.uuid) in page(alice)
    assert str(talk.uuid) in page(alice, "?q=%20")


def test_the_stranger_and_the_moderator_find_nothing(bob, charlie, talk):
    for person in (bob, charlie):
        assert "No results" in page(person, "?q=django")
        assert str(talk.uuid) not in page(person)


def test_the_palette_gets_the_results_alone(alice, talk):
    for asked in ("", "?q=django"):
        text = page(alice, asked, **SCRIPT)
        assert "<html" not in text
        assert 'role="option"' in text
        assert "combobox" not in text


def test_the_palette_gives_what_is_of_today_its_time_and_all_else_its_day(alice, talk):
    question = Message.objects.get(text__contains="Django")
    clock, day = r"\d+:\d\d [AP]M", r"\d\d/\d\d/\d{4}"
    for ago, shown in ((timedelta(0), clock), (timedelta(days=40), day)):
        moment = timezone.now() - ago
        Message.objects.filter(pk=question.pk).update(created_at=moment)
        Conversation.objects.filter(pk=talk.pk).update(last_activity_at=moment)
        for asked in ("", "?q=django"):
            times = re.findall(r"<time[^>]*>\s*(.*?)\s*</time>", page(alice, asked, **SCRIPT))
            assert times
            assert all(re.fullmatch(shown, words) for words in times), times


@pytest.mark.parametrize(
    ("narrowed", "is_found"),
    [
        ("by=user", True),
        ("by=assistant", False),
        ("since=2020-01-01", True),
        ("until=2020-01-01", False),
        ("since=0001-01-01", True),
        ("until=9999-12-31", True),
        ("since=9999-12-31", False),
        ("until=0001-01-01", False),
        ("persona=Tut", True),
        ("persona=Pirate", False),
        ("model=gpt", True),
        ("model=llama", False),
    ],
)
def test_filters_narrow_what_is_found(alice, talk, narrowed, is_found):
    Message.objects.filter(text__contains="Django").update(persona_name="Tutor", model_label="GPT-5")
    assert ("<mark>Django</mark>" in page(alice, f"?q=django&{narrowed}")) == is_found


@pytest.mark.parametrize("narrowed", ["since=xx", "by=nobody", f"model={'x' * 201}"])
def test_a_filter_that_is_none_is_told_at_its_field(alice, talk, narrowed):
    text = page(alice, f"?q=django&{narrowed}")
    assert 'class="field-error"' in text
    assert "<mark>Django</mark>" in text


@pytest.mark.parametrize(
    "typed",
    [
        "%00",
        "%22",
        "*",
        "AND",
        "NEAR(",
        "(" * 2000,
        "x" * 10_000,
        "%ED%A0%80",
        "' OR 1=1 --",
        "-django",
        "%EF%BF%BF",
    ],
)
@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_whatever_is_typed_gets_a_page(alice, talk, typed, headers):
    text = page(alice, f"?q={typed}", **headers)
    assert "No results" in text or str(talk.uuid) in text


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "²"])
def test_a_place_that_is_none_is_the_first(alice, talk, before):
    assert "<mark>Django</mark>" in page(alice, f"?q=django&before={before}")


def test_more_results_follow_on_further_pages(alice, say, monkeypatch):
    monkeypatch.setattr(search, "HITS_A_PAGE", 2)
    for number in range(3):
        say(alice, f"Question {number}", "none")
    index.add(Message.objects.all())
    first = browser_of(alice).get("/search/?q=question+&by=user")
    assert [hit.title for hit in first.context["results"].messages.hits] == ["Question 2", "Question 1"]
    second = browser_of(alice).get(first.context["results"].more_url)
    assert [hit.title for hit in second.context["results"].messages.hits] == ["Question 0"]
    assert second.context["results"].more_url == ""


def test_who_searches_without_a_break_is_asked_to_wait(alice, talk, monkeypatch):
    monkeypatch.setattr(search, "MOST_A_MINUTE", 1)
    client = browser_of(alice)
    assert client.get("/search/?q=a").status_code == 200
    answer = client.get("/search/?q=b", headers=SCRIPT)
    assert answer.status_code == 429
    assert answer.json()["text"].startswith("Too many searches. Try again in ")


def test_a_hit_leads_to_its_message_on_its_branch(alice, say):
    conversation = say(alice, "q", "a", "old wording", "old answer")
    first = Message.objects.get(text="a")
    old = Message.objects.get(text="old wording")
    new = Message.objects.create(conversation=conversation, parent=first, role="user", text="new wording")
    conversation.tip = new
    conversation.save()
    answer = browser_of(alice).get(f"/m/{old.uuid}/?q=old")
    assert answer.url == f"/c/{conversation.uuid}/?at={old.uuid}&q=old#m-{old.uuid}"
    shown = browser_of(alice).get(answer.url).content.decode()
    assert f'id="m-{old.uuid}"' in shown
    assert f'id="m-{new.uuid}"' not in shown
    assert f'data-branch="{old.uuid}"' in shown
    conversation.refresh_from_db()
    assert conversation.tip == new  # whoever fetches a page has done nothing


def test_what_is_on_the_branch_in_view_brings_none_into_view(alice, talk):
    hit = Message.objects.get(text="北京的天气")
    text = browser_of(alice).get(f"/m/{hit.uuid}/", follow=True).content.decode()
    assert f'id="m-{hit.uuid}"' in text
    assert 'data-branch=""' in text


def test_a_page_shows_no_message_of_another_conversation(alice, bob, talk, say):
    hit, client = Message.objects.first(), browser_of(alice)
    assert client.get(f"{say(alice, 'q', 'a').get_absolute_url()}?at={hit.uuid}").status_code == 404
    assert browser_of(bob).get(f"{talk.get_absolute_url()}?at={hit.uuid}").status_code == 404
    assert client.get(f"{talk.get_absolute_url()}?at=x").status_code == 404


def test_a_hit_far_above_the_latest_is_on_the_page_that_it_leads_to(alice, say, monkeypatch):
    monkeypatch.setattr(landing, "MESSAGES_AT_MOST", 6)
    conversation = say(alice, *[str(number) for number in range(90)])
    messages = list(conversation.messages.order_by("pk"))
    client = browser_of(alice)

    def shown(address):
        text = client.get(address, follow=True).content.decode()
        return re.findall(r'id="m-([^"]*)"|class="(older)" href="/', text)

    def ids(rows):
        return [(str(row.uuid), "") for row in rows]

    gap = [("", "older")]
    assert shown(f"/m/{messages[4].uuid}/") == [*ids(messages[:24]), *gap, *ids(messages[60:])]
    # What a page has room for up to the latest is without a gap, and what is above it has its link
    assert shown(f"/m/{messages[45].uuid}/") == [*gap, *ids(messages[35:])]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_hit_above_long_messages_is_on_the_page_that_it_leads_to(alice, say, monkeypatch, count):
    monkeypatch.setattr(conversations, "A_PAGE", 1000)
    monkeypatch.setattr(conversations, "LONGEST_PAGE", 1000)
    say(alice, "first", "second", "needle", *["long " * 150] * count)
    hit = Message.objects.get(text="needle")
    answer = browser_of(alice).get(f"/m/{hit.uuid}/")
    assert f'id="m-{hit.uuid}"' in browser_of(alice).get(answer.url).content.decode()


def test_the_stranger_and_the_moderator_are_led_nowhere(bob, charlie, talk):
    message = Message.objects.first()
    for person in (bob, charlie):
        assert browser_of(person).get(f"/m/{message.uuid}/").status_code == 404


def test_days_are_those_of_the_reader(alice, talk):
    today = timezone.localdate()
    assert "<mark>Django</mark>" in page(alice, f"?q=django&since={today}&until={today}")
    assert "<mark>" not in page(alice, f"?q=django&since={today + timedelta(days=1)}")


def test_a_project_and_what_is_archived_narrow_messages_and_titles(alice, bob, charlie, say):
    thesis, other = (projects.create(alice, {"name": name}) for name in ("Thesis", "Garden"))
    rows = {title: say(alice, f"{title} of roses", "Red") for title in ("Inside", "Outside", "Archived")}
    index.add(Message.objects.all())
    projects.move(alice, rows["Inside"].uuid, thesis.uuid)
    Conversation.objects.filter(pk=rows["Archived"].pk).update(archived_at=timezone.now())
    questions = {title: Message.objects.get(text=row.title).uuid for title, row in rows.items()}

    for query, expected in {
        "": set(rows),
        f"&project={thesis.uuid}": {"Inside"},
        f"&project={other.uuid}": set(),
        "&archived=only": {"Archived"},
        "&archived=without": {"Inside", "Outside"},
        f"&project={thesis.uuid}&archived=only": set(),
    }.items():
        text = page(alice, f"?q=roses{query}")
        assert {title for title, row in rows.items() if row.get_absolute_url() in text} == expected
        assert {title for title, uuid in questions.items() if f"/m/{uuid}/" in text} == expected
    theirs = projects.create(bob, {"name": "Not Alice's"})
    assert "Not Alice" not in page(alice, "?q=roses")
    for wrong in (theirs.uuid, "x", "%00"):
        assert "field-error" in page(alice, f"?q=roses&project={wrong}")
    assert "field-error" in page(alice, "?q=roses&archived=x")
    assert 'name="project"' not in page(charlie)
