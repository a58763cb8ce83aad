"""Deleting all conversations at once, and having them back."""

from urllib.parse import urlencode

import pytest
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging
from chat.models import Conversation, soft_delete
from chat.realtime import layer
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_the_owner_deletes_all_and_has_back_what_that_took(alice, bob, say):
    first, second, theirs = say(alice, "One", "1"), say(alice, "Two", "2"), say(bob, "Three", "3")
    arranging.delete(alice, [first.uuid])
    client = browser_of(alice)
    page = client.post("/settings/chats/delete/", follow=True).content.decode()
    assert "1 conversation deleted" in page
    assert set(Conversation.objects.filter(deleted_at=None)) == {theirs}
    deleted_at = Conversation.objects.get(pk=second.pk).deleted_at
    undo = f"/settings/chats/restore/?{urlencode({'moment': deleted_at.isoformat()})}"
    assert undo in page
    assert browser_of(bob).post(undo).status_code == 404
    assert client.post(undo).status_code == 303
    assert set(Conversation.objects.filter(deleted_at=None)) == {second, theirs}
    assert client.post(undo).status_code == 404


def test_nothing_comes_back_after_the_time_for_it_or_for_what_is_no_time(alice, say):
    say(alice, "One", "1")
    _, moment = conversations.delete_all(alice)
    Conversation.objects.update(deleted_at=timezone.now() - soft_delete.UNDO_WINDOW)
    client = browser_of(alice)
    for wrong in (moment, "", "0", "2026-01-01", "0001-01-01T00:00+14:00"):
        assert client.post(f"/settings/chats/restore/?{urlencode({'moment': wrong})}").status_code == 404


def test_who_has_none_is_offered_nothing(alice):
    client = browser_of(alice)
    assert "You have no conversations." in client.get("/settings/chats/").content.decode()
    assert client.get("/settings/chats/delete/").status_code == 405
    assert client.post("/settings/chats/delete/").status_code == 303


def test_open_pages_hear_of_what_is_back_and_of_replies_to_be_seen_in_it(alice, say, monkeypatch):
    first, second = say(alice, "One", "1"), say(alice, "Two", "2")
    Conversation.objects.filter(pk=first.pk).update(reply_unseen=True)
    _, moment = conversations.delete_all(alice)
    told = []
    monkeypatch.setattr(layer, "announce_arranged", lambda _, places: told.append(places))
    monkeypatch.setattr(layer, "announce_all_progress", lambda _, states: told.append(states))
    conversations.restore_all(alice, moment)
    assert told == [{first.uuid: "", second.uuid: ""}, {first.uuid: "unseen"}]
