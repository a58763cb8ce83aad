"""Thinking that a model writes as text: `<think> ... </think>` before its answer."""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


class ThinkTag:
    """Tell an answer from the thinking at its start, in text that is cut anywhere.

    Only what the text begins with counts (white space aside): an answer may speak of the tag.
    """

    def __init__(self) -> None:
        self._held = ""
        self._split = self._before

    def feed(self, text: str) -> tuple[str, str]:
        """Take more text; give what of it is answer, and what is thinking."""
        return self._split(self._held + text)

    def flush(self) -> tuple[str, str]:
        """Give what was held back because it might have become a tag."""
        rest, self._held = self._held, ""
        return ("", rest) if self._split == self._within else (rest, "")

    def _before(self, text: str) -> tuple[str, str]:
        start = text.lstrip()
        if OPEN.startswith(start):
            self._held = text
            return "", ""
        self._held = ""
        if not start.startswith(OPEN):
            self._split = self._after
            return text, ""
        self._split = self._opened
        return self._opened(start.removeprefix(OPEN))

    def _opened(self, text: str) -> tuple[str, str]:
        """The line ends after the tag belong to nothing."""
        text = text.lstrip()
        if not text:
            return "", ""
        self._split = self._within
        return self._within(text)

    def _within(self, text: str) -> tuple[str, str]:
        thought, closed, rest = text.partition(CLOSE)
        if closed:
            self._held = ""
            self._split = self._between
            answer, _ = self._between(rest)
            return answer, thought
        kept = _begun(text)
        self._held = text[len(text) - kept :]
        return "", text[: len(text) - kept]

    def _between(self, text: str) -> tuple[str, str]:
        text = text.lstrip()
        if text:
            self._split = self._after
        return text, ""

    def _after(self, text: str) -> tuple[str, str]:
        return text, ""


def _begun(text: str) -> int:
    """How many characters at the end of `text` are the beginning of the closing tag."""
    return next(size for size in range(len(CLOSE) - 1, -1, -1) if text.endswith(CLOSE[:size]))
