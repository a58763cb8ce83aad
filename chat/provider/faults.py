"""Every way a provider fails, as an error of our exception tree."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from urllib.parse import urlsplit

from chat.core.text import clean
from chat.provider.addresses import AddressRefusal
from chat.provider.echoes import Echoes
from chat.provider.errors import (
    AddressRefused,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    NotAModelServer,
    OutOfCredit,
    Overloaded,
    ProviderDown,
    ProviderError,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    UnknownModel,
    WrongKey,
)

MAX_DETAIL = 500
"""Characters of a provider's own words that reach the operator's log."""

MAX_WORDS = 2000
"""Characters of them that are looked at."""

TAG = re.compile(r"<[^>]*>")
NO_PROSE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SECRET = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pk|gsk|xai|hf|key)[-_][\w*.-]{6,})|(?<=://)[^/\s@]+(?=@)")
"""Keys as providers write them, and the user and password of a URL."""

MIN_KEY = 8
"""Shorter keys are words such as "none" or "ollama", no secrets."""

BY_STATUS: dict[int, type[ProviderError]] = {
    401: WrongKey,
    402: OutOfCredit,
    403: WrongKey,
    404: UnknownModel,
    405: NotAModelServer,
    408: ProviderSilent,
    413: ContextTooLong,
    429: RateLimited,
    529: Overloaded,
}

BY_TYPE = {"invalid_request": 400, "authentication": 401, "permission": 403, "not_found": 404}
"""What the beginning of an error's type is worth where it comes without a status."""

BY_WORD: tuple[tuple[type[ProviderError], tuple[str, ...]], ...] = (
    # Templates of models without a role for instructions: llama.cpp and mistral.rs answer 500
    (
        BadRequest,
        ("system role", "role 'system'", "must alternate", "support system", "developer instruction")
        + ("only user and assistant",),
    ),
    (
        OutOfCredit,
        ("insufficient_quota", "billing_hard_limit", "insufficient balance", "insufficient_balance")
        + ("insufficient credit", "credit balance", "more credits", "exceeded_current_quota", "arrearage"),
    ),
    (
        ContextTooLong,
        (
            "context_length",
            "maximum context",
            "context window",
            "context size",
            "context_size",
            "context_window",
        )
        + ("context length", "max_model_len", "prompt is too long", "prompt too long", "input is too long")
        + ("too many tokens", "string_above_max_length", "tokens_limit_reached", "input token count")
        + ("range of input length", "context limit", "reduce the length", "maximum input length")
        + ("`inputs` tokens + `max_new_tokens`",),
    ),
    (
        Overloaded,
        (
            "overloaded",
            "over capacity",
            "at capacity",
            "server is busy",
            "server busy",
            "server_busy",
            "too busy",
        )
        + ("queue is full", "high demand", "maximum pending requests", "insufficient_system_resource"),
    ),
    (
        ContentFiltered,
        ("content_filter", "content_policy", "content management policy", "data_inspection_failed")
        + ("contentfilter", "flagged by moderation", "moderation_blocked"),
    ),
    # LiteLLM without a database says no_db_connection for a key that is not its own
    (WrongKey, ("invalid_api_key", "no_db_connection", "api key not valid", "incorrect api key")),
    (
        UnknownModel,
        ("model_not_found", "invalid model", "invalid_model", "not a valid model", "model not found")
        + ("model not exist", "model does not exist", "模型不存在", "no such model", "unknown model")
        + ("model_not_supported", "model_not_available", "model identifier is invalid")
        + ("no endpoints found", "try pulling it first", "server is pinned to"),
    ),
    (RateLimited, ("rate_limit", "rate limit", "ratelimit", "too many requests", "resource_exhausted")),
)
"""Words of `code`, `type` or `message` that say more than the status, as the providers write them."""


