"""The format of exported conversations is what its documentation shows."""

import json
import re

import msgspec
import pytest

from chat.transfer import format
from tests.support.server import ROOT

DOCUMENT = (ROOT / "docs/export-format.md").read_text(encoding="utf-8")


@pytest.fixture
def sample() -> str:
    (found,) = re.findall(r"^```json\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
    return found


def test_the_documented_sample_is_read_whole_and_written_the_same(sample):
    read = msgspec.json.decode(sample, type=format.ExportFile)
    assert json.loads(msgspec.json.encode(read)) == json.loads(sample)


def test_the_sample_shows_every_field_of_a_conversation(sample):
    file = json.loads(sample)
    (conversation,), (project,) = file["conversations"], file["projects"]
    shown = {name for message in conversation["messages"] for name in message}
    usage = {name for message in conversation["messages"] for name in message.get("usage", {})}
    assert file.keys() == set(format.ExportFile.__struct_fields__)
    assert project.keys() == set(format.ExportedProject.__struct_fields__)
    assert conversation.keys() == set(format.ExportedConversation.__struct_fields__)
    rare = {"hidden", "error", "requested_model"}
    assert shown == set(format.ExportedMessage.__struct_fields__) - rare
    assert usage == set(format.ExportedUsage.__struct_fields__)


def test_every_field_is_explained():
    structs = (format.ExportFile, format.ExportedProject, format.ExportedConversation)
    every = {name for struct in (*structs, format.ExportedMessage) for name in struct.__struct_fields__}
    assert {name for name in every if name not in DOCUMENT} == set()


def test_an_older_reader_passes_over_what_a_newer_writer_adds(sample):
    file = json.loads(sample)
    file["theme"] = file["conversations"][0]["mood"] = file["conversations"][0]["messages"][0]["x"] = {"a": 1}
    read = msgspec.json.decode(json.dumps(file), type=format.ExportFile)
    assert json.loads(msgspec.json.encode(read)) == json.loads(sample)


def test_a_date_without_a_zone_is_refused(sample):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(sample.replace("10:17:00Z", "10:17:00"), type=format.ExportFile)


def test_the_version_and_the_name_are_those_of_the_document(sample):
    file = json.loads(sample)
    assert (file["format"], file["version"]) == (format.FORMAT, format.VERSION)
