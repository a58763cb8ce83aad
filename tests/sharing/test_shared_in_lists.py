"""The sign of a conversation that is shared, in the lists of its owner: while somebody can open a link to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.conversations import arranging, listing
from chat.models import Share
from chat.projects import actions as projects
from chat.realtime import layer
from chat.sharing import actions as sharing
from chat.sharing import reports
from tests.conftest import browser_of
from tests.sharing.conftest import shared

pytestmark = pytest.mark.django_db
SIGN = 'class="shared-sign"'


def signs(person, page="/"):
    return browser_of(person).get(page).content.decode().count(SIGN)


def test_it_is_in_the_list_and_the_menu_until_the_link_is_revoked(alice, charlie, say):
    other, talk = say(alice, "Another", "a"), say(alice, "A question", "An answer")
    assert signs(alice) == 0
    first, second = shared(talk), shared(talk)
    page = browser_of(alice).get("/").content.decode()
    assert page.count(SIGN) == 1
    row = page[
        page.index(f'data-conversation="{talk.uuid}"') : page.index(f'data-conversation="{other.uuid}"')
    ]
    assert SIGN in row
    assert 'href="/settings/chats/links/"' in row
    assert signs(charlie) == 0
    sharing.revoke(alice, first.uuid)
    assert signs(alice) == 1
    sharing.revoke(alice, second.uuid)
    assert signs(alice) == 0


def test_what_nobody_can_open_is_not_shared(alice, bob, say, settings):
    link = shared(say(alice, "A question", "An answer"))
    reports.take_down(link, bob)
    assert signs(alice) == 0
    reports.restore(link, bob)
    assert signs(alice) == 1
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert signs(alice) == 0
    Share.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert signs(alice) == 1
    settings.SHARING = "off"
    assert signs(alice) == 0


def test_it_is_in_every_list(alice, say):
    thesis = projects.create(alice, {"name": "Thesis"})
    inside, pinned, old = (say(alice, text, "a") for text in ("Inside", "Pinned", "Old"))
    for talk in (inside, pinned, old):
        shared(talk)
    projects.move(alice, inside.uuid, thesis.uuid)
    arranging.pin(alice, [pinned.uuid])
    arranging.archive(alice, [old.uuid])
    assert signs(alice) == 1
    # With the pinned one at the side of both
    assert signs(alice, "/conversations/") == 2
    assert signs(alice, "/conversations/archived/") == 2
    assert signs(alice, f"/projects/{thesis.uuid}/") == 3  # on the page itself, and unfolded beside it


def test_open_pages_are_told_of_each_change(alice, bob, say, monkeypatch):
    told = []
    monkeypatch.setattr(layer, "announce_arranged", lambda *news: told.append(news))
    talk = say(alice, "A question", "An answer")
    link = shared(talk)
    reports.take_down(link, bob)
    reports.restore(link, bob)
    sharing.revoke(alice, link.uuid)
    assert told == [(alice.pk, {talk.uuid: ""})] * 4


def test_a_list_asks_for_it_in_the_query_of_its_rows(alice, say, django_assert_num_queries):
    for number in range(3):
        shared(say(alice, f"Question {number}", "a"))
    with django_assert_num_queries(1):
        rows, _ = listing.latest(alice, "", 30)
        assert all(row.is_shared for row in rows)
