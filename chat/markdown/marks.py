r"""The marks of formulas: what opens one, and what ends it.

Marks are ``$``, ``$$``, ``\(``, ``\[`` and environments without any (``\begin{align}``). A dollar is
as often one of a price or a shell, so that it opens and ends only where a formula's would.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from chat.markdown.prose import is_formula, is_prose, is_spaced_formula, may_be_formula

_ENVIRONMENTS = (
    "equation align alignat gather multline flalign eqnarray displaymath aligned alignedat gathered split"
    " cases dcases rcases drcases array darray matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix CD"
)
_ENVIRONMENT = rf"\\begin\{{(?:{'|'.join(_ENVIRONMENTS.split())})\*?\}}"
_LINK = r"(?:https?://|www\.)[!-;=?-~]*|\]\([^\s()]*\)"
_OPENING = re.compile(rf"({_ENVIRONMENT}|\\boxed\{{|\\\\?[(\[]|`+|\${{1,2}}(?!\$))|\\[\s\S]|\$+|{_LINK}")
_TICKS = re.compile("`+")
_DOLLARS = re.compile(r"\\[\s\S]|\$+")
_DOLLAR_OR_BRACE = re.compile(r"\\[\s\S]|\$+|[{}]")
_ESCAPE = re.compile(r"\\(?:(?:begin|end)\{[A-Za-z]+\*?\}|[\s\S])")
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_VARIABLE = re.compile(r"\{?[A-Za-z_][A-Za-z0-9][A-Za-z0-9_]*\}?[^A-Za-z0-9_]?")
_IS_WHOLE = re.compile(r"[\w)\]}'′!*]$")  # else the second dollar begins another variable
_TEXT = re.compile(r"\\(?:text|mbox|hbox)")
_ENDS = {"\\(": "\\)", "\\[": "\\]", "\\\\(": "\\\\)", "\\\\[": "\\\\]", "\\begin": "\\end"}
_LONGEST_BOX = 500
_LONGEST_WITH_WORDS = 300
_LONGEST_BETWEEN_DOLLARS = 2_000


@dataclass(slots=True)
class Opened:
    """A mark that may have opened something; what is before ``searched`` does not end it."""

    kind: str
    start: int
    searched: int
    depth: int = 1

    @property
    def is_explicit(self) -> bool:
        """Whether nobody writes the mark by chance, so that it may go over lines of any kind."""
        return self.kind[0] == "\\" or self.kind == "$$"

    @property
    def is_display(self) -> bool:
        return self.kind in ("$$", "\\[", "\\\\[", "\\begin")

    @property
    def is_code(self) -> bool:
        return self.kind[0] == "`"

    @property
    def end_mark(self) -> str:
        return _ENDS.get(self.kind, self.kind)


@dataclass
class End:
    """Where something ends; if it is ``refused`` it is none, and ``position`` is where to look on."""

    position: int
    refused: bool = False


def next_opened(text: str, position: int, skipped: Set[str] = frozenset()) -> Opened | None:
    """Return the first mark from a position on that opens something, judged by what is beside it."""
    for found in _OPENING.finditer(text, position):
        mark = found[1]
        if not mark or mark in skipped:
            continue
        start = found.start()
        if mark != "$" or _dollar_opens(text, start):
            return Opened(mark.partition("{")[0] if mark[0] == "\\" else mark, start, found.end())
    return None


def _dollar_opens(text: str, start: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[start + 1 : start + 2]
    if before.isascii() and before.isalnum() or after in ("", "\n"):
        return False
    return not after.isspace() or not before or before in " \t(|>*_\n" or not before.isascii()


def find_end(text: str, opened: Opened) -> End | None:
    if opened.is_code:
        return _end_of_code(text, opened)
    if opened.kind == "\\boxed":
        return _end_of_box(text, opened)
    if opened.kind == "$":
        return _end_of_dollar(text, opened)
    if opened.kind == "$$":
        return _end_of_dollars(text, opened)
    if opened.kind[:2] == "\\\\":
        return _end_of_escaped(text, opened)
    return _end_of_latex(text, opened)


def _end_of_code(text: str, opened: Opened) -> End | None:
    for found in _TICKS.finditer(text, opened.searched):
        if found[0] == opened.kind:
            return End(found.end())
    return None


def _end_of_box(text: str, opened: Opened) -> End:
    r"""Return the end of a bare ``\boxed{42}``, which models are trained to end with."""
    depth = 1
    for brace in _BRACE.finditer(text, opened.searched, opened.searched + _LONGEST_BOX):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return End(brace.end())
    return End(opened.searched, refused=True)


def _end_of_dollar(text: str, opened: Opened) -> End | None:
    r"""Return the next dollar that is not in the words of a formula (``\text{if $n$ is even}``)."""
    for found in _DOLLAR_OR_BRACE.finditer(text, opened.searched):
        opened.depth += {"{": 1, "}": -1}.get(found[0], 0)
        if found[0][0] != "$":
            continue
        length = found.start() - opened.start
        source = text[opened.start + 1 : found.start()] if length < _LONGEST_BETWEEN_DOLLARS else ""
        if opened.depth > 1 and length < _LONGEST_WITH_WORDS and _TEXT.search(source):
            continue
        good = found[0] == "$" and _is_between_dollars(source, text[found.end() : found.end() + 1])
        return End(found.end()) if good else End(found.start(), refused=True)
    return None


def _is_between_dollars(source: str, after: str) -> bool:
    if source[:1].isspace() or source[-1:].isspace():
        spaced = source[:1].isspace() and source[-1:].isspace()
        return spaced and "\n" not in source and is_spaced_formula(source)
    return not after.isdigit() and not _is_shell(source, after) and may_be_formula(source)


def _is_shell(source: str, after: str) -> bool:
    """Return whether the second dollar begins another variable: ``$PATH:$HOME``, ``$bar->baz($qux)``."""
    if not after.isascii() or not after.isalpha():
        return False
    return bool(_VARIABLE.fullmatch(source)) or not _IS_WHOLE.search(source)


def _end_of_dollars(text: str, opened: Opened) -> End | None:
    for found in _DOLLARS.finditer(text, opened.searched):
        if found[0][:2] != "$$":
            continue
        source = text[opened.start + 2 : found.start()]
        if "\n" not in source:
            return End(found.start() + 2, refused=not may_be_formula(source))
        if not source.strip():
            return End(found.start() + 2, refused=True)
        return End(opened.start + 2, refused=True) if is_prose(source) else End(found.start() + 2)
    return None


def _end_of_escaped(text: str, opened: Opened) -> End | None:
    r"""Return the end of ``\\( x \\)``, as JSON has it: Markdown would show ``\( x \)``."""
    start = text.find(opened.end_mark, opened.searched)
    if start < 0:
        return None
    source = text[opened.start + 3 : start]
    is_one = len(source) < _LONGEST_BETWEEN_DOLLARS and (is_formula(source) or len(source.strip()) == 1)
    return End(start + 3, refused=not is_one)


def _end_of_latex(text: str, opened: Opened) -> End | None:
    end = opened.end_mark
    for found in _ESCAPE.finditer(text, opened.searched):
        if opened.kind == "\\begin":
            opened.depth += {"\\begin": 1, "\\end": -1}.get(found[0].partition("{")[0], 0)
            if not opened.depth:
                return End(found.end())
        elif found[0] == opened.kind:
            return End(opened.start + 2, refused=True)
        elif found[0] == end:
            source = text[opened.start + 2 : found.start()]
            return End(found.end(), refused=is_prose(source) or not source.strip())
    return None
