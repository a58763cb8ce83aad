"""Where in an answer a mark stands: whether it is one, or the answer speaks of it."""

from __future__ import annotations

import re

FENCE = re.compile(r"(?:[ \t>]|[*+-] |\d{1,9}[.)] )*(`{3,}|~{3,})")
ENDS = ".!?…。！？"
"""Characters that a sentence ends with."""

NAMING = "“„«‹「『(（[{=|/\\‘"
"""Characters that stand before what is only named."""

SPOKEN = re.compile(r"[`'\"’”»」』)）(\[,.;:…]|[ \t]{1,2}[a-z(]")
"""What follows an opening mark in a sentence about it."""

HEAD = 80
"""Characters of a line that tell whether it is a fence."""

TAIL = 16


class MarkContext:
    """Follows an answer as it grows. Costs nothing until asked, and then only for what is new."""

    def __init__(self) -> None:
        self._unread: list[str] = []
        self.add = self._unread.append  # the answer goes on
        self._fence = ""
        self._head = self._tail = ""  # of the line that is being written
        self._ticks = 0
        self._has_words = False

    @property
    def in_code(self) -> bool:
        """Whether what comes next stands in a code block or between backticks."""
        self._read()
        return bool(self._fence or self._ticks % 2 or FENCE.match(self._head))

    def opens(self, rest: str) -> bool:
        """Return whether an opening mark that stands here, before `rest`, is one."""
        if self.in_code or SPOKEN.match(rest):
            return False
        return self._is_blank or self._follows_a_sentence

    def closes(self, rest: str) -> bool:
        """Return whether a closing mark that stands here, before `rest`, is one."""
        if self.in_code:
            return False
        if self._is_blank:
            return True
        before = self._tail[-1:]
        if before.isspace():
            return self._follows_a_sentence and rest[:1] in ("", "\n", "\r")
        is_quoted = before in "`'\"" and before == rest[:1]
        return not (is_quoted or before in NAMING or rest[:1] in ("”", "’", "»"))

    @property
    def ends_a_word(self) -> bool:
        """Whether what comes next would be joined to the last word."""
        self._read()
        return bool(self._tail) and not self._tail[-1].isspace()

    @property
    def _follows_a_sentence(self) -> bool:
        return self._tail.rstrip().endswith(tuple(ENDS))

    @property
    def _is_blank(self) -> bool:
        """Whether the line has nothing yet, nor is indented as code."""
        return not self._has_words and len(self._head.expandtabs(4)) < 4

    def _read(self) -> None:
        first, *lines = "".join(self._unread).split("\n")
        self._unread.clear()
        self._go_on(first)
        for line in lines:
            self._end_line()
            self._go_on(line)

    def _go_on(self, text: str) -> None:
        self._head = (self._head + text[:HEAD])[:HEAD]
        self._tail = (self._tail + text[-TAIL:])[-TAIL:]
        self._ticks += text.count("`")
        self._has_words = self._has_words or bool(text.strip())

    def _end_line(self) -> None:
        mark = FENCE.match(self._head)
        if mark and not self._fence:
            self._fence = mark[1]
        elif mark and mark[1].startswith(self._fence) and not self._head[mark.end() :].strip():
            self._fence = ""
        self._new_line()

    def _new_line(self) -> None:
        self._head = self._tail = ""
        self._ticks = 0
        self._has_words = False
