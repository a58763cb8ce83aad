"""The pages people read."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from chat.core.errors import ChatError
from chat.models import Conversation, Generation, Message, Role, Status
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def exchanges(count):
    return [f"{half}{n}." for n in range(count) for half in ("question ", "answer ")]


def test_a_keyboard_on_the_screen_makes_the_page_lower_and_does_not_lie_over_the_message_box(alice):
    """Chrome on Android lays it over pages that do not ask; the page is as high as the view that is left."""
    page = browser_of(alice).get("/").content.decode()
    [view] = re.findall(r'<meta\s+name="viewport"\s+content="([^"]*)"', page)
    assert "interactive-widget=resizes-content" in view.split(", ")
    css = Path("chat/static/chat/css/chat/frame.css").read_text(encoding="utf-8")
    assert re.search(r"\.shell \{[^}]*height: 100dvh", css)


def test_an_anonymous_visitor_goes_to_log_in_and_will_come_back(alice, say):
    conversation = say(alice, "q", "a")
    answer = Client().get(f"/c/{conversation.uuid}/")
    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next=/c/{conversation.uuid}/"


def test_the_empty_page_greets_and_offers_starters(alice):
    page = browser_of(alice).get("/")
    assert page.status_code == 200
    assert len(page.context["starters"]) >= 3


def test_a_title_is_cut_where_the_database_cuts_it(alice, say):
    say(alice, "q", "a")
    client = browser_of(alice)
    for headers in ({}, {"X-Fragment": "1"}):
        page = client.get("/conversations/" if headers else "/", headers=headers).content.decode()
        limits = re.findall(r'name="title" maxlength="([^"]*)"', page)
        assert set(limits) == {str(Conversation._meta.get_field("title").max_length)}


def test_every_word_of_the_page_is_filled_in_or_left_to_its_script(alice, say):
    conversation = say(alice, "q", "a")
    for language in ("en", "zh-hans"):
        answer = browser_of(alice).get(f"/c/{conversation.uuid}/", headers={"accept-language": language})
        assert "%(" not in answer.content.decode()


def test_a_first_visit_takes_at_most_ten_requests_two_of_them_for_scripts(alice):
    page = browser_of(alice).get("/").content.decode()
    # What only an attribute of data names is loaded when it is first used
    named = set(re.findall(r' (?:src|href)="/static/([^"#]+)', page))
    assert {Path(name).name.split(".")[0] for name in named if name.endswith(".js")} == {"theme", "main"}
    assert len(named) + 1 <= 10


def test_nothing_is_painted_before_the_message_box_is_there(alice):
    page = browser_of(alice).get("/").content.decode()
    [awaited] = re.findall(
        r'<link rel="expect" href="#([^"]+)" blocking="render">', page.partition("</head>")[0]
    )
    assert page.count(f' id="{awaited}"') == 1
    assert (
        page.index(' id="send"')
        < page.index("</form>", page.index(' id="send"'))
        < page.index(f' id="{awaited}"')
    )


def test_a_conversation_shows_what_was_said_rendered_once(alice, say):
    conversation = say(alice, "<b>me</b>", "**bold** answer")
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "&lt;b&gt;me&lt;/b&gt;" in page
    assert "<strong>bold</strong> answer" in page


def test_a_stranger_and_a_moderator_get_the_same_404_as_for_a_random_id(alice, bob, charlie, say):
    conversation = say(alice, "secret words", "a")
    for person in (bob, charlie):
        client = browser_of(person)
        foreign = client.get(f"/c/{conversation.uuid}/")
        random = client.get(f"/c/{uuid.uuid4()}/")
        assert foreign.status_code == random.status_code == 404
        assert b"secret words" not in foreign.content


def test_a_long_conversation_opens_at_its_end_and_older_messages_follow(alice, say):
    conversation = say(alice, *exchanges(40))
    client = browser_of(alice)
    page = client.get(f"/c/{conversation.uuid}/")
    shown = [message.text for message in page.context["thread"]]
    assert shown == exchanges(40)[-30:]
    older = client.get(page.context["older"]["part"])
    assert [message.text for message in older.context["thread"]] == exchanges(40)[-60:-30]
    whole = client.get(page.context["older"]["page"])
    assert [message.text for message in whole.context["thread"]] == exchanges(40)[-60:-30]


def test_a_page_shows_where_the_models_view_begins_only_where_its_end_is_shown(alice, say):
    conversation = say(alice, *exchanges(40))
    client = browser_of(alice)
    page = client.get(f"/c/{conversation.uuid}/")
    assert [message.text for message in page.context["thread"] if message.context_line == "starts"] == [
        "question 30."
    ]
    assert (
        page.content.decode().count("Only the 10 exchanges below are sent to the model") == 2
    )  # once for the script
    assert "are sent to the model" not in client.get(page.context["older"]["part"]).content.decode()


def test_another_conversations_message_is_no_place_to_go_back_to(alice, charlie, say):
    conversation, other = say(alice, *exchanges(20)), say(alice, "q", "a")
    foreign = say(charlie, "q", "a")
    client = browser_of(alice)
    for message in (other.tip, foreign.tip):
        assert client.get(f"/c/{conversation.uuid}/?before={message.uuid}").status_code == 404
    assert client.get(f"/c/{conversation.uuid}/?before=nonsense").status_code == 404


def test_a_page_reaches_back_to_the_message_that_is_asked_for(alice, bob, charlie, say):
    conversation, other = say(alice, *exchanges(40)), say(alice, "q", "a")
    first = Message.objects.get(conversation=conversation, text="question 5.")
    url = f"/c/{conversation.uuid}/"
    page = browser_of(alice).get(url, {"from": first.uuid})
    assert [message.text for message in page.context["thread"]] == exchanges(40)[10:]
    for stranger in (bob, charlie):
        assert browser_of(stranger).get(url, {"from": first.uuid}).status_code == 404
    for wrong in (other.tip.uuid, say(charlie, "q", "a").tip.uuid, uuid.uuid4(), "nonsense"):
        assert browser_of(alice).get(url, {"from": wrong}).status_code == 404


def test_a_message_that_is_not_in_view_or_too_far_back_gives_the_latest_page(alice, say, monkeypatch):
    conversation = say(alice, *exchanges(40))
    first = Message.objects.get(conversation=conversation, text="question 5.")
    beside = Message.objects.create(
        conversation=conversation, parent=first.parent, author=alice, role=Role.USER, text="another"
    )
    client = browser_of(alice)
    page = client.get(f"/c/{conversation.uuid}/", {"from": beside.uuid})
    assert [message.text for message in page.context["thread"]] == exchanges(40)[-30:]
    monkeypatch.setattr("chat.pages.views.MESSAGES_AT_MOST", 40)
    page = client.get(f"/c/{conversation.uuid}/", {"from": first.uuid})
    assert [message.text for message in page.context["thread"]] == exchanges(40)[-30:]


def test_the_number_of_queries_is_the_same_for_20_and_2000_messages(
    alice, say, django_assert_max_num_queries
):
    client = browser_of(alice)
    for count in (10, 1000):
        conversation = say(alice, *exchanges(count))
        with django_assert_max_num_queries(14):
            client.get(f"/c/{conversation.uuid}/")


def test_the_list_is_paged_without_gaps_or_doubles(alice, charlie):
    now = timezone.now()
    for n in range(75):
        row = Conversation.objects.create(owner=alice, title=f"chat {n}")
        # Several share a moment, as imported ones do
        Conversation.objects.filter(pk=row.pk).update(last_activity_at=now - timedelta(hours=n // 5))
    Conversation.objects.create(owner=charlie, title="not yours")
    client = browser_of(alice)
    seen, url = [], "/conversations/"
    while url:
        page = client.get(url, headers={"X-Fragment": "1"})
        seen += [row.title for section in page.context["sections"] for row in section.conversations]
        url = page.context["more_url"]
    assert sorted(seen) == sorted(f"chat {n}" for n in range(75))


@pytest.mark.parametrize(
    "cursor", ["x", "-1", "2026-01-01_1", "9" * 5000, "2026-01-01T00:00:00+00:00_-3", "_", "\0"]
)
def test_a_made_up_cursor_is_not_found(alice, cursor):
    assert browser_of(alice).get("/conversations/", {"before": cursor}).status_code == 404


def test_the_list_is_grouped_by_the_day(alice):
    client = browser_of(alice)
    for days, title in [(0, "a"), (1, "b"), (4, "c"), (20, "d"), (200, "e")]:
        row = Conversation.objects.create(owner=alice, title=title)
        Conversation.objects.filter(pk=row.pk).update(last_activity_at=timezone.now() - timedelta(days=days))
    sections = client.get("/").context["sections"]
    labels = [section.label for section in sections]
    assert labels[:4] == ["Today", "Yesterday", "Previous 7 days", "Previous 30 days"]
    assert len(labels) == 5


def test_a_running_reply_shows_its_text_so_far_without_javascript(alice, say):
    conversation = say(alice, "q")
    conversation.tip = Message.objects.create(
        conversation=conversation,
        parent=conversation.tip,
        role=Role.ASSISTANT,
        status=Status.RUNNING,
        text="so **far**",
    )
    conversation.save()
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "so <strong>far</strong>" in page


def test_a_failed_reply_says_what_happened(alice, say):
    conversation = say(alice, "q", "")
    row = Message.objects.filter(pk=conversation.tip.pk)
    row.update(status=Status.FAILED)
    generation = Generation.objects.filter(reply=conversation.tip)
    generation.update(error="provider_down", request_id="d8f865eaf2b7")
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "The AI provider is having problems." in page
    assert '<p class="note request">Request ID: d8f865eaf2b7</p>' in page
    row.update(status=Status.COMPLETE)
    generation.update(error="")
    assert "d8f865eaf2b7" not in browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()


@pytest.mark.parametrize("code", ["of_a_newer_version", "of-an-older-one", "storage\u00e9"])
def test_a_failed_reply_with_a_code_that_is_not_known_says_a_sentence_too(alice, say, code):
    conversation = say(alice, "q", "")
    Message.objects.filter(pk=conversation.tip.pk).update(status=Status.FAILED)
    Generation.objects.filter(reply=conversation.tip).update(error=code)
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert escape(ChatError().user_text()) in page
    assert code not in page


def test_a_hidden_message_is_shown_as_hidden_to_its_owner(alice, say):
    conversation = say(alice, "q", "something awful")
    Message.objects.filter(pk=conversation.tip.pk).update(hidden_at=timezone.now())
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "something awful" not in page


def test_a_persons_long_message_is_folded_and_all_of_it_is_on_the_page(alice, say):
    conversation = say(alice, "word " * 300 + "the end", "word " * 300)
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert page.count('data-long="folded"') == 1
    assert "word the end</div>" in page
    Message.objects.filter(pk=conversation.tip.parent_id).update(hidden_at=timezone.now())
    assert "data-long" not in browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()


def test_private_pages_are_never_stored(alice, say):
    conversation = say(alice, "q", "a")
    page = browser_of(alice).get(f"/c/{conversation.uuid}/")
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "2020-01-01", "x"]
)
def test_a_place_in_the_list_that_never_was_is_not_found(alice, when):
    response = browser_of(alice).get("/conversations/", {"before": f"{when}_1"})
    assert response.status_code == 404


def test_a_page_from_a_message_on_that_would_be_very_long_shows_the_latest_ones(alice, say, monkeypatch):
    conversation = say(alice, *(f"{half}{n}" for n in range(30) for half in "qa"))
    first = Message.objects.order_by("pk").first()
    address = f"/c/{conversation.uuid}/?from={first.uuid}"
    assert len(browser_of(alice).get(address).context["thread"]) == 60
    monkeypatch.setattr("chat.conversations.actions.LONGEST_PAGE", 100)
    assert [row.text for row in browser_of(alice).get(address).context["thread"]][-1:] == ["a29"]
    assert len(browser_of(alice).get(address).context["thread"]) == 30
