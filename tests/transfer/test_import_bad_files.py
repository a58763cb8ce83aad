"""Files that are broken, hostile or somebody else's: each is refused or taken in part, and what is missing named."""

import json
import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.transfer.imports import archive, directory, reader, split
from chat.transfer.imports.decode import decode
from chat.transfer.imports.split import Splitter
from chat.transfer.imports.tree import LONGEST_TEXT, plant
from tests.support.exports import as_json, as_zip, claude, claude_message, gpt, gpt_message, gpt_talk, saved


@pytest.fixture
def take(tmp_path):
    """Read a file: the conversations, and the problems by kind and name."""

    def read(data):
        items = list(reader.read(saved(tmp_path, data)))
        return [item.found for item in items if item.found], [
            (item.problem, item.name) for item in items if item.problem
        ]

    return read


def titles(found):
    return [each.title for each in found]


# ZIPs


def test_a_bomb_is_read_no_further_than_it_may_unpack(take, monkeypatch):
    monkeypatch.setattr(archive, "FREE", 1000)
    talk = as_json([gpt_talk("Before")])
    found, problems = take(
        as_zip({"a.json": talk, "b.json": b"[" + b" " * 50_000_000 + b"]", "c.json": talk})
    )
    assert titles(found) == ["Before", "Before"]
    assert problems == [("bomb", "b.json")]


def test_many_files_together_are_no_way_around_the_bound(take, monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 30_000)
    files = {f"{number}.json": [gpt_talk(f"Talk {number}", 1, "x" * 9000)] for number in range(5)}
    found, problems = take(as_zip(files))
    assert titles(found) == ["Talk 0"]
    assert {problem for problem, _ in problems} == {"bomb"}


def test_a_zip_that_lists_more_files_than_anybody_has_is_not_opened(take, monkeypatch):
    monkeypatch.setattr(directory, "MOST_DIRECTORY", 1000)
    assert take(as_zip({f"{number}.json": [] for number in range(100)})) == ([], [("bomb", "")])


def test_names_with_dots_and_slashes_are_names(take, tmp_path):
    before = set(tmp_path.parent.rglob("*"))
    found, _ = take(as_zip({"../../evil.json": [gpt_talk("Up")], "/etc/evil.json": [gpt_talk("Root")]}))
    assert titles(found) == ["Up", "Root"]
    assert set(tmp_path.parent.rglob("*")) - before == {tmp_path / "upload"}


def test_a_file_with_a_password_and_a_zip_in_the_zip_are_named(take):
    data = bytearray(
        as_zip({"conversations.json": [gpt_talk("Locked")], "inner.zip": b"PK", "b.json": [gpt_talk("Open")]})
    )
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    found, problems = take(bytes(data))
    assert titles(found) == ["Open"]
    assert problems == [("encrypted", "conversations.json"), ("nested", "inner.zip")]


def test_of_a_zip_that_is_cut_off_what_is_there_is_taken(take):
    talks = [gpt_talk(f"Talk {number}", 3, "words " * number) for number in range(40)]
    data = as_zip({"first.json": talks[:20], "photo.png": b"x" * 5000, "second.json": talks[20:]})
    second = data.index(b"second.json")
    found, problems = take(data[: second + 900])
    assert titles(found)[:20] == [talk["title"] for talk in talks[:20]]
    assert 20 < len(found) < 40
    assert [kind for kind, _ in problems] == ["cut_off", "cut_off"]


