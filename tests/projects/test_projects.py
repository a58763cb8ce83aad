"""Projects: made, changed, deleted with or without their conversations, brought back, and moved into."""

import uuid

import pytest
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging, listing
from chat.conversations.context import project_instructions, tokens
from chat.core.errors import NotFound
from chat.models import (
    Conversation,
    Message,
    ModelRequest,
    OfferedModel,
    Persona,
    Preferences,
    Project,
    SearchEntry,
    User,
    soft_delete,
)
from chat.models.projects import LONGEST_INSTRUCTIONS
from chat.pages import projects as pages
from chat.personas import actions as personas
from chat.projects import actions as projects
from chat.projects import errors
from chat.projects.emoji import is_emoji
from chat.provider.errors import ContextTooLong
from chat.realtime import layer
from chat.replies import actions, request_log
from chat.search import index as search
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

FORM = {"name": " Thesis ", "icon": "book", "emoji": "", "instructions": "Cite {{user}}.\r\nBriefly"}


@pytest.fixture
def thesis(alice) -> Project:
    return projects.create(alice, {"name": "Thesis", "icon": "book", "instructions": "Cite {sources}."})


def into(project, conversation) -> Conversation:
    return projects.move(project.owner, conversation.uuid, project.uuid).conversation


def titles(page) -> list[str]:
    return [row.title for row in page[0]]


def reply_in(conversation, author) -> Message:
    return Message(parent_id=conversation.tip.parent_id, conversation=conversation, author=author)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *((emoji, True) for emoji in ("🚀", "❤️", "👩🏽‍🚀", "🏴‍☠️", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "‼️", "👨‍👩‍👧‍👦", "☎")),
        *(
            (words, False)
            for words in ("", "a", "1", "!", "🚀🚀", "🇩", "folder", "é", "\u200d", "🚀\u200d", "‼", "🚀a")
        ),
        ("\u200d".join("🚀" * 30), False),
        ("<", False),
        ("\x00", False),
    ],
)
def test_what_is_one_emoji(text, is_one):
    assert is_emoji(text) is is_one