def error_from_response(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """Return the error for an answer that is no stream: an error status, a redirect, a web page."""
    if 300 <= status < 400:
        host = urlsplit(headers.get("location", "")).hostname or "another path"
        return NotAModelServer(f"HTTP {status}: it redirects to {host}")
    error = _error_in(body)
    if error is None:
        excerpt = _excerpt(body)
        kind = _by_word(status, excerpt) if excerpt.lstrip().startswith("{") else None
        if kind is None:
            kind = NotAModelServer if status == 404 or status < 300 else _kind(status, "")
        return _error(kind, f"HTTP {status}: {excerpt}", headers)
    parameter = str(error.get("param") or "") if isinstance(error, dict) else ""
    kind = _kind(status, _words(error))
    if kind is BadRequest and parameter == "model":
        kind = UnknownModel
    problem = _error(kind, f"HTTP {status}: {_words(error)}", headers)
    if isinstance(problem, BadRequest):
        problem.parameter = parameter
    return problem


def error_from_body(head: bytes) -> ProviderError:
    """Return the error for a body with status 200 that held no event."""
    error = _error_in(head)
    if error is not None:
        return error_from_event(error)
    return NotAModelServer(f"no event in the answer: {_excerpt(head)}" if head else "the answer is empty")


def error_from_event(error: object) -> ProviderError:
    """Return the error for what came with status 200 or in the middle of a stream: an object, or words."""
    words = _words(error)
    return _error(_kind(_status_in(error), words), f"in the stream: {words}", {})


def _status_in(error: object) -> int:
    if not isinstance(error, dict):
        return 500
    named = [str(error.get(name)) for name in ("code", "status", "type")]
    by_number = next((int(name) for name in named if re.fullmatch("[45][0-9][0-9]", name)), 0)
    by_type = (status for kind, status in BY_TYPE.items() if named[2].startswith(kind))
    return by_number or next(by_type, 500)


def error_from_exception(error: BaseException) -> ProviderError:
    """Return the error for a request that got no answer.

    The SDK calls all of these a time-out (measured with 3.54 on its aiohttp client); what really
    happened is at the end of the chain of causes.
    """
    if any(isinstance(cause, AddressRefusal) for cause in _causes(error)):
        return AddressRefused(transport_message(error))
    return ProviderUnreachable(transport_message(error))


def transport_message(error: BaseException) -> str:
    """Return what the transport said: aiohttp's words, since the layers above it rename them."""
    chain = [cause for cause in _causes(error) if str(cause)] or [error]
    cause = next((c for c in chain if type(c).__module__.startswith("aiohttp")), chain[-1])
    return f"{type(cause).__name__}: {cause}"


def log_line(text: str, *secrets: str, echoes: Echoes | None = None) -> str:
    """Return the text as an operator's log may have it.

    That is one line, without tags, control characters and keys, of at most MAX_DETAIL characters. Nor has it
    people's words: `echoes` knows those of the request's messages.
    """
    for secret in secrets:
        if len(secret) >= MIN_KEY:
            text = text.replace(secret, "***")
    text = echoes.blank(text[:MAX_WORDS]) if echoes else text[:MAX_WORDS]
    text = SECRET.sub("***", NO_PROSE.sub(" ", TAG.sub(" ", clean(text))))
    return text.strip()[:MAX_DETAIL]


def _kind(status: int, words: str) -> type[ProviderError]:
    by_status = BY_STATUS.get(status, ProviderDown if status >= 500 else BadRequest)
    return _by_word(status, words) or by_status


def _by_word(status: int, words: str) -> type[ProviderError] | None:
    """Return what the words say, if they say more than the status."""
    lower = words.lower()
    if status == 401:
        return None
    return next((kind for kind, known in BY_WORD if any(word in lower for word in known)), None)


def _error(kind: type[ProviderError], detail: str, headers: Mapping[str, str]) -> ProviderError:
    return kind(detail, retry_after=_retry_after(headers))


def _error_in(body: bytes) -> object | None:
    """Return the error object of a JSON body: `{"error": ...}`, `{"object": "error"}`, `{"message": ...}`."""
    try:
        value = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:  # Google's compatible end point wraps it so
        value = value[0]
    if not isinstance(value, dict):
        return None
    return value.get("error") or (value if "message" in value else None)


def _words(error: object) -> str:
    """Return type, code and message in one line; the parameter too, where a sentence stands in its place."""
    if not isinstance(error, dict):
        return str(error)
    fields = [error.get(name) for name in ("type", "code", "message", "msg")]
    fields += [error["param"]] if " " in str(error.get("param") or "") else []
    return " ".join(str(words) for words in fields if words) or json.dumps(error)


def _excerpt(body: bytes) -> str:
    return body[:4000].decode("utf-8", "replace")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds, from a number or a date (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, seconds) if isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return float("nan")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
