"""Every way a model service fails, told in our exception tree."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from urllib.parse import urlsplit

from chat.errors import (
    AddressRefused,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    NotAModelServer,
    OutOfCredit,
    ProviderDown,
    ProviderError,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    UnknownModel,
    WrongKey,
)
from chat.provider.addresses import AddressRefusal
from chat.provider.echoes import Echoes
from chat.text import clean

MAX_DETAIL = 500
"""Characters of a service's own words that reach the operator's log."""

MAX_WORDS = 2000
"""Characters of them that are looked at."""

TAG = re.compile(r"<[^>]*>")
NO_PROSE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
SECRET = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pk|gsk|xai|hf|key)[-_][\w*.-]{6,})|(?<=://)[^/\s@]+(?=@)")
"""Keys as services write them, and the user and password of a URL."""

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
}

BY_WORD: tuple[tuple[str, type[ProviderError]], ...] = (
    ("insufficient_quota", OutOfCredit),
    ("billing_hard_limit", OutOfCredit),
    ("context_length", ContextTooLong),
    ("maximum context", ContextTooLong),
    ("context window", ContextTooLong),
    ("context size", ContextTooLong),
    ("context_window", ContextTooLong),  # LiteLLM
    ("context length", ContextTooLong),  # Ollama, and vLLM in its later words
    ("max_model_len", ContextTooLong),
    ("prompt is too long", ContextTooLong),  # Anthropic's, behind a proxy
    ("prompt too long", ContextTooLong),
    ("too many tokens", ContextTooLong),
    ("string_above_max_length", ContextTooLong),
    ("content_filter", ContentFiltered),
    ("content_policy", ContentFiltered),
    ("content management policy", ContentFiltered),
    ("invalid_api_key", WrongKey),
    ("no_db_connection", WrongKey),  # LiteLLM without a database, for a key that is not its own
    ("model_not_found", UnknownModel),
    ("invalid model name", UnknownModel),  # LiteLLM
    ("rate_limit", RateLimited),
)
"""Words of `code`, `type` or `message` that say more than the status, as the services write them."""


def answered(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """The error for an answer that is no stream: an error status, a redirect, a web page."""
    if 300 <= status < 400:
        host = urlsplit(headers.get("location", "")).hostname or "another path"
        return NotAModelServer(f"HTTP {status}: it redirects to {host}")
    error = _error_in(body)
    if error is None:
        kind = _kind(status, "")
        if status == 404 or status < 300:
            kind = NotAModelServer
        return _made(kind, f"HTTP {status}: {_excerpt(body)}", headers)
    made = _made(_kind(status, _words(error)), f"HTTP {status}: {_words(error)}", headers)
    if isinstance(made, BadRequest) and isinstance(error, dict):
        made.parameter = str(error.get("param") or "")
    return made


def not_a_stream(head: bytes) -> ProviderError:
    """The error for a body with status 200 that held no event."""
    error = _error_in(head)
    if error is not None:
        return told(error)
    return NotAModelServer(f"no event in the answer: {_excerpt(head)}" if head else "the answer is empty")


def told(error: object) -> ProviderError:
    """The error for an `{"error": ...}` that came with status 200 or in the middle of a stream."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if re.fullmatch("[45][0-9][0-9]", code) else 500
    return _made(_kind(status, _words(error)), f"in the stream: {_words(error)}", {})


def unreachable(error: BaseException) -> ProviderError:
    """The error for a request that got no answer.

    The SDK calls all of these a time-out (measured with 3.54 on its aiohttp client); what really
    happened is at the end of the chain of causes.
    """
    if any(isinstance(cause, AddressRefusal) for cause in _causes(error)):
        return AddressRefused(said(error))
    return ProviderUnreachable(said(error))


def said(error: BaseException) -> str:
    """What the transport said: aiohttp's words, since the layers above it rename them."""
    chain = [cause for cause in _causes(error) if str(cause)] or [error]
    cause = next((c for c in chain if type(c).__module__.startswith("aiohttp")), chain[-1])
    return f"{type(cause).__name__}: {cause}"


def tidy(text: str, *secrets: str, echoes: Echoes | None = None) -> str:
    """An operator's line: one line, no tags, no control characters, no key, at most MAX_DETAIL.

    Nor people's words: `echoes` knows those of the request's messages.
    """
    for secret in secrets:
        if len(secret) >= MIN_KEY:
            text = text.replace(secret, "***")
    text = echoes.blank(text[:MAX_WORDS]) if echoes else text[:MAX_WORDS]
    text = SECRET.sub("***", NO_PROSE.sub(" ", TAG.sub(" ", clean(text))))
    return text.strip()[:MAX_DETAIL]


def _kind(status: int, words: str) -> type[ProviderError]:
    lower = words.lower()
    for word, kind in BY_WORD:
        if word in lower and status != 401:
            return kind
    if status >= 500:
        return ProviderDown
    return BY_STATUS.get(status, BadRequest)


def _made(kind: type[ProviderError], detail: str, headers: Mapping[str, str]) -> ProviderError:
    return kind(detail, retry_after=_retry_after(headers))


def _error_in(body: bytes) -> object | None:
    """The error object of a JSON body: `{"error": ...}`, `{"object": "error"}`, `{"message": ...}`."""
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
    """Type, code and message in one line."""
    if not isinstance(error, dict):
        return str(error)
    return " ".join(str(error[name]) for name in ("type", "code", "message") if error.get(name))


def _excerpt(body: bytes) -> str:
    return body[:4000].decode("utf-8", "replace")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or a date (RFC 9110, section 10.2.3)."""
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
