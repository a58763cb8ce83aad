"""The JSON of an export: everything that is the person's, with all branches, and nothing that is not."""

import io
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from chat.core.text import find_bad
from chat.models import Conversation, Message, User
from chat.transfer.format import ExportFile
from chat.transfer.reading import Choice, extent_of
from chat.transfer.writing import Export, Format

pytestmark = pytest.mark.django_db


def exported(user, **choice) -> ExportFile:
    """The conversations of a person as the file has them."""
    return msgspec.json.decode(written(user, **choice), type=ExportFile)


def written(user, **choice) -> bytes:
    sink = io.BytesIO()
    Export(user, Format.JSON, extent_of(user, Choice(**choice)).ids, "x.json").write(sink)
    return sink.getvalue()


def test_all_branches_are_in_it_in_the_order_in_which_they_were_made(alice, rich):
    (conversation,) = exported(alice).conversations
    rows = list(Message.objects.order_by("pk"))
    assert [message.id for message in conversation.messages] == [str(row.uuid) for row in rows]
    ids = [message.id for message in conversation.messages]
    assert [message.parent for message in conversation.messages] == [
        None,
        ids[0],
        ids[0],
        ids[0],
        ids[2],
        ids[4],
    ]
    assert conversation.current == ids[-1]


def test_what_is_known_of_a_conversation_goes_along(alice, rich):
    file = exported(alice)
    (conversation,), (project,) = file.conversations, file.projects
    assert (conversation.title, conversation.persona) == ("A day on Mars", "Tutor")
    assert (conversation.model, conversation.model_label) == ("vendor/big-1", "Big One")
    assert (conversation.parameters, conversation.context_exchanges) == ({"temperature": 0.2}, 4)
    assert (conversation.pinned_at, conversation.archived_at) == (rich.pinned_at, rich.archived_at)
    assert (project.name, project.icon, project.instructions) == ("Physics", "🔭", "Use units.")
    assert conversation.project == project.id
    assert conversation.created_at == rich.created_at


def test_what_is_known_of_a_reply_goes_along(alice, rich):
    question, stopped, shown, running, hidden, failed = exported(alice).conversations[0].messages
    assert question.pinned_at is not None
    assert (stopped.status, shown.status, failed.status) == ("stopped", "complete", "failed")
    assert running.status == "interrupted"
    assert (shown.thinking, shown.model_label, shown.persona) == ("Mars turns slower.", "Big One", "Tutor")
    assert (shown.usage.input_tokens, shown.usage.output_tokens, shown.usage.thinking_ms) == (31, 120, 4000)
    assert shown.usage.cached_tokens == 16
    assert (hidden.hidden, hidden.text) == (True, "")
    assert failed.error == "provider_down"
    assert shown.created_at.isoformat() == "2026-03-29T00:32:00+00:00"


def test_nothing_hidden_nothing_of_others_and_nothing_internal_is_in_it(alice, rich):
    text = written(alice).decode().replace("canary third", "")
    assert "canary" not in text


def test_instructions_that_are_the_person_s_own_go_along(alice, rich):
    Conversation.objects.update(instructions_are_open=True, instructions="Be {{user}}'s tutor.")
    assert exported(alice).conversations[0].instructions == "Be {{user}}'s tutor."


def test_temporary_deleted_and_others_conversations_are_in_no_file(alice, bob, say):
    kept, deleted, temporary = (
        say(alice, "kept", "a"),
        say(alice, "deleted", "a"),
        say(alice, "temporary", "a"),
    )
    say(bob, "another's", "a")
    Conversation.objects.filter(pk=deleted.pk).update(deleted_at=kept.created_at)
    Conversation.objects.filter(pk=temporary.pk).update(temporary=True)
    assert [conversation.title for conversation in exported(alice).conversations] == ["kept"]


def test_a_project_that_is_deleted_is_not_in_it(alice, rich):
    rich.project.deleted_at = rich.created_at
    rich.project.save()
    file = exported(alice)
    assert file.projects == []
    assert file.conversations[0].project is None


def test_what_has_its_default_is_left_out(alice, say):
    say(alice, "q", "a")
    message = json.loads(written(alice))["conversations"][0]["messages"][1]
    assert message.keys() == {"id", "parent", "role", "created_at", "text"}


def test_a_person_without_conversations_has_an_empty_file(alice):
    assert exported(alice).conversations == []


class AnyText(TestCase):
    """Hypothesis makes its texts in one transaction each."""

    @given(st.text(max_size=300).filter(lambda text: not find_bad(text)))
    @settings(max_examples=60, deadline=None)
    def test_any_text_survives(self, text):
        alice = User.objects.create_user("alice@example.org")
        conversation = Conversation.objects.create(owner=alice, title=text[:120] or "t")
        message = Message.objects.create(
            conversation=conversation, role="user", text=text, reasoning=text[::-1]
        )
        (found,) = exported(alice).conversations
        assert (found.title, found.messages[0].text) == (conversation.title, text)
        assert found.messages[0].thinking == message.reasoning
