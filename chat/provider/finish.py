"""Why a provider says that a reply ended: one word of ours for what each calls it."""

from __future__ import annotations

import re
from functools import lru_cache

from chat.core.text import clean

STOP, LENGTH, FILTERED, TOOLS, FAILED = "stop", "length", "content_filter", "tool_calls", "error"

MAX_NAME = 40
"""Characters of a reason that is not known."""

_NO_LETTERS = re.compile(r"[^a-z]+")

_KINDS = (
    (LENGTH, ("length", "maxtoken", "maxoutput", "maxnewtoken", "tokenlimit", "contextwindow", "truncat")),
    (
        FILTERED,
        (
            "filter",
            "safety",
            "recitation",
            "blocklist",
            "prohibited",
            "spii",
            "sensitive",
            "guardrail",
            "refus",
        ),
    ),
    (TOOLS, ("tool", "function")),
    (FAILED, ("error", "fail", "abort", "cancel", "insufficientsystemresource")),
    (STOP, ("stop", "endturn", "eos", "endoftext", "complete", "finish", "done")),
)
"""Our word, and letters by which those of the providers are known: OpenAI, Anthropic (end_turn, max_tokens,
tool_use, refusal, model_context_window_exceeded), Gemini (STOP, MAX_TOKENS, SAFETY, MALFORMED_FUNCTION_CALL),
Mistral (model_length), TGI (eos_token), vLLM (abort), DeepSeek (insufficient_system_resource), Zhipu
(sensitive, network_error)."""


@lru_cache(256)
def kind(reason: str) -> str:
    """Return our word for a provider's reason: "" for none yet, its own word for one that is not known."""
    letters = _NO_LETTERS.sub("", reason.lower())
    if letters in ("", "null", "none", "undefined"):
        return ""
    for ours, theirs in _KINDS:
        if any(word in letters for word in theirs):
            return ours
    return clean(reason)[:MAX_NAME]
