"""What an import makes of a file: rows with their own dates, nothing doubled, nothing of others touched."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db.models import Q
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging
from chat.models import (
    Conversation,
    Generation,
    Import,
    ImportedConversation,
    ImportStatus,
    Job,
    Message,
    Project,
)
from chat.search import find
from chat.search.query import parse
from chat.transfer.imports import actions, files
from tests.support.exports import (
    T0,
    as_json,
    as_zip,
    claude,
    claude_message,
    gpt,
    gpt_message,
    gpt_talk,
    webui,
    webui_message,
)

pytestmark = pytest.mark.django_db


def texts(conversation):
    return [message.text.strip() for message in Message.branch_to(conversation.tip_id, 1000)]


def test_a_conversation_comes_with_its_title_dates_model_and_branch_in_view(alice, bring):
    nodes = {
        "root": (None, None),
        "q": ("root", gpt_message("user", "量子力学 是什么?", at=T0)),
        "a1": ("q", gpt_message("assistant", "First", at=T0 + 1)),
        "a2": ("q", gpt_message("assistant", "Second", at=T0 + 2)),
    }
    made = bring(alice, [gpt("Physics", nodes, current_node="a1")])
    assert made.status == ImportStatus.DONE
    conversation = Conversation.objects.get(owner=alice)
    assert conversation.title == "Physics"
    assert conversation.created_at == datetime.fromtimestamp(T0, UTC)
    assert conversation.last_activity_at == datetime.fromtimestamp(T0 + 60, UTC)
    assert not conversation.reply_unseen
    assert texts(conversation) == ["量子力学 是什么?", "First"]
    second = Message.objects.get(text="Second")
    assert second.parent.text.startswith("量子")
    assert (second.model, second.model_label, second.status) == ("gpt-4o", "gpt-4o", "complete")
    assert second.created_at == datetime.fromtimestamp(T0 + 2, UTC)
    assert Generation.objects.filter(reply__conversation=conversation, requested_at=None).count() == 2
    assert conversations.show(alice, second.uuid).tip == second


def test_what_came_is_found_at_once(alice, bring):
    bring(alice, [gpt_talk("Finding", 1, "Zwetschgenkuchen 梅子")])
    for words in ("zwetschgenkuchen", "梅子"):
        assert len(find.messages(alice, parse(words), Q(), None, 10).hits) == 2


def test_the_same_file_again_makes_no_doubles_and_what_has_grown_is_added(alice, bring, look_through):
    bring(alice, [gpt_talk("Growing", 2), gpt_talk("Same", 1)])
    preview = look_through(alice, [gpt_talk("Growing", 3), gpt_talk("Same", 1), gpt_talk("New", 1)])
    found = preview.preview
    assert (found["new"], found["grown"], found["same"], found["added"]) == (1, 1, 1, 4)
    actions.cancel(alice, preview.uuid)
    made = bring(alice, [gpt_talk("Growing", 3), gpt_talk("Same", 1), gpt_talk("New", 1)])
    assert (made.report["new"], made.report["grown"], made.report["same"]) == (1, 1, 1)
    assert Conversation.objects.filter(owner=alice).count() == 3
    assert Message.objects.filter(conversation__owner=alice).count() == 6 + 2 + 2
    growing = Conversation.objects.get(title="Growing")
    assert texts(growing)[-1] == "Reply 2 to Growing"
    bring(alice, [gpt_talk("Growing", 3), gpt_talk("Same", 1), gpt_talk("New", 1)])
    assert Message.objects.filter(conversation__owner=alice).count() == 10


def test_conversations_of_several_products_come_in_one_transaction(alice, bring):
    files = {"a.json": own_file(whole_conversation()), "b.json": [gpt_talk("Other", 2)]}
    bring(alice, as_zip(files))
    errors = Generation.objects.order_by("pk").values_list("error", "tokens_in")
    assert list(errors)[-2:] == [("", None)] * 2
    assert Message.objects.filter(conversation__title="Other", finish_reason="").count() == 4
    assert Generation.objects.filter(tokens_in=3).count() == 1


def test_a_conversation_that_is_in_one_file_several_times_makes_no_doubles(alice, bring):
    made = bring(alice, [gpt_talk("Often", turns) for turns in (1, 3, 2, 3)])
    assert {name: made.report[name] for name in ("new", "grown", "same", "added")} == {
        "new": 1,
        "grown": 1,
        "same": 2,
        "added": 6,
    }
    assert Message.objects.filter(conversation=Conversation.objects.get(title="Often")).count() == 6


def test_who_went_on_here_keeps_their_branch_in_view(alice, bring, say):
    bring(alice, [gpt_talk("Both", 1)])
    conversation = Conversation.objects.get()
    question = Message.objects.create(
        conversation=conversation, parent=conversation.tip, author=alice, role="user", text="Here"
    )
    conversation.tip = Message.objects.create(
        conversation=conversation, parent=question, author=alice, role="assistant", text="Yes"
    )
    conversation.save()
    bring(alice, [gpt_talk("Both", 2)])
    conversation.refresh_from_db()
    assert texts(conversation)[-2:] == ["Here", "Yes"]
    assert Message.objects.filter(text__startswith="Question 1").get().parent.text.startswith("Reply 0")


def test_what_was_deleted_here_stays_deleted_unless_it_is_asked_for(alice, bring, look_through):
    bring(alice, [gpt_talk("Gone"), gpt_talk("There")])
    arranging.delete(alice, [Conversation.objects.get(title="Gone").uuid])
    preview = look_through(alice, [gpt_talk("Gone"), gpt_talk("There")])
    assert (preview.preview["deleted"], preview.preview["same"]) == (1, 1)
    actions.cancel(alice, preview.uuid)
    made = bring(alice, [gpt_talk("Gone"), gpt_talk("There")])
    assert [(note.kind, note.title) for note in made.notes.all()] == [("deleted", "Gone")]
    assert Conversation.objects.of(alice).count() == 1
    bring(alice, [gpt_talk("Gone"), gpt_talk("There")], with_deleted=True)
    assert Conversation.objects.of(alice).count() == 2
    # Also when its row is gone for good
    Conversation.objects.filter(title="Gone").delete()
    assert bring(alice, [gpt_talk("Gone")]).report["deleted"] == 1


def test_two_people_with_the_same_file_have_a_copy_each(alice, bob, bring):
    bring(alice, [gpt_talk("Shared")])
    before = list(Message.objects.order_by("pk").values())
    bring(bob, [gpt_talk("Shared", 2)])
    assert Conversation.objects.filter(owner=bob).count() == 1
    assert list(Message.objects.filter(conversation__owner=alice).order_by("pk").values()) == before


def test_ids_of_somebody_elses_conversations_and_messages_open_nothing(alice, bob, bring, say):
    theirs = say(alice, "secret question", "secret answer")
    before = list(Message.objects.order_by("pk").values()), Conversation.objects.values().get()
    value = own_file(
        {
            "id": str(theirs.uuid),
            "title": "Taken",
            "created_at": "2025-01-01T00:00:00Z",
            "last_activity_at": "2025-01-01T00:00:00Z",
            "current": str(theirs.tip.uuid),
            "messages": [
                {
                    "id": str(theirs.tip.uuid),
                    "parent": str(theirs.tip.parent.uuid),
                    "role": "assistant",
                    "created_at": "2025-01-01T00:00:00Z",
                    "text": "mine",
                }
            ],
        }
    )
    bring(bob, value)
    assert Message.objects.filter(conversation__owner=bob).get().text == "mine"
    assert list(Message.objects.filter(conversation=theirs).order_by("pk").values()) == before[0]
    assert Conversation.objects.filter(owner=alice).values().get() == before[1]


def own_file(*conversations, **head):
    return {"format": "gptsite-conversations", "version": 1, **head, "conversations": list(conversations)}


def whole_conversation():
    """One with all that a file of ours may say."""
    message = {"role": "user", "created_at": "2025-01-01T00:00:00.123456Z"}
    reply = message | {"parent": "q", "role": "assistant"}
    written = {"text": "A", "thinking": "T", "status": "stopped", "finish_reason": "stop", "persona": "Tutor"}
    by = {"model": "m", "model_label": "M", "usage": {"input_tokens": 3, "cached_tokens": 2, "total_ms": 20}}
    return {
        "id": "5d0c7c0e-8f57-4d6a-9b0e-1f6c2f1a7b20",
        "title": "Whole",
        "created_at": "2025-01-01T00:00:00Z",
        "last_activity_at": "2025-01-02T00:00:00Z",
        "pinned_at": "2025-01-03T00:00:00Z",
        "project": "p",
        "persona": "Tutor",
        "instructions": "Teach.",
        "parameters": {"temperature": 0.2},
        "context_exchanges": 4,
        "current": "a1",
        "messages": [
            message | {"id": "q", "text": "Q", "pinned_at": "2025-01-01T10:00:00Z"},
            reply | {"id": "a1"} | written | by,
            reply | {"id": "a2", "hidden": True},
            reply | {"id": "a3", "status": "failed", "error": "timeout"},
        ],
    }


@pytest.mark.parametrize("name", ["id", "title", "project", "model", "persona", "instructions", "current"])
def test_a_name_that_no_database_stores_keeps_no_file_out(alice, bring, name):
    value = own_file(whole_conversation() | {name: "a\ud800\0"})
    assert bring(alice, json.dumps(value).encode()).status == ImportStatus.DONE  # as escapes
    assert Message.objects.filter(conversation__owner=alice).count() == 4


def test_a_file_of_ours_brings_what_no_other_product_has(alice, bring):
    project = {"id": "p", "name": "Physics", "icon": "🔭", "instructions": "Units."}
    value = own_file(whole_conversation(), projects=[project])
    bring(alice, value)
    found = Conversation.objects.get(owner=alice)
    assert (found.persona_name, found.instructions, found.parameters) == (
        "Tutor",
        "Teach.",
        {"temperature": 0.2},
    )
    assert (found.exchanges, found.project.name, found.project.icon) == (4, "Physics", "🔭")
    assert found.pinned_at == datetime(2025, 1, 3, tzinfo=UTC)
    reply = found.tip
    assert (reply.text, reply.reasoning, reply.status, reply.model_label) == ("A", "T", "stopped", "M")
    assert (reply.generation.tokens_in, reply.generation.tokens_cached, reply.generation.total_ms) == (
        3,
        2,
        20,
    )
    assert reply.parent.pinned_at == datetime(2025, 1, 1, 10, tzinfo=UTC)
    hidden, failed = Message.objects.filter(parent=reply.parent).exclude(pk=reply.pk).order_by("pk")
    assert hidden.is_hidden
    assert (failed.status, failed.generation.error) == ("failed", "timeout")


def test_a_file_is_no_way_around_what_one_person_may_have(alice, bring, monkeypatch):
    monkeypatch.setattr("chat.transfer.imports.writer.MOST_PINNED_CONVERSATIONS", 2)
    monkeypatch.setattr("chat.transfer.imports.writer.MOST_PINNED", 1)
    monkeypatch.setattr("chat.transfer.imports.own_facts.MOST_PROJECTS", 2)
    projects = [{"id": f"p{n}", "name": f"Project\n{n}", "icon": "<b>no icon</b>"} for n in range(4)]
    asked = {"role": "user", "created_at": "2025-01-01T00:00:00Z", "pinned_at": "2025-01-01T00:00:00Z"}
    talks = [
        whole_conversation()
        | {"id": f"talk {n}", "project": f"p{n}"}
        | {"messages": [asked | {"id": f"q{m}", "text": "Q"} for m in range(3)]}
        for n in range(4)
    ]
    bring(alice, own_file(*talks, projects=projects))
    assert Conversation.objects.filter(owner=alice).count() == 4
    assert Conversation.objects.exclude(pinned_at=None).count() == 2
    for conversation in Conversation.objects.all():
        assert Message.objects.filter(conversation=conversation).exclude(pinned_at=None).count() == 1
    made = list(Project.objects.filter(owner=alice).order_by("pk").values_list("name", "icon"))
    assert made == [("Project 0", "folder"), ("Project 1", "folder")]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_days_that_cannot_be_of_pins_and_the_archive_are_the_conversation_s(alice, bring, when):
    bring(alice, own_file(whole_conversation() | {"pinned_at": when, "archived_at": when}))
    found = Conversation.objects.get(owner=alice)
    assert (found.pinned_at, found.archived_at) == (found.last_activity_at,) * 2


def test_a_temporary_chat_is_none_that_a_file_may_add_to(alice, bring, say):
    own = say(alice, "Q", "A")
    Conversation.objects.filter(pk=own.pk).update(temporary=True, title="")
    bring(alice, own_file(whole_conversation() | {"id": str(own.uuid)}))
    assert Message.objects.filter(conversation=own).count() == 2
    assert Conversation.objects.filter(owner=alice, temporary=False).get().title == "Whole"


def test_titles_are_text_on_one_line(alice, bring):
    talks = [
        gpt_talk("<script>alert(1)</script>\nand\0more"),
        gpt_talk("x" * 500),
        gpt_talk("Untitled", title=None),
        gpt_talk("Empty", title=" \n "),
    ]
    bring(alice, talks)
    titles = set(Conversation.objects.values_list("title", flat=True))
    assert titles == {
        "<script>alert(1)</script> and\ufffdmore",
        "x" * 120,
        "Question 0 of Untitled",
        "Question 0 of Empty",
    }


def test_the_report_names_what_stays_behind_and_ends_at_a_thousand(alice, bring, monkeypatch):
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1"}
    talks = [
        gpt(f"Talk {number}", {"q": (None, gpt_message("user", [picture, "Look"]))}) for number in range(7)
    ]
    monkeypatch.setattr("chat.transfer.imports.background.MOST_NOTES", 5)
    made = bring(alice, [*talks, {"id": "odd", "title": "Odd"}])
    assert made.report["losses"] == {"picture": 7, "unknown": 1}
    assert made.report["notes"] == 8
    notes = list(made.notes.order_by("pk"))
    assert [(note.title, note.kind, note.count) for note in notes] == [
        (f"Talk {number}", "picture", 1) for number in range(5)
    ]
    assert notes[0].conversation.title == "Talk 0"


def test_several_products_in_one_zip_all_come(alice, bring):
    files_of = {
        "a/conversations.json": [gpt_talk("GPT")],
        "b/conversations.json": [claude("Claude", claude_message("m", "human", "Hi"))],
        "c/chat-export.json": [webui("Web", webui_message("q", "user", "Hi"))],
    }
    made = bring(alice, as_zip(files_of))
    assert made.report["products"] == {"chatgpt": 1, "claude": 1, "openwebui": 1}
    assert Conversation.objects.count() == 3


def test_the_file_is_gone_when_the_import_has_ended_and_the_report_is_there(alice, bring):
    made = bring(alice, [gpt_talk("One")])
    assert not files.path_of(made.uuid).exists()
    assert made.ended_at
    assert made.report["new"] == 1


def test_a_zip_that_lies_about_its_sizes_is_looked_through(alice, look_through):
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("a.json", as_json([gpt_talk("One")]))
        made.infolist()[0].file_size = 2**64 - 1  # which no column holds
    assert look_through(alice, data.getvalue()).preview["new"] == 1


def test_a_file_without_anything_says_so(alice, look_through):
    preview = look_through(alice, b"nothing of use")
    assert preview.status == ImportStatus.READY
    assert preview.preview["losses"] == {"without": 1}


def test_of_a_deleted_account_nothing_is_left(alice, look_through, do_jobs):
    made = look_through(alice, [gpt_talk("One")])
    alice.delete()
    Job.objects.update(run_after=timezone.now())
    do_jobs(actions.EXPIRE)
    assert not files.path_of(made.uuid).exists()
    assert not Import.objects.exists()
    assert not ImportedConversation.objects.exists()


def test_a_file_on_which_nobody_decides_goes_after_a_day(alice, look_through, do_jobs):
    made = look_through(alice, [gpt_talk("One")])
    assert do_jobs(actions.EXPIRE) == []
    Job.objects.update(run_after=timezone.now())
    do_jobs(actions.EXPIRE)
    made.refresh_from_db()
    assert made.status == ImportStatus.CANCELLED
    assert not files.path_of(made.uuid).exists()
