"""What a request took, as services count it: above all how much of the prompt came from their cache."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

MAX_COUNT = 2**31 - 1
"""A count of tokens has to fit a database's integer."""

LONGEST_COUNT = len(str(MAX_COUNT))

Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]


class WireUsage(msgspec.Struct, gc=False):
    """Tokens, and the places in which services tell how many of `prompt_tokens` came from their cache.

    In this order: OpenAI's and most others' (an object, null where it is switched off), DeepSeek's,
    Moonshot's, Anthropic's, which proxies pass on.
    """

    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    prompt_tokens_details: Any = None
    prompt_cache_hit_tokens: Any = None
    cached_tokens: Any = None
    cache_read_input_tokens: Any = None


def usage_in(usage: dict[str, Any]) -> WireUsage:
    """Return what an object says that is not as documented; Anthropic's own counts each token once."""
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details")
    read = usage.get("cache_read_input_tokens")
    tokens_in, tokens_out = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    if tokens_in is None and (tokens_in := count(usage.get("input_tokens"))) is not None and not details:
        tokens_in += (count(read) or 0) + (count(usage.get("cache_creation_input_tokens")) or 0)
    if tokens_out is None:
        tokens_out = count(usage.get("output_tokens"))
    hit, cached = usage.get("prompt_cache_hit_tokens"), usage.get("cached_tokens")
    return WireUsage(count(tokens_in), tokens_out, details, hit, cached, read)


def tokens_cached(usage: WireUsage, timings: object) -> int | None:
    """Return how much of the prompt came from a cache; None where nobody says.

    `timings` are those that llama.cpp sends beside the usage. The most counts, since a proxy that knows one
    of two places leaves the other at 0; but never more than there was, which some services tell.
    """
    told = (
        _in(usage.prompt_tokens_details, "cached_tokens"),
        usage.prompt_cache_hit_tokens,
        usage.cached_tokens,
        usage.cache_read_input_tokens,
        _in(timings, "cache_n"),
    )
    most = max((found for value in told if (found := count(value)) is not None), default=None)
    if most is None or usage.prompt_tokens is None:
        return most
    return min(most, usage.prompt_tokens)


def count(value: object) -> int | None:
    """Return a count of tokens, also one that is written as text; None for anything else."""
    is_text = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_COUNT
    if is_text or (isinstance(value, float) and value.is_integer()):
        value = int(value)  # type: ignore[call-overload]
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT
    return value if is_count else None  # type: ignore[return-value]


def _in(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
