"""Thinking that a model writes as text, in the marks of its chat template."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.provider.deltas import ReasoningDelta, TextDelta
from chat.provider.thinking import (
    CLOSES,
    HEADERS,
    MAX_BLANK,
    MOST_MARKS,
    PIECE,
    STARTS,
    WRAPPERS,
    ThinkingSplitter,
    _either,
)
from tests.support.scripted_provider import play

AT_THE_START = [
    ("<think>First.</think>\n\nThen.", "Then.", "First."),
    ("\n<think>\nFirst.\n</think>Then.", "Then.", "First.\n"),
    ("<think></think>Then.", "Then.", ""),
    ("<think>never closed", "", "never closed"),
    ("<think>a < b </thin", "", "a < b </thin"),
    ("<think>It says `</think>`, so</think>Then.", "Then.", "It says `</think>`, so"),
    ("<THINK>First.</Think>Then.", "Then.", "First."),
    ("<thinking>\nFirst.\n</thinking>\n\nThen.", "Then.", "First.\n"),
    ("<thought>First.</thought>Then.", "Then.", "First."),
    ("<reasoning>First.</reasoning>Then.", "Then.", "First."),
    ("<reason>First.</reason>Then.", "Then.", "First."),
    ("<seed:think>First.</seed:think>Then.", "Then.", "First."),
    ("[THINK]First.[/THINK]Then.", "Then.", "First."),
    ("◁think▷First.◁/think▷Then.", "Then.", "First."),
    ("<|begin_of_thought|>\nFirst.\n<|end_of_thought|>\n\nThen.", "Then.", "First.\n"),
    ("<|START_THINKING|>First.<|END_THINKING|><|START_RESPONSE|>Then.<|END_RESPONSE|>", "Then.", "First."),
    ("<think>First.</think>\n<answer>\nThen.\n</answer>", "Then.\n", "First."),
    ("<|inner_prefix|>First.<|inner_suffix|>Then.", "Then.", "First."),
    ("<|channel>thought\nFirst.\n<channel|>Then.", "Then.", "First.\n"),
    ("<|channel>thought\n<channel|>Then.", "Then.", ""),
    ("<unused94>thought\nFirst.<unused95>Then.", "Then.", "First."),
    ("Here is my thought process:\nFirst.\nHere is my response:\nThen.", "Then.", "First.\n"),
    ("Here is my thought on it.", "Here is my thought on it.", ""),
    (
        "<|channel|>analysis<|message|>First.<|end|><|start|>assistant<|channel|>final<|message|>Then.<|return|>",
        "Then.",
        "First.",
    ),
    (
        "<|channel|>analysis<|message|>One.<|end|>\n<|start|>assistant<|channel|>commentary to=x <|constrain|>json"
        "<|message|>{}<|call|><|start|>assistant<|channel|>final<|message|>Then.",
        "Then.",
        "One.{}",
    ),
    ("<|start|>assistant<|message|>Then.<|end|>", "Then.", ""),
    ("analysisUser says hello. Greet.assistantfinalHello!", "Hello!", "User says hello. Greet."),
    ("analysis of the data", "analysis of the data", ""),
    ("[think](https://example.org) is a link", "[think](https://example.org) is a link", ""),
    ("  indented", "  indented", ""),
    ("<thinker>", "<thinker>", ""),
    ("<thi", "<thi", ""),
    ("", "", ""),
]
ONLY_CLOSED = [
    ("First.\n</think>\n\nThen.", "Then.", "First.\n"),
    ("First, 17*23=391.</think>391", "391", "First, 17*23=391."),
    ("so it is 391</think>\n\nThen.", "Then.", "so it is 391"),
    ('He said "no."</think>Then.', "Then.", 'He said "no."'),
    ("</think>\n\nThen.", "Then.", ""),
    ("First.\n```py\nx\n```\n</think>\nThen.", "Then.", "First.\n```py\nx\n```\n"),
    ("First.\n◁/think▷Then.", "Then.", "First.\n"),
    ("First.\n[/THINK]Then.", "Then.", "First.\n"),
    ("First.\n<channel|>Then.", "Then.", "First.\n"),
    ("First.<|end|><|start|>assistant<|channel|>final<|message|>Then.", "Then.", "First."),
    ("<think>One.</think>Two.\n</think>\nThree.", "Two.\nThree.", "One."),
]
LATER = [
    ("Sure!\n\n<think>I weigh it.</think>\n\nThen.", "Sure!\n\nThen.", "I weigh it."),
    ("Sure! <think>I weigh it.</think> Then.", "Sure! Then.", "I weigh it."),
    ("Sure!<think>I weigh it.</think>Then.", "Sure!\n\nThen.", "I weigh it."),
    ("<think>a</think>One.\n<think>b</think>Two.", "One.\nTwo.", "ab"),
    ("Sure!\n<think>never closed", "Sure!\n", "never closed"),
]
SPOKEN_OF = [
    "The tag <think> is text here.</think>",
    "Use `<think>` to open and `</think>` to close.",
    "Use `</think>` to close.",
    "To close, “</think>” is written (</think>).",
    "It is closed by </think> at the end.",
    "An example:\n\n```xml\n<think>\nreasoning\n</think>\n```\n\nThat is all.",
    "~~~\n</think>\n~~~",
    "1. a list:\n   ```\n   </think>\n   ```",
    "<result>\n<reason>because</reason>\n</result>",
    "one\n<think> is a tag\n</think> closes it",
    "one\n\n    </think>\nis indented",
    "a[THINK]b",
    "two <think>three</think>",
    "x < y and [1] and ◁ and <|",
    "<p>\n<div>\n<thi",
]
CASES = [*AT_THE_START, *ONLY_CLOSED, *LATER, *((words, words, "") for words in SPOKEN_OF)]


def split(pieces):
    splitter, text, thought = ThinkingSplitter(), "", ""
    for piece in [*pieces, None]:
        answer, more, moved = splitter.feed(piece or "", piece is None)
        place = len(text) - moved
        text, thought = text[:place] + answer, thought + text[place:] + more
    return text, thought


@pytest.mark.parametrize(("said", "text", "thought"), CASES)
def test_thinking_is_told_from_the_answer_wherever_the_text_is_cut(said, text, thought):
    assert split([said]) == (text, thought)
    assert split(said) == (text, thought)
    for place in range(len(said)):
        assert split([said[:place], said[place:]]) == (text, thought)


PIECES = [*STARTS, *CLOSES, *HEADERS, "<|message|>", "<|end|>", "final", "assistant", "<answer>", "</answer>"]
PIECES += ["a", "B. ", "\n", " ", "`", "```\n", "<", "[", "</", "think>", "İ", "'", ":", "    "]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.integers(1, 9))
def test_cutting_changes_nothing(pieces, size):
    said = "".join(pieces)
    whole = split([said])
    assert split(pieces) == whole
    assert split([said[at : at + size] for at in range(0, len(said), size)]) == whole
    assert split(said) == whole


def test_a_mark_left_over_after_thinking_in_a_field_of_its_own_moves_nothing():
    splitter = ThinkingSplitter()
    splitter.has_thoughts = True
    assert splitter.feed("One.\n</think>\n\nTwo.", True) == ("One.\nTwo.", "", 0)


def test_a_long_line_that_speaks_of_marks_costs_what_it_is_long():
    said = "x `<think>` and </think> " * 20_000
    assert split([said[at : at + 50] for at in range(0, len(said), 50)]) == (said, "")


@pytest.mark.parametrize("before", range(16))
def test_marks_are_found_where_a_long_text_is_looked_at_in_pieces(before):
    said = "a" * (PIECE - before) + "\n</think>\nThen."
    assert split([said]) == ("Then.", said.partition("</think>")[0])


def test_a_text_of_nothing_but_marks_is_copied_no_more_than_a_piece_at_a_time(monkeypatch):
    seen = []
    read = ThinkingSplitter._read
    monkeypatch.setattr(
        ThinkingSplitter, "_read", lambda *given: (seen.append(len(given[1])), read(*given))[1]
    )
    split(["<think></think>" * 10_000 + "Then."])
    assert max(seen) <= PIECE + MAX_BLANK


HOSTILE = [
    "<think></think>",
    "</think>",
    "x</think>",
    "`</think>`",
    "<answer>",
    "<|end|>",
    "<|channel|>final<|message|>",
]
HOSTILE += [
    "<think>`</think>`",
    "</think><answer></answer>",
    "<|start|>a<|message|>b<|return|>",
    "◁/think▷",
    "<response>",
]
STEPS = ("_begin", "_read", "_enter", "_think", "_header", "_between", "_pass_on")


@pytest.mark.parametrize("begins", ["", "a", "<think>", "<|channel|>final<|message|>"])
@pytest.mark.parametrize("mark", HOSTILE)
def test_a_mebibyte_of_marks_takes_no_more_steps_than_there_are_marks_to_judge(monkeypatch, mark, begins):
    steps = []
    for name in STEPS:
        step = getattr(ThinkingSplitter, name)
        monkeypatch.setattr(
            ThinkingSplitter, name, lambda *given, step=step: (steps.append(1), step(*given))[1]
        )
    text, thought = split([begins + mark * (2**20 // len(mark)) + " The end."])
    assert len(steps) <= 3 * MOST_MARKS + 2 * 2**20 // PIECE
    assert text.endswith("The end.") or thought.endswith("The end.")


def test_what_follows_after_more_marks_than_are_judged_is_the_answer_as_it_stands():
    rows = "<reason>late</reason>\n" * MOST_MARKS
    assert split([f"The rows:\n{rows}\n<think>a</think>"]) == (f"The rows:\n{rows}\n<think>a</think>", "")


@pytest.mark.parametrize("mark", sorted({*STARTS, *CLOSES, *HEADERS, *WRAPPERS}))
def test_each_mark_is_found_whole_and_whatever_its_case(mark):
    found = _either(["<x", *STARTS, *CLOSES, *HEADERS, *WRAPPERS])
    for written in (mark, mark.upper()):
        assert found.search(f"<<{written}.")[0] == written


def test_white_space_at_the_beginning_is_not_held_back_for_ever():
    splitter = ThinkingSplitter()
    given = sum(len(splitter.feed(" ")[0]) for _ in range(2 * MAX_BLANK))
    assert given == 2 * MAX_BLANK
    assert splitter.feed("\n<think>First.</think>Then.", True) == ("\nThen.", "First.", 0)


async def test_a_tag_in_the_stream_is_kept_apart_from_the_text(server, provider_client):
    server.script(play("reasoning", tagged=True))
    async with provider_client.stream([{"role": "user", "content": "Hello"}]) as stream:
        deltas = [delta async for read in stream for delta in read]
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "Then I answer."
    assert "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta)) == "First I think. "


async def test_a_short_text_comes_without_it(server, provider_client):
    server.script(play("reasoning", tagged=True))
    assert (
        await provider_client.complete([{"role": "user", "content": "Title"}], max_tokens=30)
    ).text == "Then I answer."
