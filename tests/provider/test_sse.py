"""The splitter of event streams: any cut gives the same events."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.provider.sse import MAX_EVENT, EventSplitter

STREAM = (
    b"\xef\xbb\xbf: hi\ndata: one\n\n"
    b"data:two\nevent: x\nid: 1\ndata: three\n\n"
    b"retry: 5\n\n"
    b"data: \xe4\xb8\x96\n\n"
)
EVENTS = [b"one", b"two\nthree", "世".encode()]


def split(pieces: list[bytes]) -> list[bytes]:
    splitter = EventSplitter()
    return [event for piece in pieces for event in splitter.feed(piece)] + splitter.flush()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 200), max_size=30))
def test_a_stream_cut_anywhere_gives_the_same_events(line_end, cuts):
    stream = STREAM.replace(b"\n", line_end)
    places = [0, *sorted(cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert split(pieces) == EVENTS


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_byte_by_byte_gives_the_same_events(line_end):
    stream = STREAM.replace(b"\n", line_end)
    assert split([bytes((byte,)) for byte in stream]) == EVENTS


@settings(deadline=None)
@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_any_bytes_in_any_cut_give_what_they_give_at_once(data, size):
    assert split([data[i : i + size] for i in range(0, len(data), size)]) == split([data])


def test_the_last_event_may_lack_its_blank_line():
    assert split([b"data: one\n\ndata: two"]) == [b"one", b"two"]


def test_only_one_space_after_the_colon_is_taken_away():
    assert split([b"data:  x\n\n"]) == [b" x"]


@pytest.mark.parametrize("piece", [1000, 16_384, MAX_EVENT * 2])
def test_a_line_over_the_cap_is_told_and_what_came_before_is_given(piece):
    splitter = EventSplitter()
    stream = b"data: good\n\ndata: " + b"x" * (MAX_EVENT + 1) + b"\n\n"
    events: list[bytes] = []
    for start in range(0, len(stream), piece):
        events += splitter.feed(stream[start : start + piece])
        if splitter.overflow:
            break
    assert events == [b"good"]
    assert splitter.overflow


def test_an_event_of_many_lines_counts_as_one():
    splitter = EventSplitter()
    assert splitter.feed(b"data: 12345678\n" * (MAX_EVENT // 10)) == []
    assert splitter.overflow


def test_so_does_one_of_many_lines_without_a_word():
    splitter = EventSplitter()
    assert splitter.feed(b"data\n" * (MAX_EVENT // 4 + 1)) == []
    assert splitter.overflow


def test_a_line_just_under_the_cap_is_fine():
    splitter = EventSplitter()
    line = b"x" * (MAX_EVENT - 100)
    assert splitter.feed(b"data: " + line + b"\n\n") == [line]
    assert not splitter.overflow
