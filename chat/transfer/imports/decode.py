"""One conversation's JSON, decoded: quickly as a rule, and slowly where it is odd."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

import msgspec

MOST_DEPTH = 40_000
"""Levels of brackets: LibreChat nests two for each message."""

_decoder = msgspec.json.Decoder()
_TOKEN = re.compile(r'[ \t\r\n]*+(?:([{}\[\]:,"])|([^{}\[\]:,"\s]++))')
_CONSTANTS = {"true": True, "false": False, "null": None, "NaN": None, "Infinity": None, "-Infinity": None}


def decode(data: bytes) -> Any:
    """Return the value. Raises ValueError for what is no JSON.

    Lone surrogates are let through, and bytes that are no UTF-8 become U+FFFD: `clean` mends the first, and
    a file that somebody has edited is still theirs.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        return _decode_deep(data.decode("utf-8", "replace"))
    try:
        return json.loads(data.decode("utf-8", "replace"), parse_constant=lambda name: None)
    except RecursionError:
        return _decode_deep(data.decode("utf-8", "replace"))


def _decode_deep(text: str) -> Any:
    """Return the value of a text that is nested deeper than Python's own stack; without calls of its own."""
    try:
        return _Deep(text).value()
    except (IndexError, TypeError, KeyError, AttributeError) as problem:
        raise ValueError("no JSON") from problem


class _Deep:
    """A parser with a stack of its own."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[Any] = []
        self._keys: list[str | None] = []
        self._result: Any = None

    def value(self) -> Any:
        place, is_done = 0, False
        while (found := _TOKEN.match(self._text, place)) and not is_done:
            place = found.end()
            sign = found[1]
            if sign in ("{", "["):
                self._enter({} if sign == "{" else [])
            elif sign in ("}", "]"):
                closed = self._open.pop()
                self._keys.pop()
                if isinstance(closed, dict) != (sign == "}"):
                    raise ValueError("brackets that do not belong together")
                is_done = not self._open
            elif sign == '"':
                words, place = scanstring(self._text, place, False)
                self._take_words(words, place)
            elif sign is None:
                self._take(_scalar(found[2]))
        if not is_done:
            raise ValueError("cut off")
        return self._result

    def _enter(self, container: Any) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise ValueError("nested too deeply")
        if self._open:
            self._take(container)
        else:
            self._result = container
        self._open.append(container)
        self._keys.append(None)

    def _take_words(self, words: str, place: int) -> None:
        if isinstance(self._open[-1], dict) and self._keys[-1] is None:
            self._keys[-1] = words
        else:
            self._take(words)

    def _take(self, value: Any) -> None:
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
            return
        key, self._keys[-1] = self._keys[-1], None
        if key is None:
            raise ValueError("a value without a name")
        holder[key] = value


def _scalar(word: str) -> Any:
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    return float(word) if any(sign in word for sign in ".eE") else int(word)
