"""What a script gets at the address of a conversation: the part of the page that belongs to it."""

import re

import pytest
from django.test import Client

from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}


def messages_of(html: str) -> str:
    found = re.search(r'<div id="messages".*?</article>\s*</div>', html, re.DOTALL)
    assert found
    return found[0]


def test_a_script_gets_the_conversation_as_its_page_has_it_and_nothing_around_it(alice, say):
    conversation = say(alice, "the question", "the answer")
    say(alice, "another conversation", "a")
    client = browser_of(alice)
    page = client.get(conversation.get_absolute_url()).content.decode()
    part = client.get(conversation.get_absolute_url(), headers=SCRIPT).content.decode()
    assert messages_of(part) == re.sub("<noscript>.*?</noscript>", "", messages_of(page), flags=re.DOTALL)
    assert f'data-conversation="{conversation.uuid}"' in part
    for piece in ('<h1 id="title"', 'id="persona"', 'id="t-memory"', 'data-build="'):
        assert piece in part
        assert piece in page
    for piece in ("<html", 'id="sidebar"', 'id="composer"', "another conversation"):
        assert piece not in part
    assert len(part) < len(page) / 3
    new = client.get("/", headers=SCRIPT).content.decode()
    assert 'data-conversation=""' in new
    assert 'class="starters' in new


def test_nobody_else_gets_it_nor_a_moderator_by_the_way(alice, bob, charlie, say):
    conversation = say(alice, "canary question", "canary answer")
    for person in (bob, charlie):
        answer = browser_of(person).get(conversation.get_absolute_url(), headers=SCRIPT)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
        assert b"canary" not in answer.content
    answer = Client().get(conversation.get_absolute_url(), headers=SCRIPT)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_what_a_browser_keeps_of_it_is_nothing(alice, say):
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).get(conversation.get_absolute_url(), headers=SCRIPT)
    assert "no-store" in answer.headers["Cache-Control"]
