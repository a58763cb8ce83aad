"""Thinking that a model writes as text, in a tag before its answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.provider.thinking import ThinkTag
from tests.scripted_provider import play

CASES = [
    ("<think>First.</think>\n\nThen.", "Then.", "First."),
    ("\n<think>\nFirst.\n</think>Then.", "Then.", "First.\n"),
    ("<think></think>Then.", "Then.", ""),
    ("<think>never closed", "", "never closed"),
    ("<think>a < b </thin", "", "a < b </thin"),
    ("<think>one</think> two <think>three</think>", "two <think>three</think>", "one"),
    ("The tag <think> is text here.</think>", "The tag <think> is text here.</think>", ""),
    ("  indented", "  indented", ""),
    ("<thinker>", "<thinker>", ""),
    ("<thi", "<thi", ""),
    ("", "", ""),
]


def split(pieces):
    tag, text, thought = ThinkTag(), "", ""
    for piece in [*pieces, None]:
        more = tag.flush() if piece is None else tag.feed(piece)
        text, thought = text + more[0], thought + more[1]
    return text, thought


@pytest.mark.parametrize(("said", "text", "thought"), CASES)
def test_only_a_tag_at_the_start_is_thinking_wherever_the_text_is_cut(said, text, thought):
    assert split([said]) == (text, thought)
    assert split(said) == (text, thought)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<thi", "nk>", "</", "a ", "\n", "<"]), max_size=12))
def test_cutting_changes_nothing(pieces):
    assert split(pieces) == split(["".join(pieces)])


async def test_a_tag_in_the_stream_is_kept_apart_from_the_text(server, door):
    server.script(play("reasoning", tagged=True))
    async with door.stream([{"role": "user", "content": "Hello"}]) as stream:
        deltas = [delta async for delta in stream]
    assert "".join(delta.text for delta in deltas) == "Then I answer."
    assert "".join(delta.reasoning for delta in deltas) == "First I think. "


async def test_a_short_text_comes_without_it(server, door):
    server.script(play("reasoning", tagged=True))
    assert await door.complete([{"role": "user", "content": "Title"}], max_tokens=30) == "Then I answer."
