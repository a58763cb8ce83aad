"""Everything exported, erased and imported: the file of after says what the file of before said."""

import io
import json

import pytest

from chat.conversations import actions as conversations
from chat.models import Conversation, Message, Project
from chat.transfer.reading import Choice, extent_of
from chat.transfer.writing import Export, Format

pytestmark = pytest.mark.django_db

HOSTILE = "# <script>alert(1)</script>\n```\n$x$ \\(y\\) \u202e\u2028 漢字 👨\u200d👩 \\\\n\ttab  \r\n"


def file_of(user) -> bytes:
    sink = io.BytesIO()
    Export(user, Format.JSON, extent_of(user, Choice()).ids, "x.json").write(sink)
    return sink.getvalue()


def without_ids(file: bytes) -> dict:
    """The file as plain values, in which ids are places in it, and moments of the import are left out."""
    value = json.loads(file)
    del value["exported_at"]
    places: dict[str, str] = {}
    for kind in ("projects", "conversations"):
        value[kind] = sorted(value.get(kind, []), key=lambda row: row.get("title") or row["name"])
    for number, project in enumerate(value["projects"]):
        places[project["id"]] = f"project {number}"
        del project["created_at"]
    for conversation in value["conversations"]:
        messages = conversation["messages"]
        places |= {message["id"]: f"message {number}" for number, message in enumerate(messages)}
        for row in (conversation, *messages):
            # They are set anew: whether, not when
            row |= {name: True for name in ("pinned_at", "archived_at") if name in row}
            row["id"] = places.get(row["id"], "")
            row |= {name: places[row[name]] for name in ("parent", "current", "project") if row.get(name)}
    for project in value["projects"]:
        project["id"] = places[project["id"]]
    return value


def erase(user) -> None:
    conversations.delete_all(user)
    Conversation.objects.filter(owner=user).delete()
    Project.objects.filter(owner=user).delete()


def test_everything_exported_erased_and_imported_is_the_same_again(alice, rich, say, bring):
    conversation = say(alice, "Plain words", "An answer", HOSTILE, HOSTILE)
    conversation.instructions = "Be {{user}}'s tutor."
    conversation.save()
    before = file_of(alice)
    erase(alice)
    assert not Message.objects.exists()
    made = bring(alice, before)
    assert made.report["losses"] == {}
    assert without_ids(file_of(alice)) == without_ids(before)


def test_another_person_takes_a_file_in_and_the_file_of_theirs_is_the_same(alice, charlie, rich, bring):
    before = file_of(alice)
    bring(charlie, before)
    assert without_ids(file_of(charlie)) == without_ids(before)
    assert file_of(alice).partition(b'"site"')[2] == before.partition(b'"site"')[2]
