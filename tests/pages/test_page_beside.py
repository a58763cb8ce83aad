"""The pages beside the list of conversations: personas, saved prompts, projects and the search."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation, Project
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

# The page, and what in the side bar is marked as the current one
PAGES = {
    "/personas/": "/personas/",
    "/search/": "/search/",
    "/search/?q=bees": "/search/",
    "/prompts/": "/prompts/",
    "/projects/": "",
    "/personas/new/": "",
    "/prompts/new/": "",
}
LIST = re.compile(r'<nav id="sidebar".*?</nav>', re.DOTALL)
CURRENT = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*aria-current="page"')


def side_bar(client, address: str) -> str:
    [found] = LIST.findall(client.get(address).content.decode())
    return found


@pytest.mark.parametrize("address", PAGES)
def test_each_has_the_list_of_its_reader_alone_and_is_marked_in_it(alice, bob, charlie, say, address):
    mine = say(alice, "q", "a")
    Conversation.objects.filter(pk=mine.pk).update(title="canary")
    for person in (alice, bob, charlie):
        found = side_bar(browser_of(person), address)
        assert (f'href="/c/{mine.uuid}/"' in found) is (person == alice)
        assert ("canary" in found) is (person == alice)
        assert CURRENT.findall(found) == list(filter(None, [PAGES[address]]))


def test_the_chat_itself_is_none_of_them(alice, say):
    client = browser_of(alice)
    assert CURRENT.findall(side_bar(client, "/")) == []
    own = say(alice, "q", "a").get_absolute_url()
    assert CURRENT.findall(side_bar(client, own)) == [own]


def test_a_persona_chosen_for_a_chat_leads_back_to_it_and_marks_the_page_alone(alice, say):
    own = say(alice, "q", "a")
    client = browser_of(alice)
    address = f"/personas/?for={own.uuid}"
    assert CURRENT.findall(side_bar(client, address)) == ["/personas/"]
    assert re.search(rf'class="back-link" href="/c/{own.uuid}/"', client.get(address).content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_the_list_costs_the_same_few_queries_however_long_it_is(alice, address):
    client = browser_of(alice)
    counts = []
    for count in (1, 60):
        Conversation.objects.bulk_create(Conversation(owner=alice, title=f"No. {n}") for n in range(count))
        Project.objects.bulk_create(Project(owner=alice, name=f"No. {n}") for n in range(count))
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_what_a_script_gets_of_them_has_no_list(alice):
    for address in ("/personas/", "/search/", "/prompts/"):
        answer = browser_of(alice).get(address, headers={"X-Fragment": "1"}).content
        assert b"sidebar" not in answer
