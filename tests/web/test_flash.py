"""What the next page says once, with the way to undo what was done."""

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from chat.web.flash import flash, undo_of
from tests.conftest import browser_of

LEVELS = [messages.SUCCESS, messages.INFO, messages.ERROR]


@pytest.fixture
def next_page(rf):
    """What is shown of the flashes of one request by the request after it: they travel in a cookie."""

    def show(*calls):
        before, after, answer = rf.get("/"), rf.get("/"), HttpResponse()
        before._messages = CookieStorage(before)
        for words, options in calls:
            flash(before, words, **options)
        before._messages.update(answer)
        after.COOKIES = {name: morsel.value for name, morsel in answer.cookies.items()}
        after._messages = CookieStorage(after)
        return list(get_messages(after))

    return show


def page_of(message):
    return render_to_string("shared/_flash.html", {"message": message})


@pytest.mark.parametrize("level", LEVELS)
def test_it_arrives_with_its_level_and_no_button(next_page, level):
    [message] = next_page(("Saved & done.", {"level": level}))
    assert (message.level, undo_of(message)) == (level, None)
    assert "Saved &amp; done." in page_of(message)
    assert "<form" not in page_of(message)


def test_a_way_back_is_a_button_that_posts_to_its_address(next_page):
    [message] = next_page(("Deleted.", {"undo": '/prompts/1/restore/?for=2&x="y'}))
    page = page_of(message)
    assert 'method="post" action="/prompts/1/restore/?for=2&amp;x=&quot;y"' in page
    assert '<button class="button">Undo</button>' in page


def test_the_button_is_called_as_it_was_said(next_page):
    with translation.override("zh-hans"):
        usual, named = next_page(("a", {"undo": "/b/"}), ("c", {"undo": "/d/", "undo_label": "<Again>"}))
    assert undo_of(usual).label == "撤销"
    assert "&lt;Again&gt;</button>" in page_of(named)


def test_an_address_that_an_older_version_kept_is_a_way_back_too():
    message = messages.storage.base.Message(messages.INFO, "Deleted.", "/c/1/restore/")
    assert (undo_of(message).address, undo_of(message).label) == ("/c/1/restore/", "Undo")


def test_tags_of_anybody_else_are_no_way_back():
    assert undo_of(messages.storage.base.Message(messages.INFO, "Hello.", "big")) is None
    assert undo_of(messages.storage.base.Message(messages.INFO, "Hello.")) is None


@pytest.mark.django_db
def test_a_deletion_without_javascript_offers_it_on_the_next_page_and_only_there(alice, say):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    deed = {"do": "delete", "conversation": conversation.uuid}
    page = browser.post("/conversations/arrange/", deed, follow=True).content.decode()
    undo = f'action="/conversations/arrange/?do=restore&amp;conversation={conversation.uuid}"'
    assert undo in page
    assert undo not in browser.get("/").content.decode()
