"""Fenced code, and documents of Markdown in a fence, whose own fences have as many marks.

CommonMark ends ```` ```markdown ```` at the first bare ```` ``` ````, which is as a rule the end of a
code block within the document. So the fences within are paired, and the document gets marks of its
own. A bare fence begins code of the document when a line before it is empty or ends with a colon
and one with words follows; otherwise it ends the document.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_DOCUMENTS = frozenset({"markdown", "md", "mdx", "mkd", "rmd", "qmd"})
_MARKS_OF_DOCUMENTS = "~" * 40
_MAX_INNER = 10


class CodeFence(NamedTuple):
    """An open fence; what `taken` returns is the same fence after a line of it."""

    mark: str
    quoted: bool
    start: int  # the number of the line that opens it
    is_document: bool = False
    inner: tuple[str, ...] = ()  # fences within a document
    first_end: int = -1  # the number of the line where the standard ends the document
    ended: bool = False
    last: str = ""  # the line that may have ended it
    may_begin_code: bool = False  # whether the end may turn out to begin code within

    def taken(self, line: str, number: int, before: str) -> CodeFence:
        """Return the fence as it is after a line.

        ``number`` is the line's, ``before`` the line before it.

        ``number`` is the line's, ``before`` the line before it.
        """
        if not line.lstrip(" \t>").startswith(self.mark):
            return self
        if self.is_document:
            return self._document(line, number, before.strip(" \t>\n"))
        return self._replace(ended=True) if self._closes(line) else self

    def left(self, line: str) -> bool:
        return self.quoted and not line.lstrip(" \t").startswith(">")

    def shown(self, line: str) -> str:
        """Return the line for the parser."""
        if not (self.ended and self.is_document):
            return line
        start = len(line) - len(line.lstrip(" \t>"))
        return f"{line[:start]}{_MARKS_OF_DOCUMENTS}\n"

    def begun_again(self) -> CodeFence:
        """Return the fence as after an end that turned out to begin code within the document."""
        return self._replace(ended=False, may_begin_code=False, inner=(self.mark,))

    def _closes(self, line: str) -> bool:
        rest = line.strip(" \t>\n")
        return len(rest) >= len(self.mark) and not rest.strip(self.mark[0])

    def _document(self, line: str, number: int, before: str) -> CodeFence:
        found = _FENCE.match(line.strip(" \t>\n"))
        mark = (found[1] or found[3]) if found else ""
        if not found or mark[0] != self.mark[0] or len(mark) < len(self.mark):
            return self
        info = (found[2] or found[4] or "").strip()
        if info:
            opens = not self.inner or _is_document(self.inner[-1])
            opens = opens and len(self.inner) < _MAX_INNER
            return self._replace(inner=(*self.inner, mark + info)) if opens else self
        fence = self if self.first_end >= 0 else self._replace(first_end=number)
        if self.inner:
            return fence._replace(inner=self.inner[:-1])
        may_begin_code = not before or before.endswith((":", "\uff1a"))
        return fence._replace(ended=True, last=line, may_begin_code=may_begin_code)


def opened(prefix: str, rest: str, number: int, *, nests: bool) -> tuple[CodeFence, str] | None:
    """Return the fence that a line opens, and the line for the parser; None if it opens none."""
    found = _FENCE.match(rest)
    if not found:
        return None
    mark, info = found[1] or found[3], found[2] or found[4] or ""
    is_document = nests and _is_document(mark + info)
    fence = CodeFence(mark, ">" in prefix, number, is_document)
    return fence, f"{prefix}{_MARKS_OF_DOCUMENTS if is_document else mark}{info}\n"


def _is_document(fence: str) -> bool:
    words = fence.lstrip("`~").split()
    return bool(words) and words[0].lower() in _DOCUMENTS