def test_a_zip_that_was_written_as_a_stream_is_read_when_cut_off_too(take):
    class Pipe(BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise OSError

        def seek(self, *place):
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.json", as_json([gpt_talk("A")]))
        made.writestr("b.json", as_json([gpt_talk("B")]))
    whole = pipe.getvalue()
    found, problems = take(whole[: whole.index(b"PK\x01\x02")])
    assert titles(found) == ["A", "B"]
    assert problems == [("cut_off", "")]


def test_a_damaged_file_of_a_zip_does_not_take_the_others_along(take):
    data = bytearray(as_zip({"a.json": [gpt_talk("A", 40, "some words")], "b.json": [gpt_talk("B")]}))
    place = data.index(b"a.json") + 60
    data[place : place + 20] = b"\xff" * 20
    found, problems = take(bytes(data))
    assert titles(found) == ["B"]
    assert ("damaged", "a.json") in problems


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_follows_the_beginning_of_a_zip_is_no_fault_of_the_site(tmp_path_factory, rest):
    path = saved(tmp_path_factory.getbasetemp(), b"PK\x03\x04" + rest)
    for item in reader.read(path):
        assert item.problem


def test_a_zip64_end_that_lies_is_refused(tmp_path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert directory.is_too_long(saved(tmp_path, b"PK\x03\x04" + end))


# JSON


def test_one_broken_conversation_costs_no_other(take):
    # LibreChat#8157: a comma too many, and "imported" all the same
    good, bad = as_json(gpt_talk("Good")), as_json(gpt_talk("Bad")).replace(b"}}", b"},}", 1)
    found, problems = take(b"[" + good + b"," + bad + b"," + good + b"]")
    assert titles(found) == ["Good", "Good"]
    assert problems == [("unreadable", "")]


def test_a_file_that_is_cut_off_brings_what_was_before(take):
    data = as_json([gpt_talk("One"), gpt_talk("Two"), gpt_talk("Three")])
    found, problems = take(data[:-300])
    assert titles(found) == ["One", "Two"]
    assert problems == [("cut_off", "")]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "without"),
        (b"hello", "without"),
        (b"<html><body>no</body></html>", "without"),
        (b"[]", "without"),
        (b"[1, 2, 3]", "without"),
        (b'{"a": 1}', "unknown"),
        (b'[{"id": "x", "title": "Mine", "mapping": {}, "inserted_at": "2025-01-01"}]', "unknown"),
        (b"{not json}", "unreadable"),
        (
            b'{"format":"gptsite-conversations","version":99,"conversations":[{"id":"1","messages":[]}]}',
            "newer",
        ),
    ],
)
def test_what_holds_no_conversations_says_what_it_is(take, data, kind):
    found, problems = take(data)
    assert found == []
    assert [problem for problem, _ in problems] == [kind]


def test_a_conversation_that_is_too_large_is_passed_over(take, monkeypatch):
    monkeypatch.setattr(split, "A_READ", 100)
    talks = [gpt_talk("Small"), gpt_talk("Large", 9, "y" * 2000), gpt_talk("Small too")]
    original = Splitter.__init__
    monkeypatch.setattr(Splitter, "__init__", lambda self, stream: original(self, stream, 10_000))
    found, problems = take(as_json(talks))
    assert titles(found) == ["Small", "Small too"]
    assert problems == [("too_large", "")]


def test_a_text_without_end_is_not_kept():
    class Endless(BytesIO):
        def read(self, size=-1):
            self.count = getattr(self, "count", 0) + 1
            return b'[{"a":"' if self.count == 1 else b"x" * 1000

    pieces = list(Splitter(Endless(), most=50_000))
    assert [piece.problem for piece in pieces] == ["too_large"]


def test_nothing_but_one_conversation_is_in_memory(tmp_path):
    path = tmp_path / "upload"
    talk = as_json(gpt_talk("Big", 20, "many words " * 400))
    with path.open("wb") as file:
        file.write(b"[")
        for number in range(60):
            file.write(b"," * bool(number) + talk)
        file.write(b"]")
    tracemalloc.start()
    try:
        for item in reader.read(path):
            plant(item.found)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000  # of 11 MB
    finally:
        tracemalloc.stop()


words = st.text('{}[]"\\,: \n\u00e9\U0001f600', max_size=12)
plain = st.recursive(
    st.none() | st.integers(0, 9) | words,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(words, values, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(words, plain, max_size=3), max_size=4), st.integers(1, 60), st.booleans())
def test_a_list_is_cut_into_its_objects_however_it_comes(objects, size, is_pretty):
    data = json.dumps(objects, ensure_ascii=False, indent=2 if is_pretty else None).encode(
        "utf-8", "surrogatepass"
    )

    class Slow(BytesIO):
        def read(self, _=-1):
            return super().read(size)

    pieces = list(Splitter(Slow(data)))
    assert [json.loads(piece.data.decode("utf-8", "surrogatepass")) for piece in pieces] == objects
    assert [piece.number for piece in pieces] == list(range(len(objects)))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_split_or_not_without_a_fault(data):
    for piece in Splitter(BytesIO(data)):
        assert piece.problem or piece.data


@pytest.mark.parametrize("text", ['{"a":"\\ud800"}', '{"a": NaN}', '{"a":"\\u0000"}'])
def test_what_strict_parsers_refuse_is_read(text):
    assert set(decode(text.encode())) == {"a"}


