"""The Markdown that the parser gets to see: cleaned, line by line, the same at any chunking.

Lines keep their numbers. Lone ``$$`` and ``\\[`` lines become math fences, because the lines of a
formula that begin with ``+``, ``-`` or ``=`` would become lists and headings. The few inputs on
which the parser takes more than linear time or space are defused.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field

MAX_MARKERS = 100  # quote and list markers that one line may open
MAX_MATH_OPENERS = 500  # \( and \[ in one run of lines: the parser is quadratic in unclosed ones
MAX_AT_SIGNS = 500  # in one run of lines: the parser is quadratic in e-mail addresses, 1 MB took 40 s
MAX_CELLS = 20_000  # of one table: half a million took 1.4 s to render
MAX_MISSING_CELLS = 10_000  # cells the parser makes up for short rows: 30 kB grew to 360 MB

_UNWANTED = re.compile("[\ufeff\ud800-\udfff]")
_MARKER = r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])"
_PREFIX = re.compile(f"{_MARKER}*")
_MANY_MARKERS = re.compile(rf"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{MAX_MARKERS}}}[ \t]*")
_CODE_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_DELIMITER_ROW = re.compile(r"[ \t|:-]*\|[ \t|:-]*")
_MATH_OPENER = re.compile(r"\\[(\[]")
_AT_SIGN = re.compile(r"(?<!\\)@")
_FORMULA_ENDS = {"$$": "$$", "\\[": "\\]"}


def clean(text: str) -> str:
    """Without byte order marks (the parser drops a leading one only) and lone surrogates."""
    return _UNWANTED.sub(lambda found: "" if found[0] == "\ufeff" else "\ufffd", text)


@dataclass
class _Formula:
    """Lines since a lone ``$$`` or ``\\[``: a formula if its end comes before a gap in it."""

    start: int
    indent: str
    end: str
    raw: list[str] = field(default_factory=list)
    begun: bool = False
    gap: bool = False

    def body(self, line: str) -> str | None:
        """The line without the quote markers of its container; None if it is outside of that."""
        for _ in range(self.indent.count(">")):
            line = line.lstrip(" \t")
            if not line.startswith(">"):
                return None
            line = line[1:]
        return line.strip()


@dataclass
class _CodeFence:
    mark: str
    quoted: bool

    def closes(self, line: str) -> bool:
        rest = line.strip(" \t>\n")
        return len(rest) >= len(self.mark) and not rest.strip(self.mark[0])

    def left(self, line: str) -> bool:
        return self.quoted and not line.lstrip(" \t").startswith(">")


class Source:
    """Markdown fed in pieces; ``lines`` are complete, ``partial`` is the one still being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.partial = ""
        self._carriage_return = False
        self._code: _CodeFence | None = None
        self._formula: _Formula | None = None
        self._math_openers = 0
        self._at_signs = 0
        self._columns = 0
        self._cells = self._missing_cells = 0

    @property
    def settled(self) -> int:
        """How many lines can no longer change: an unfinished formula may turn out to be none."""
        return self._formula.start if self._formula else len(self.lines)

    @property
    def is_verbatim(self) -> bool:
        """Whether the line being written belongs to a code block or a formula."""
        return bool(self._code or self._formula)

    def feed(self, text: str) -> None:
        text = clean(text)
        if self._carriage_return:
            text = "\r" + text
        self._carriage_return = text.endswith("\r")
        if self._carriage_return:
            text = text[:-1]
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        *complete, self.partial = (self.partial + text).split("\n")
        for line in complete:
            self._take(line + "\n")

    def ended(self) -> Source:
        """A copy in which the last line is complete."""
        end = copy.copy(self)
        end.lines = self.lines.copy()
        end._formula = copy.copy(self._formula)
        if end._formula:
            end._formula.raw = end._formula.raw.copy()
        if end.partial:
            end._take(end.partial + "\n")
            end.partial = ""
        return end

    def text(self, first: int = 0) -> str:
        """From line ``first`` (counted from 0) to the end."""
        return "".join(self.lines[first:]) + self._last_line()

    def _last_line(self) -> str:
        line = self.partial
        if self._formula and line.strip():
            body = self._formula.body(line)
            return line if body is None else self._formula.indent + body
        if len(line) > MAX_MARKERS and not self._code and self._may_harm(line):
            return copy.copy(self)._defused(line)
        return line

    def _may_harm(self, line: str) -> bool:
        """Whether `_defused` could change it; that it counts needs a copy, which costs more than this."""
        told = bool(self._columns) or "|" in line or "\\" in line or "@" in line
        return told or bool(_MANY_MARKERS.match(line))

    def _take(self, line: str) -> None:
        if self._code:
            self._take_code(line, self._code)
        elif self._formula:
            self._take_formula(line, self._formula)
        else:
            self._take_text(line)

    def _take_text(self, line: str) -> None:
        prefix = _PREFIX.match(line)[0]  # type: ignore[index]  # it matches the empty string
        rest = line[len(prefix) :].rstrip()
        if fence := _CODE_FENCE.match(rest):
            self._code = _CodeFence(fence[1] or fence[2], ">" in prefix)
            self._end_run()
            self.lines.append(line)
        elif end := _FORMULA_ENDS.get(rest):
            indent = re.sub(r"[^ \t>]", " ", prefix)
            self._formula = _Formula(len(self.lines), indent, end, [line])
            self.lines.append(f"{prefix}```math\n")
        else:
            self.lines.append(self._defused(line))

    def _take_code(self, line: str, code: _CodeFence) -> None:
        if code.left(line):
            self._code = None
            self._take_text(line)
            return
        if code.closes(line):
            self._code = None
        self.lines.append(line)

    def _take_formula(self, line: str, formula: _Formula) -> None:
        body = formula.body(line)
        if body == formula.end:
            self._formula = None
            self._end_run()
            self.lines.append(f"{formula.indent}```\n")
        elif body is None or (body and formula.gap) or _CODE_FENCE.match(body):
            self._abandon(formula)
            self._take(line)
        else:
            formula.gap = formula.begun and not body
            formula.begun = formula.begun or bool(body)
            formula.raw.append(line)
            self.lines.append(f"{formula.indent}{body}\n")

    def _abandon(self, formula: _Formula) -> None:
        """The lines as they were written: the parser knows formulas inside a paragraph, too."""
        self._formula = None
        del self.lines[formula.start :]
        self.lines += map(self._defused, formula.raw)

    def _end_run(self) -> None:
        self._math_openers = self._at_signs = self._columns = self._cells = self._missing_cells = 0

    def _defused(self, line: str) -> str:
        if line.isspace():
            self._end_run()
        elif self._columns or "|" in line:
            line = self._limit_cells(line)
        if "\\" in line:
            line = self._limit_math_openers(line)
        if "@" in line:
            line = self._limit_at_signs(line)
        if len(line) > MAX_MARKERS and (deep := _MANY_MARKERS.match(line)):
            line = f"{deep[0]}\\{line[deep.end() :]}"
        return line

    def _limit_cells(self, line: str) -> str:
        if _DELIMITER_ROW.fullmatch(line.strip(" \t>\n")):
            self._columns = max(self._columns, line.count("|"))
        if self._columns:
            self._cells += line.count("|")
        self._missing_cells += max(0, self._columns - line.count("|"))
        if self._missing_cells <= MAX_MISSING_CELLS and self._cells <= MAX_CELLS:
            return line
        self._end_run()
        indent = len(line) - len(line.lstrip(" \t"))
        return f"{line[:indent]}> {line[indent:]}"  # a quote ends a table

    def _limit_at_signs(self, line: str) -> str:
        self._at_signs += line.count("@")
        return line if self._at_signs <= MAX_AT_SIGNS else _AT_SIGN.sub(r"\\@", line)

    def _limit_math_openers(self, line: str) -> str:
        self._math_openers += len(_MATH_OPENER.findall(line))
        if self._math_openers <= MAX_MATH_OPENERS:
            return line
        return _MATH_OPENER.sub(lambda found: f"&#92;{found[0][1]}", line)
