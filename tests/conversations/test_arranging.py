"""Pin, archive, delete and restore one conversation or many: the owner, the moderator and the stranger."""

import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging, listing
from chat.conversations.errors import MOST_CHOSEN, MOST_PINNED_CONVERSATIONS, TooManyPinnedConversations
from chat.models import Conversation, SearchEntry
from chat.projects import actions as projects
from chat.realtime.layer import person_group
from chat.replies import actions
from tests.conftest import browser_of
from tests.support.layer import Ear

pytestmark = pytest.mark.django_db
ADDRESS = "/conversations/arrange/"
SCRIPT = {"X-Fragment": "1"}


def do(person, name, *chosen, headers=SCRIPT, **more):
    fields = {"do": name, "conversation": [getattr(each, "uuid", each) for each in chosen]}
    return browser_of(person).post(ADDRESS, fields, headers=headers, **more)


def latest(person):
    return [str(row) for row in listing.latest(person, "", 30)[0]]


def pinned(person):
    return [str(row) for row in listing.pinned(person)]


def archived(person):
    return [str(row) for row in listing.archived(person, "", 30)[0]]


def test_what_is_pinned_stands_above_the_others_the_latest_first(alice, say):
    first, second, _ = (say(alice, title, "a") for title in ("First", "Second", "Third"))
    answer = do(alice, "pin", first)
    undo = {"address": ADDRESS, "fields": {"do": "unpin"}}
    assert answer.json() == {"places": {str(first.uuid): "pinned"}, "undo": undo, "text": ""}
    do(alice, "pin", second, first)
    assert (pinned(alice), latest(alice)) == (["Second", "First"], ["Third"])
    do(alice, "unpin", first)
    assert (pinned(alice), latest(alice)) == (["Second"], ["Third", "First"])


def test_the_page_and_the_list_of_its_owner_show_what_is_pinned_above_what_is_by_date(alice, say):
    first, second = say(alice, "First", "a"), say(alice, "Second", "a")
    arranging.pin(alice, [first.uuid])
    client = browser_of(alice)
    for page in (client.get(f"/c/{first.uuid}/"), client.get("/conversations/", headers=SCRIPT)):
        text = page.content.decode()
        assert text.index(">Pinned<") < text.index(">First<") < text.index(">Today<") < text.index(">Second<")
    places = client.get(
        f"/conversations/?of={second.uuid}&of={uuid.uuid4()}", headers=SCRIPT
    ).content.decode()
    assert ">Second<" in places
    assert ">Pinned<" not in places


def test_so_many_may_be_pinned_and_archived_ones_make_room(alice, say):
    rows = [say(alice, f"Number {number}") for number in range(MOST_PINNED_CONVERSATIONS + 1)]
    *most, last = [row.uuid for row in rows]
    arranging.pin(alice, most)
    answer = do(alice, "pin", last)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_pinned_conversations")
    assert latest(alice) == [str(rows[-1])]
    arranging.archive(alice, most[:1])
    arranging.pin(alice, [last])
    arranging.unarchive(alice, most[:1])
    assert latest(alice) == [str(rows[0])]
    with pytest.raises(TooManyPinnedConversations):
        arranging.pin(alice, most[:1])


def test_a_choice_is_archived_and_one_undo_brings_back_just_that(alice, say):
    first, second, third = (say(alice, title, "a") for title in ("First", "Second", "Third"))
    arranging.pin(alice, [second.uuid])
    do(alice, "archive", first)
    answer = do(alice, "archive", first, second, third).json()
    assert answer["text"] == "2 conversations archived"
    assert (latest(alice), pinned(alice), archived(alice)) == ([], [], ["Third", "Second", "First"])
    assert (
        do(alice, answer["undo"]["fields"]["do"], *answer["places"]).json()["text"]
        == "2 conversations unarchived"
    )
    assert (latest(alice), pinned(alice), archived(alice)) == (["Third"], ["Second"], ["First"])


def test_a_choice_is_deleted_found_no_more_and_brought_back(alice, say):
    first, second = say(alice, "First", "a"), say(alice, "Second", "a")
    conversations.make_findable(alice, first.messages.all() | second.messages.all())
    arranging.archive(alice, [first.uuid])
    answer = do(alice, "delete", first, second).json()
    assert answer["text"] == "2 conversations deleted"
    assert not Conversation.objects.of(alice).exists()
    assert not SearchEntry.objects.exists()
    assert do(alice, answer["undo"]["fields"]["do"], *answer["places"]).status_code == 200
    assert (latest(alice), archived(alice)) == (["Second"], ["First"])
    assert SearchEntry.objects.count() == 4


def test_who_goes_on_in_an_archived_one_has_it_back_in_the_list(alice, say):
    conversation = say(alice, "First", "a")
    arranging.archive(alice, [conversation.uuid])
    conversations.rename(alice, conversation.uuid, "Renamed")
    assert (latest(alice), archived(alice)) == ([], ["Renamed"])
    actions.send(
        alice,
        client_id=uuid.uuid4(),
        words="And then?",
        conversation_uuid=conversation.uuid,
        parent_uuid=conversation.tip.uuid,
        worker_id="x",
    )
    assert (latest(alice), archived(alice)) == (["Renamed"], [])


