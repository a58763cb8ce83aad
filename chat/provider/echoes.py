"""Which of a provider's words are people's: some providers tell the whole request that they refuse.

Nothing that everybody meets is learnt from people's words, and they do not come into the operator's log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from chat.core.text import clean

RUN = 20
"""Characters in a row that a provider has from a message, and not by chance."""

MOST = 4_000_000
"""Characters of messages that are looked through, which takes 0.1 s; of more, every word may be an echo."""

ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|([nrtfv]))?")
"""A character as JSON and Python write it. It matches all backslashes, so that many take no longer."""


class Echoes:
    """Knows the words of a request's messages ({"role", "content"}) again. Costs nothing until asked."""

    def __init__(self, messages: Sequence[Mapping[str, str]]) -> None:
        self._messages = messages

    @property
    def has_system(self) -> bool:
        """Whether the request begins with instructions."""
        return bool(self._messages) and self._messages[0]["role"] == "system"

    def holds(self, words: str) -> bool:
        """Return whether a message has these words, in any case and spacing."""
        wanted = plain(words).lower()
        return self._is_too_much or any(wanted in text.lower() for text in self._texts)

    def blank(self, words: str) -> str:
        """Return `words` with "…" for each run that a message has too, and for a shorter one in quotes."""
        if self._is_too_much:
            return "…"
        said = plain(words)
        runs = _pieces(said, RUN)
        common = {run for text in self._texts for run in _common(runs, _pieces(said, RUN // 2), text)}
        shown = _without(said, common)
        for text in self._texts:
            if text and len(text) < RUN:
                shown = shown.replace(f"'{text}'", "'…'").replace(f'"{text}"', '"…"')
        return words if shown == said else shown

    @cached_property
    def _contents(self) -> list[str]:
        return [content for message in self._messages if isinstance(content := message["content"], str)]

    @cached_property
    def _is_too_much(self) -> bool:
        return sum(map(len, self._contents)) > MOST

    @cached_property
    def _texts(self) -> list[str]:
        return [plain(content) for content in self._contents]


def plain(text: str) -> str:
    """Return a text without escapes, on one line: the same for a text and for what a provider made of it."""
    if "\\" in text:
        text = clean(ESCAPED.sub(_unescaped, text))
    return " ".join(text.split())


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1] or found[2] or found[3] or "0", 16)
    return " " if found[4] else chr(code) if 0 < code <= 0x10FFFF else ""


def _pieces(text: str, size: int) -> set[str]:
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def _common(runs: set[str], halves: set[str], text: str) -> Iterable[str]:
    """Yield those of the runs that the text has.

    Every run in it holds one of the halves that it is cut into.
    """
    half, seen = RUN // 2, set()
    for at in range(0, len(text) - half + 1, half):
        if text[at : at + half] in halves:
            around = text[max(0, at - half + 1) : at + RUN]
            if around in seen:
                continue
            seen.add(around)
            for start in range(max(0, at - half + 1), at + 1):
                if (run := text[start : start + RUN]) in runs:
                    yield run


def _without(text: str, runs: set[str]) -> str:
    shown, end = [], 0
    for at in range(len(text) - RUN + 1):
        if text[at : at + RUN] in runs:
            if at >= end:
                shown += [text[end:at], "…"]
            end = at + RUN
    return "".join([*shown, text[end:]])