@pytest.mark.parametrize("depth", [2000, 15_000])
def test_what_is_nested_deeper_than_the_stack_is_read(depth):
    value = decode(b'{"a":[1.5,true,"x\\n",' * depth + b"null" + b"]}" * depth)
    assert value["a"][:3] == [1.5, True, "x\n"]


@pytest.mark.parametrize("text", ["[" * 3000 + "}" * 3000, "[" * 3000, '{"a":' * 3000, "[" * 90_000])
def test_what_is_nested_deeply_and_broken_is_refused(text):
    with pytest.raises(ValueError):
        decode(text.encode())


# Trees


def planted(value):
    found = next(
        found for product in reader.PRODUCTS if product.is_one(value) for found in [product.read(value)]
    )
    return found, plant(found)


def test_parents_in_a_circle_are_opened_and_named():
    nodes = {
        "q": (None, gpt_message("user", "Before")),
        "a": ("b", gpt_message("user", "Round")),
        "b": ("a", gpt_message("assistant", "and round")),
        "c": ("c", gpt_message("user", "alone")),
    }
    value = gpt("Circle", nodes)
    found, tree = planted(value)
    assert sorted(row.text for row in tree.rows if row.text) == ["Before", "Round", "alone", "and round"]
    assert found.losses["cycle"].count == 2
    for place, row in enumerate(tree.rows):
        assert row.parent < place


def test_a_message_without_its_parent_begins_a_version_and_is_named():
    nodes = {"q": (None, gpt_message("user", "Here")), "a": ("gone", gpt_message("assistant", "Lost"))}
    found, tree = planted(gpt("Orphan", nodes))
    assert [row.parent for row in tree.rows if row.text == "Lost"] == [-1]
    assert found.losses["orphan"].count == 1


@pytest.mark.parametrize("year", [0, 4_102_444_800, -5e18, float("1e300"), "tomorrow", True, None])
def test_dates_that_cannot_be_are_replaced_by_the_nearest_known(year):
    value = gpt_talk("Dates", 2, create_time=year, update_time=year)
    value["mapping"]["a1"]["message"]["create_time"] = year
    found, tree = planted(value)
    assert tree.rows[3].at == tree.rows[2].at
    assert tree.created_at == tree.rows[0].at
    assert tree.last_activity_at.year == 2023
    assert ("date" in found.losses) == (year in (0, 4_102_444_800, -5e18))


def test_ten_megabytes_in_one_message_are_cut_and_named():
    found, tree = planted(gpt_talk("Long", 1, "x" * 10_000_000))
    assert [len(row.text) for row in tree.rows] == [LONGEST_TEXT, LONGEST_TEXT]
    assert found.losses["long_text"].count == 2


def test_ids_that_come_twice_count_once():
    found, tree = planted(
        claude("Twice", claude_message("m", "human", "One"), claude_message("m", "human", "Two"))
    )
    assert [row.text for row in tree.rows if row.text] == ["One"]
    assert found.losses["duplicate"].count == 1


def test_nothing_but_pictures_is_no_conversation():
    found, tree = planted(gpt("Empty", {"root": (None, None), "s": ("root", gpt_message("system", ""))}))
    assert tree is None
    assert found.losses["empty"].count == 1


@pytest.mark.parametrize("digits", [30, 400, 5000])
def test_numbers_that_are_larger_than_any_cost_no_more_than_themselves(take, digits):
    talk = as_json(gpt_talk("Large")).replace(b"1700000060.5", b"9" * digits)
    found, problems = take(b"[" + talk + b"," + as_json(gpt_talk("Next")) + b"]")
    assert titles(found)[-1] == "Next"
    assert problems == ([("unreadable", "")] if digits == 5000 else [])


@pytest.mark.parametrize("odd", [None, [], {}, "text", 5, True])
@pytest.mark.parametrize("field", ["author", "content", "metadata", "recipient", "create_time", "id"])
def test_any_field_of_any_type_is_no_fault(odd, field):
    value = gpt_talk("Odd", 2)
    value["mapping"]["q1"]["message"][field] = odd
    value["mapping"]["a1"]["children"] = odd
    value["mapping"]["a0"]["parent"] = odd if not isinstance(odd, str | int) else "root"
    found, tree = planted(value)
    assert tree.rows