def test_a_form_makes_and_changes_one(alice):
    client = browser_of(alice)
    answer = client.post("/projects/new/", FORM)
    made = Project.objects.get()
    assert (answer.status_code, answer.url) == (303, f"/projects/{made.uuid}/")
    assert (made.owner, made.name, made.icon) == (alice, "Thesis", "book")
    assert made.instructions == "Cite {{user}}.\nBriefly"
    model, pirate = OfferedModel.objects.create(name="large"), personas.create(alice, {"name": "Pirate"})
    changed = FORM | {"name": "论文", "emoji": "🎓", "persona": pirate.uuid, "model": model.pk}
    answer = client.post(f"{answer.url}change/", changed, headers={"X-Fragment": "1"})
    assert answer.json() == {"url": f"/projects/{made.uuid}/"}
    made.refresh_from_db()
    assert (made.name, made.icon, made.persona, made.model) == ("论文", "🎓", pirate, model)
    page = client.get(f"/projects/{made.uuid}/change/").content.decode()
    assert 'value="🎓"' in page and "论文" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "x" * 81),
        ("name", "a\x00b"),
        ("icon", "skull"),
        ("icon", "../folder"),
        ("emoji", "two 🚀🚀"),
        ("emoji", "<b>"),
        ("instructions", "x" * (LONGEST_INSTRUCTIONS + 1)),
        ("instructions", "a\x00b"),
        ("persona", "nobody"),
        ("persona", "8c1c3c7e-5a0e-4f0a-9a53-2f6a1b7c9d10"),
        ("model", "999999"),
        ("model", "x"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(alice, field, value):
    client = browser_of(alice)
    answer = client.post("/projects/new/", FORM | {field: value}, headers={"X-Fragment": "1"})
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert client.post("/projects/new/", FORM | {field: value}).status_code == 200
    assert not Project.objects.exists()


def test_html_in_a_name_is_text(alice, thesis):
    projects.change(alice, thesis.uuid, {"name": "<img src=x onerror=alert(1)>"})
    client = browser_of(alice)
    for path in ("/", "/projects/", f"/projects/{thesis.uuid}/", f"/projects/{thesis.uuid}/delete/"):
        assert b"<img src=x" not in client.get(path).content


def test_a_person_has_so_many_at_most(alice, bob, thesis, monkeypatch):
    for limit in (errors, projects):
        monkeypatch.setattr(limit, "MOST_PROJECTS", 1)
    with pytest.raises(errors.TooManyProjects):
        projects.create(alice, {"name": "One more"})
    answer = browser_of(alice).post("/projects/new/", FORM)
    assert "reached the limit" in answer.content.decode()
    projects.create(bob, {"name": "Another person's"})
    projects.delete(alice, thesis.uuid, with_conversations=False)
    projects.create(alice, {"name": "In its place"})
    with pytest.raises(errors.TooManyProjects):
        projects.restore(alice, thesis.uuid)
    assert browser_of(alice).post(f"/projects/{thesis.uuid}/restore/").url == "/projects/"


def test_a_conversation_that_moves_is_listed_on_the_project_s_page_alone(alice, say, thesis):
    inside, outside = say(alice, "Inside", "Yes"), say(alice, "Outside", "Yes")
    into(thesis, inside)
    assert titles(listing.latest(alice, "", 9)) == ["Outside"]
    assert titles(listing.in_project(alice, thesis, "", 9)) == ["Inside"]
    assert [row.title for row in listing.recent(alice, 9)] == ["Outside", "Inside"]
    page = browser_of(alice).get(f"/projects/{thesis.uuid}/").content.decode()
    assert "Inside" in page and inside.get_absolute_url() in page
    projects.move(alice, inside.uuid, None)
    assert titles(listing.latest(alice, "", 9)) == ["Outside", "Inside"]
    assert outside.project is None


def test_the_page_has_its_conversations_page_by_page_the_newest_first(alice, say, thesis, monkeypatch):
    monkeypatch.setattr(pages, "IN_SIDEBAR", 2)
    for number in range(5):
        into(thesis, say(alice, f"Talk number {number}", "Yes"))
    client, path, found = browser_of(alice), f"/projects/{thesis.uuid}/", []
    while path:
        context = client.get(path).context
        found += [row.title for row in context["project_rows"]]
        path = f"/projects/{thesis.uuid}/{context['project_more']}" if context["project_more"] else ""
    assert found == [f"Talk number {number}" for number in (4, 3, 2, 1, 0)]
    for wrong in ("x", "2026-01-01T00:00:00+00:00_x", "_1", "é_1", "2026-01-01_1"):
        assert client.get(f"/projects/{thesis.uuid}/", {"before": wrong}).status_code == 404


def test_a_conversation_moves_by_a_form_and_back_by_undo(alice, say, thesis):
    conversation, client = say(alice, "Question", "Answer"), browser_of(alice)
    path = f"/c/{conversation.uuid}/project/"
    assert str(thesis.uuid) in client.get(path).content.decode()
    answer = client.post(path, {"project": thesis.uuid}, follow=True)
    assert "Moved to “Thesis”" in answer.content.decode()
    assert f"{path}?project=" in answer.content.decode()
    assert Conversation.objects.get().project == thesis
    assert client.post(f"{path}?project=").status_code == 303
    assert Conversation.objects.get().project is None
    by_script = client.post(path, {"project": thesis.uuid}, headers={"X-Fragment": "1"})
    assert by_script.json() == {"text": "Moved to “Thesis”", "before": ""}
    again = client.post(path, {"project": thesis.uuid}, headers={"X-Fragment": "1"})
    assert again.json()["before"] == str(thesis.uuid)
    for wrong in ("x", str(uuid.uuid4()), "../", "\x00"):
        assert client.post(path, {"project": wrong}).status_code == 404
    assert Conversation.objects.get().project == thesis


def test_a_new_project_may_be_made_around_a_conversation(alice, bob, say):
    conversation, client = say(alice, "Question", "Answer"), browser_of(alice)
    client.post(f"/projects/new/?for={conversation.uuid}", FORM)
    assert Conversation.objects.get().project == Project.objects.get()
    assert browser_of(bob).post(f"/projects/new/?for={conversation.uuid}", FORM).status_code == 404
    assert Project.objects.count() == 1


def test_nobody_moves_into_another_s_project_nor_another_s_conversation(alice, bob, charlie, say, thesis):
    for person in (bob, charlie):
        mine = say(person, "Mine", "Yes")
        with pytest.raises(errors.ProjectNotFound):
            projects.move(person, mine.uuid, thesis.uuid)
        own = projects.create(person, {"name": "Own"})
        theirs = say(alice, f"Not {person.pk}'s", "No")
        with pytest.raises(NotFound):
            projects.move(person, theirs.uuid, own.uuid)
        for row in (mine, theirs):
            row.refresh_from_db()
            assert row.project is None


def test_what_is_temporary_or_deleted_is_in_no_project(alice, say, thesis):
    short, gone = say(alice, "Short", "Yes"), say(alice, "Gone", "Yes")
    Conversation.objects.filter(pk=short.pk).update(temporary=True, title="")
    arranging.delete(alice, [gone.uuid])
    for row in (short, gone):
        assert browser_of(alice).get(f"/c/{row.uuid}/project/").status_code == 404
        with pytest.raises(NotFound):
            into(thesis, row)


@pytest.mark.parametrize("way", ["keep", "delete"])
def test_deleting_asks_what_becomes_of_its_conversations_and_can_be_undone(alice, say, thesis, way):
    inside, earlier = into(thesis, say(alice, "Inside", "Yes")), into(thesis, say(alice, "Earlier", "Yes"))
    say(alice, "Outside", "Yes")
    search.add(Message.objects.all())
    arranging.delete(alice, [earlier.uuid])
    client, path = browser_of(alice), f"/projects/{thesis.uuid}/"
    page = client.get(f"{path}delete/").content.decode()
    assert "It has one chat." in page and 'value="keep"' in page and 'value="delete"' in page
    answer = client.post(f"{path}delete/", {"conversations": way}, follow=True)
    assert f"{path}restore/" in answer.content.decode()
    assert client.get(path).status_code == 404
    kept = ["Outside", "Inside"] if way == "keep" else ["Outside"]
    assert titles(listing.latest(alice, "", 9)) == kept
    found = SearchEntry.objects.filter(message__conversation=inside).exists()
    assert found is (way == "keep")
    inside.refresh_from_db()
    assert inside.current_project is None
    assert client.post(f"{path}restore/").url == path
    assert titles(listing.in_project(alice, thesis, "", 9)) == ["Inside"]
    assert titles(listing.latest(alice, "", 9)) == ["Outside"]
    assert SearchEntry.objects.filter(message__conversation=inside).exists()
    earlier.refresh_from_db()
    assert earlier.deleted_at is not None


def test_open_pages_are_told_where_its_conversations_are_when_it_is_deleted_and_back(
    alice, say, thesis, monkeypatch
):
    inside, pinned, old = (into(thesis, say(alice, text, "Yes")) for text in ("Inside", "Pinned", "Old"))
    arranging.pin(alice, [pinned.uuid])
    arranging.archive(alice, [old.uuid])
    told = []
    monkeypatch.setattr(layer, "announce_arranged", lambda _, places: told.append(places))
    projects.delete(alice, thesis.uuid, with_conversations=False)
    projects.restore(alice, thesis.uuid)
    assert told == [{inside.uuid: ""}, {inside.uuid: "project", pinned.uuid: "pinned"}]
    told.clear()
    projects.delete(alice, thesis.uuid, with_conversations=True)
    projects.restore(alice, thesis.uuid)
    listed = {inside.uuid: "project", pinned.uuid: "pinned"}
    gone = dict.fromkeys((inside.uuid, pinned.uuid, old.uuid), "deleted")
    assert told == [gone, listed | {old.uuid: "archived"}, listed]


def test_after_a_while_it_is_gone_and_what_it_had_stays(alice, say, thesis):
    inside = into(thesis, say(alice, "Inside", "Yes"))
    projects.delete(alice, thesis.uuid, with_conversations=False)
    Project.with_deleted.update(deleted_at=timezone.now() - soft_delete.UNDO_WINDOW * 2)
    assert browser_of(alice).post(f"/projects/{thesis.uuid}/restore/").status_code == 404
    conversations.purge()
    inside.refresh_from_db()
    assert inside.project_id is None
    assert not Project.with_deleted.exists()


def test_its_instructions_come_last_of_all_as_they_were_written(alice, say, thesis):
    Preferences.objects.create(person=alice, about="I am {me}.")
    conversation = into(thesis, say(alice, "Hello", ""))
    conversation.instructions = "You are a pirate."
    system = actions.context_for(reply_in(conversation, alice)).messages()[0]["content"]
    site, rest = system.split("You are a pirate.")
    assert "helpful assistant" in site
    personal, mine = rest.split("\n\nThis conversation belongs to their project “Thesis”. ")
    assert personal.endswith("I am {me}.")
    assert mine.endswith(":\nCite {sources}.")
    projects.delete(alice, thesis.uuid, with_conversations=False)
    conversation = Conversation.objects.get()
    assert "Cite" not in str(actions.context_for(reply_in(conversation, alice)).messages())


def test_the_line_of_what_the_model_sees_says_that_they_go_along(alice, say, thesis, settings):
    conversation, client = say(alice, "One", "Two", "Three", "Four"), browser_of(alice)
    settings.CONTEXT_EXCHANGES = 1
    line, path = ", plus your project’s instructions", f"/c/{conversation.uuid}/"
    assert line not in client.get(path).content.decode()
    into(thesis, conversation)
    assert line in client.get(path).content.decode()
    answer = client.post(f"{path}settings/", {"exchanges": "1"}, headers={"X-Fragment": "1"})
    assert line in answer.json()["memory"]
    projects.change(alice, thesis.uuid, {"instructions": " "})
    assert line not in client.get(path).content.decode()


def test_blank_instructions_are_none_and_long_ones_count(alice, say, thesis, settings):
    assert project_instructions(None) == project_instructions(Project(name="Blank", instructions=" \n")) == ""
    words = "x" * LONGEST_INSTRUCTIONS
    projects.change(alice, thesis.uuid, {"instructions": words})
    reply = reply_in(into(thesis, say(alice, "Hello", "")), alice)
    settings.CONTEXT_TOKENS = tokens(words)
    with pytest.raises(ContextTooLong):
        actions.context_for(reply)


def test_its_person_alone_sees_them_in_the_request(alice, bob, say, thesis):
    conversation = into(thesis, say(alice, "Hello", "There"))
    reply = conversation.tip
    request = ModelRequest(reply=reply, message_ids=[reply.parent_id], sent_at=reply.created_at)
    request.system, request.system_is_open, request.project = "A canary", False, "Cite {sources}."
    request.save()
    _, (sent,) = request_log.sent_for(alice, reply.uuid)
    assert [(part.kind, part.text) for part in sent.parts] == [
        ("system", None),
        ("project", "Cite {sources}."),
        ("user", "Hello"),
    ]
    page = browser_of(alice).get(f"/m/{reply.uuid}/sent/").content.decode()
    assert "Cite {sources}." in page and "Your project’s instructions" in page
    chief = User.objects.create_superuser("chief@example.org")
    paths = (f"chat/conversation/{conversation.pk}", f"chat/user/{alice.pk}", f"chat/project/{thesis.pk}")
    for moderator in (chief, bob):
        client = browser_of(moderator)
        assert client.get(f"/m/{reply.uuid}/sent/").status_code == 404
        for path in paths:
            assert "Cite {sources}" not in client.get(f"/admin/{path}/change/").content.decode()


def test_a_chat_that_is_begun_there_has_its_persona_and_model(alice, bob, thesis):
    large, small = OfferedModel.objects.create(name="large"), OfferedModel.objects.create(name="small")
    theirs = Persona.objects.create(
        owner=bob, name="Tutor", instructions="Teach", sharing="shared", model=small
    )
    projects.change(alice, thesis.uuid, {"persona": theirs, "model": large})
    client = browser_of(alice)
    answer = client.post(f"/projects/{thesis.uuid}/start/", headers={"X-Fragment": "1"})
    begun = Conversation.objects.get(uuid=answer.json()["conversation"])
    assert (begun.project, begun.persona, begun.instructions, begun.model) == (thesis, theirs, "Teach", large)
    client.post(f"/projects/{thesis.uuid}/start/", {"model": small.pk})
    assert Conversation.objects.latest("pk").model == small
    projects.change(alice, thesis.uuid, {"model": None})
    client.post(f"/projects/{thesis.uuid}/start/")
    assert Conversation.objects.latest("pk").model == small
    assert "New chats here are with Tutor." in client.get(f"/projects/{thesis.uuid}/").content.decode()


def test_a_persona_or_model_that_is_gone_gives_way_with_a_line_that_says_so(alice, bob, thesis):
    large, _small = OfferedModel.objects.create(name="large"), OfferedModel.objects.create(name="small")
    theirs = Persona.objects.create(owner=bob, name="Tutor", sharing="shared")
    projects.change(alice, thesis.uuid, {"persona": theirs, "model": large})
    client = browser_of(alice)
    client.post(f"/projects/{thesis.uuid}/start/")
    personas.withdraw(bob, theirs.uuid)
    personas.change(bob, theirs.uuid, {"name": "Private name"})
    OfferedModel.objects.filter(pk=large.pk).update(is_offered=False)
    page = client.get(f"/projects/{thesis.uuid}/").content.decode()
    assert "The persona “Tutor” is no longer available." in page
    assert "large is no longer available. New chats use small." in page
    assert "Private name" not in page + client.get(f"/projects/{thesis.uuid}/change/").content.decode()
    client.post(f"/projects/{thesis.uuid}/start/")
    begun = Conversation.objects.latest("pk")
    assert begun.persona_name == ""
    assert (begun.project, begun.persona, begun.model) == (thesis, None, None)


def test_another_s_private_persona_is_no_choice(alice, bob):
    theirs = Persona.objects.create(owner=bob, name="Secret tutor")
    client = browser_of(alice)
    assert "Secret tutor" not in client.get("/projects/new/").content.decode()
    answer = client.post("/projects/new/", FORM | {"persona": theirs.uuid}, headers={"X-Fragment": "1"})
    assert "persona" in answer.json()["fields"]


def test_another_s_project_is_what_a_random_id_is_with_the_same_sentence(bob, thesis):
    client = browser_of(bob)
    for path in ("", "change/", "delete/", "conversations/"):
        for found in (thesis.uuid, uuid.uuid4()):
            answer = client.get(f"/projects/{found}/{path}", headers={"X-Fragment": "1"})
            assert answer.status_code == 404
            assert answer.json()["text"] == errors.ProjectNotFound().user_text()
