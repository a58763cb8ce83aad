"""How services tell what came from their cache: each in a place of its own, and not all of them in order."""

from __future__ import annotations

import json

import pytest

from chat.provider.assembler import Assembler, End


def ended(*events: object) -> End:
    """The end of a stream that has these events before its last ones."""
    words = {"choices": [{"delta": {"content": "Hi."}}]}
    stop = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    assembler = Assembler()
    for value in (words, stop, *events):
        assembler.feed(b"data: " + json.dumps(value).encode() + b"\n\n")
    assembler.feed(b"data: [DONE]\n\n")
    end = assembler.outcome("", True)
    assert isinstance(end, End)
    return end


def usage(**more: object) -> dict[str, object]:
    return {"choices": [], "usage": {"prompt_tokens": 2006, "completion_tokens": 3, **more}}


TOLD = {
    "OpenAI": usage(prompt_tokens_details={"cached_tokens": 1920, "audio_tokens": 0}),
    "DeepSeek": usage(prompt_cache_hit_tokens=1920, prompt_cache_miss_tokens=86),
    "a proxy before DeepSeek": usage(prompt_tokens_details=None, prompt_cache_hit_tokens=1920),
    "a proxy that leaves one place at nought": usage(
        prompt_tokens_details={"cached_tokens": 0}, prompt_cache_hit_tokens=1920
    ),
    "Moonshot": usage(cached_tokens=1920),
    "a proxy before Anthropic": usage(cache_read_input_tokens=1920, cache_creation_input_tokens=0),
    "llama.cpp": usage() | {"timings": {"cache_n": 1920, "prompt_n": 86}},
    "llama.cpp, newer": usage(prompt_tokens_details={"cached_tokens": 1920}) | {"timings": {"cache_n": 1920}},
    "a number as words": usage(prompt_tokens_details={"cached_tokens": "1920"}),
    "a number with a point": usage(prompt_cache_hit_tokens=1920.0),
    "all numbers as words": usage(prompt_tokens="2006", prompt_tokens_details={"cached_tokens": "1920"}),
    "OpenAI's newer names": {
        "choices": [],
        "usage": {"input_tokens": 2006, "output_tokens": 3, "input_tokens_details": {"cached_tokens": 1920}},
    },
    "Anthropic's own, each token once": {
        "choices": [],
        "usage": {
            "input_tokens": 6,
            "output_tokens": 3,
            "cache_read_input_tokens": 1920,
            "cache_creation_input_tokens": 80,
        },
    },
}


@pytest.mark.parametrize("name", TOLD)
def test_what_came_from_the_cache_is_read_wherever_it_is_told(name):
    end = ended(TOLD[name])
    assert (end.tokens_in, end.tokens_out, end.tokens_cached) == (2006, 3, 1920)


def test_moonshot_tells_it_with_the_last_choice():
    counts = {"prompt_tokens": 1336, "completion_tokens": 31, "cached_tokens": 1280}
    end = ended({"choices": [{"delta": {}, "finish_reason": "stop", "usage": counts}]})
    assert (end.tokens_in, end.tokens_out, end.tokens_cached) == (1336, 31, 1280)


def test_timings_may_come_before_the_usage():
    end = ended({"choices": [{"delta": {"content": "."}}], "timings": {"cache_n": 7}}, usage())
    assert end.tokens_cached == 7


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"prompt_tokens_details": None},
        {"prompt_tokens_details": {}},
        {"prompt_tokens_details": {"cached_tokens": None}},
        {"prompt_tokens_details": [1920]},
        {"prompt_tokens_details": "1920"},
        {"prompt_tokens_details": {"cached_tokens": -5}},
        {"prompt_tokens_details": {"cached_tokens": True}},
        {"prompt_tokens_details": {"cached_tokens": {"total": 5}}},
        {"prompt_cache_hit_tokens": "many"},
        {"prompt_cache_hit_tokens": 1.5},
        {"cached_tokens": "9" * 5000},
        {"cached_tokens": "٣"},
    ],
)
def test_what_cannot_be_meant_is_not_known(odd):
    end = ended(usage(**odd))
    assert (end.tokens_in, end.tokens_cached) == (2006, None)


def test_nothing_from_the_cache_is_known_too():
    assert ended(usage(prompt_tokens_details={"cached_tokens": 0})).tokens_cached == 0


def test_more_than_there_was_is_all_of_it():
    assert ended(usage(prompt_tokens_details={"cached_tokens": 4000})).tokens_cached == 2006


def test_a_usage_that_makes_no_sense_leaves_the_reply_as_it_is():
    for value in (5, [], "none", {"prompt_tokens": "many"}):
        end = ended({"choices": [], "usage": value}, {"choices": [], "timings": [value]})
        assert (end.tokens_in, end.tokens_cached) == (None, None)