def test_a_stranger_and_a_moderator_change_nothing_of_anothers_choice(alice, bob, charlie, say):
    theirs, deleted = say(alice, "Theirs", "a"), say(alice, "Deleted", "a")
    temporary = Conversation.objects.create(owner=bob, temporary=True)
    arranging.delete(alice, [deleted.uuid])
    before = list(Conversation.objects.order_by("pk").values())
    for person in (bob, charlie):
        for name in ("pin", "unpin", "archive", "unarchive", "delete", "restore"):
            for chosen in (theirs, deleted, temporary, uuid.uuid4()):
                assert do(person, name, chosen).status_code == 404
    assert list(Conversation.objects.order_by("pk").values()) == before
    own = say(bob, "Own", "a")
    assert do(bob, "archive", theirs, own).json()["places"] == {str(own.uuid): "archived"}
    assert latest(alice) == ["Theirs"]


@pytest.mark.parametrize("fields", [{}, {"do": "erase"}, {"do": "__class__"}, {"do": "pin"}])
def test_what_is_no_deed_or_has_no_choice_is_nothing(alice, fields):
    assert browser_of(alice).post(ADDRESS, fields, headers=SCRIPT).status_code == 404


def test_ids_that_are_none_or_too_many_are_refused(alice, say):
    conversation = say(alice, "Kept", "a")
    assert do(alice, "delete", conversation, "no\0id").status_code == 404
    many = do(alice, "delete", conversation, *(uuid.uuid4() for _ in range(MOST_CHOSEN)))
    assert (many.status_code, many.json()["code"]) == (413, "too_many_chosen")
    assert do(alice, "archive", *[conversation] * 3).json()["places"] == {str(conversation.uuid): "archived"}
    assert archived(alice) == ["Kept"]


def test_without_javascript_a_choice_leads_back_with_one_undo(alice, say):
    rows = [say(alice, title, "a") for title in ("First", "Second")]
    client = browser_of(alice)
    fields = {"do": "archive", "conversation": [row.uuid for row in rows]}
    answer = client.post(
        ADDRESS, fields, headers={"Referer": f"http://testserver/c/{rows[0].uuid}/?before=1"}
    )
    assert (answer.status_code, answer.url) == (303, f"/c/{rows[0].uuid}/?before=1")
    page = client.get("/").content.decode()
    assert "2 conversations archived" in page
    undo = page.split('action="/conversations/arrange/?')[1].split('"')[0].replace("&amp;", "&")
    assert client.post(f"{ADDRESS}?{undo}", headers={"Referer": "https://elsewhere.example/"}).url == "/"
    assert latest(alice) == ["Second", "First"]
    assert "2 conversations unarchived" in client.get("/").content.decode()
    assert Client().post(ADDRESS, fields).url.startswith("/accounts/login/")


def test_a_choice_moves_to_a_project_and_undo_brings_each_back_to_where_it_was(alice, bob, say):
    first, second, third = (say(alice, title, "a") for title in ("First", "Second", "Third"))
    work, home = (projects.create(alice, {"name": name}) for name in ("Work", "Home"))
    projects.move(alice, second.uuid, home.uuid)
    projects.move(alice, third.uuid, work.uuid)
    chosen = {"project": work.uuid, "conversation": [first.uuid, second.uuid, third.uuid]}
    assert browser_of(bob).post("/projects/choice/", chosen, headers=SCRIPT).status_code == 404
    answer = browser_of(alice).post("/projects/choice/", chosen, headers=SCRIPT).json()
    assert answer["places"] == {str(first.uuid): "project", str(second.uuid): "project"}
    assert Conversation.objects.filter(project=work).count() == 3
    undo = answer["undo"]
    browser_of(alice).post(undo["address"], undo["fields"], headers=SCRIPT)
    where = Conversation.objects.order_by("pk").values_list("project__name", flat=True)
    assert list(where) == [None, "Home", "Work"]
    client = browser_of(alice)
    assert "Work" in client.get("/conversations/").content.decode()
    client.post("/projects/choice/", chosen)
    page = client.get("/conversations/").content.decode()
    undo = page.split('action="/projects/choice/?')[1].split('"')[0].replace("&amp;", "&")
    client.post(f"/projects/choice/?{undo}")
    assert list(where.all()) == [None, "Home", "Work"]


def test_without_javascript_deleting_leads_from_what_is_gone_and_undo_to_what_is_back(alice, say):
    conversation = say(alice, "First", "a")
    client, own = browser_of(alice), f"/c/{conversation.uuid}/"
    fields = {"do": "delete", "conversation": conversation.uuid}
    assert client.post(ADDRESS, fields, headers={"Referer": f"http://testserver{own}"}).url == "/"
    assert "Conversation deleted" in client.get("/").content.decode()
    undo = f"{ADDRESS}?do=restore&conversation={conversation.uuid}"
    assert client.post(undo, headers={"Referer": "http://testserver/"}).url == own
    assert client.get(own).status_code == 200


def test_the_pages_of_their_owner_hear_where_each_belongs(alice, say, django_capture_on_commit_callbacks):
    first, second = say(alice, "First", "a"), say(alice, "Second", "a")
    Conversation.objects.filter(pk=second.pk).update(pinned_at=timezone.now())
    ear = Ear(person_group(alice.pk))
    with django_capture_on_commit_callbacks(execute=True):
        for name in ("pin", "archive", "unarchive", "delete", "restore"):
            do(alice, name, first)
        arranging.delete(alice, [second.uuid])
        arranging.restore(alice, [second.uuid])
    events = [json.loads(message["text"]) for message in ear.heard()]
    told = [event["places"] for event in events if event["type"] == "arranged"]
    places = ("pinned", "archived", "pinned", "deleted", "pinned")
    others = ("deleted", "pinned")
    assert told == [
        {str(row.uuid): place} for row, states in ((first, places), (second, others)) for place in states
    ]
