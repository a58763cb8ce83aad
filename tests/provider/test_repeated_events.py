"""Events that are like one before are read in one go: to the letter what they give when each is decoded."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.provider.assembler import MAX_REPLY, Assembler
from chat.provider.repeated_events import MOST_MISSES, RepeatedEvents

# Bytes of an event's data
KNOWN = b'{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"One"},"finish_reason":null}]}'


def event(content: str | None, /, **more: object) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": None}
    text = json.dumps(
        {"id": "c", "model": "m", "choices": [choice]} | more, separators=(",", ":"), ensure_ascii=False
    )
    return f"data: {text}\n\n".encode()


class EachDecoded(RepeatedEvents):
    def words(self, stream: bytes) -> str:
        return ""


def each_decoded() -> Assembler:
    assembler = Assembler()
    assembler._repeated = EachDecoded()
    return assembler


def brought(assembler: Assembler, pieces: list[bytes]) -> tuple[list[object], object]:
    """Return what each piece brings, and the outcome as far as it can be compared."""
    deltas: list[object] = [assembler.feed(piece) for piece in pieces]
    deltas.append(assembler.flush())
    outcome = assembler.outcome("", True)
    return deltas, (type(outcome), str(outcome))


WORDS = st.one_of(
    st.sampled_from(
        ["word ", "a", "", "né ", "世界", "\U0001f600", '"', "\\", "\n", "\0", "<think>", "</think>"]
    ),
    st.text(max_size=6),
)
EVENTS = st.one_of(
    WORDS.map(event),
    WORDS.map(event),
    WORDS.map(lambda words: event(words, model="another")),
    WORDS.map(lambda words: event(words, created=7)),
    WORDS.map(lambda words: event(words, usage={"prompt_tokens": 3})),
    WORDS.map(lambda words: event(words, thinking="said beside it")),
    WORDS.map(lambda words: event("x").replace(b'"x"', b'"' + words.encode("utf-8", "replace") + b'"')),
    st.sampled_from(
        [
            event(None),
            event("x").replace(b'"x"', b'"\xf0\x9f"'),
            event("x").replace(b'"x"', b'"\x98\x80"'),
            event("x").replace(b"\n\n", b"\r\n\r\n"),
            event("x").replace(b"data: ", b"data:"),
            event("x").replace(b'"content"', b'"reasoning"'),
            event("x").replace(b'"x"}', b'"x","content":"y"}'),
            event("x").replace(b'"delta"', b'"message"'),
            event("x", content="x"),
            b": keep-alive\n\n",
            b"event: error\n",
            b"data: [DONE]\n\n",
            b'{"error": {"message": "no"}}\n',
            b'data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n',
        ]
    ),
)


@settings(deadline=None, max_examples=400)
@given(events=st.lists(EVENTS, max_size=25), cuts=st.lists(st.integers(0, 25), max_size=6))
def test_events_in_any_order_and_any_number_at_once_give_what_each_of_them_gives(events, cuts):
    places = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    pieces = [b"".join(events[a:b]) for a, b in pairwise(places)]
    assert brought(Assembler(), pieces) == brought(each_decoded(), pieces)


@settings(deadline=None, max_examples=200)
@given(events=st.lists(EVENTS, max_size=8), cuts=st.lists(st.integers(0, 1000), max_size=12))
def test_a_stream_cut_anywhere_gives_what_it_gives_when_each_event_is_decoded(events, cuts):
    stream = event("first ") + b"".join(events)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert brought(Assembler(), pieces) == brought(each_decoded(), pieces)


@pytest.mark.parametrize("space", [b"", b" "])
def test_the_words_of_events_like_the_known_one_are_read_at_once(space):
    known, event = RepeatedEvents(), KNOWN.replace(b":", b":" + space)
    known.learn(event)
    stream = b"".join(
        b"data: " + event.replace(b"One", word) + b"\n\n" for word in (b"two ", "três".encode())
    )
    assert known.words(stream) == "two três"
    assert known.model == "m"


LEFT_TO_THE_DECODER = [
    KNOWN.replace(b"One", b""),
    KNOWN.replace(b"One", b"\\u0041"),
    KNOWN.replace(b"One", b"\xff"),
    KNOWN.replace(b"One", b"\x07"),
    KNOWN.replace(b'"m"', b'"n"'),
    KNOWN.replace(b"null", b'"stop"'),
    KNOWN.replace(b'"One"', b'"One","content":"Two"'),
    KNOWN[:-1],
]
BRINGS_MORE = [
    KNOWN.replace(b"null", b'"stop"'),
    KNOWN.replace(b'"One"', b'"One","reasoning":"because"'),
    KNOWN.replace(b'"One"', b'"One","tool_calls":[{"id":"x"}]'),
    KNOWN.replace(b'"id"', b'"usage":{"prompt_tokens":3},"id"'),
    KNOWN.replace(b'"id"', b'"error":{"message":"no"},"id"'),
    KNOWN.replace(b'"delta"', b'"message"'),
    KNOWN.replace(b'"delta"', b'"elsewhere"'),
    b'{"content":"One"}',
    b"One",
]


@pytest.mark.parametrize(
    ("first", "then"),
    [(KNOWN, KNOWN + b"\n\ndata: " + other) for other in LEFT_TO_THE_DECODER]
    + [(data, data) for data in BRINGS_MORE],
)
def test_what_is_not_like_the_known_one_or_brings_anything_else_is_left_to_the_decoder(first, then):
    known = RepeatedEvents()
    known.learn(first)
    assert known.words(b"data: " + then + b"\n\n") == ""


def test_a_provider_whose_events_all_differ_is_soon_not_looked_at_any_more():
    known = RepeatedEvents()
    for number in range(MOST_MISSES + 1):
        known.learn(KNOWN.replace(b'"id":"c"', b'"id":"%d"' % number))
    latest = KNOWN.replace(b'"id":"c"', b'"id":"%d"' % MOST_MISSES)
    assert known.words(b"data: " + latest + b"\n\n") == ""


def test_a_reply_that_is_too_long_is_cut_where_it_is_when_each_event_is_decoded():
    pieces = [event("x" * 1000) * 100] * (MAX_REPLY // 100_000 + 2)
    assert brought(Assembler(), pieces) == brought(each_decoded(), pieces)
