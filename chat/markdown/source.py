"""The Markdown that the parser gets to see: cleaned, line by line, the same at any chunking.

Lines keep their numbers. Formulas are hidden, since the parser would read their signs as its own.
The few inputs on which the parser takes more than linear time or space are defused.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from chat.markdown.formulas import Dead, Run
from chat.markdown.hidden import TAKEN

MAX_MARKERS = 100  # quote and list markers that one line may open
MAX_AT_SIGNS = 500  # in one run of lines: the parser is quadratic in e-mail addresses, 1 MB took 40 s
MAX_CLOSERS = 200  # ")" of one word: for each, the parser counts those before it; 250,000 took 9 s
MAX_CELLS = 20_000  # of one table: half a million took 1.4 s to render
MAX_MISSING_CELLS = 10_000  # cells the parser makes up for short rows: 30 kB grew to 360 MB

_UNWANTED = re.compile(f"[\ufeff\ud800-\udfff{TAKEN}]")
_MARKER = r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])"
_PREFIX = re.compile(f"{_MARKER}*")
_MANY_MARKERS = re.compile(rf"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{MAX_MARKERS}}}[ \t]*")
_CODE_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_DELIMITER_ROW = re.compile(r"[ \t|:-]*\|[ \t|:-]*")
_AT_SIGN = re.compile(r"(?<!\\)@")


def clean(text: str) -> str:
    """Without byte order marks (the parser drops a leading one only), lone surrogates, formulas' disguise."""
    return _UNWANTED.sub(lambda found: "" if found[0] == "\ufeff" else "\ufffd", text)


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
        self._before = 0  # how many lines came before these
        self._carriage_return = False
        self._code: _CodeFence | None = None
        self._run: Run | None = None
        self._dead = Dead()
        self._at_signs = 0
        self._columns = 0
        self._cells = self._missing_cells = 0

    @property
    def settled(self) -> int:
        """How many lines can no longer change: what is open after them may turn out to be no formula."""
        return len(self.lines)

    @property
    def is_verbatim(self) -> bool:
        """Whether the line being written belongs to a code block or, most likely, to a formula."""
        return bool(self._code or (self._run and self._run.is_likely()))

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
        """A copy in which the last line is complete and nothing is open."""
        end = self._copied()
        end.lines, end._before = self.lines.copy(), self._before
        if end.partial:
            end._take(end.partial + "\n")
            end.partial = ""
        while end._run:
            end._give_up(end._run)
        return end

    def size(self, first: int) -> int:
        """How many characters there are from line ``first`` (counted from 0) on."""
        return sum(map(len, self.lines[first:])) + len(self.partial)

    def text(self, first: int = 0) -> str:
        """From line ``first`` (counted from 0) to the end; what is most likely a formula is shown as one."""
        return "".join(self.lines[first:]) + self._open_text()

    def _open_text(self) -> str:
        """What is not settled, without the end of the line being written."""
        if not self._run and (self._code or not self._may_change(self.partial)):
            return self.partial
        end = self._copied()
        if self.partial:
            end._take(self.partial + "\n")
        while end._run and not (end._run.is_likely() or end._run.is_code):
            end._give_up(end._run)
        lines = end.lines
        if end._run:
            lines += map(end._defused, end._run.lines(unfinished=end._run.is_likely()))
        return "".join(lines).removesuffix("\n" if self.partial else "")

    def _copied(self) -> Source:
        """A copy that knows no line so far."""
        end = copy.copy(self)
        end.lines, end._before = [], self._before + len(self.lines)
        end._dead = self._dead.copy()
        end._run = self._run.copy(end._dead) if self._run else None
        return end

    def _may_change(self, line: str) -> bool:
        """Whether to take the line could change it; a look costs less than a copy."""
        if "$" in line or "\\" in line:
            return True
        if len(line) <= MAX_MARKERS:
            return False
        return (
            bool(self._columns)
            or "|" in line
            or "@" in line
            or line.count(")") > MAX_CLOSERS
            or bool(_MANY_MARKERS.match(line))
        )

    def _take(self, line: str) -> None:
        if self._code:
            self._take_code(line, self._code)
        elif self._run:
            self._go_on(line, self._run)
        else:
            self._take_text(line)

    def _take_text(self, line: str) -> None:
        prefix = _PREFIX.match(line)[0]  # type: ignore[index]  # it matches the empty string
        body = line[len(prefix) :]
        if fence := _CODE_FENCE.match(body.rstrip()):
            self._code = _CodeFence(fence[1] or fence[2], ">" in prefix)
            self._end_run()
            self.lines.append(line)
        elif "$" in body or "\\" in body or "`" in body:
            self._look_at(Run(prefix, body, self._before + len(self.lines), self._dead))
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

    def _go_on(self, line: str, run: Run) -> None:
        if run.take(line):
            self._look_at(run)
        else:
            self._give_up(run)
            self._take(line)

    def _look_at(self, run: Run) -> None:
        self._run = run
        if run.refused:
            self._dead.add(run.refused, run.number)
            self._again(run)
        elif not run.opened:
            self._run = None
            self.lines += map(self._defused, run.lines())

    def _give_up(self, run: Run) -> None:
        """What is open in it has no end: its lines are what they would be without."""
        if run.opened:
            self._dead.until[run.opened.kind] = run.end
        self._again(run)

    def _again(self, run: Run) -> None:
        self._run = None
        for line in run.raw:
            self._take(line)

    def _end_run(self) -> None:
        self._at_signs = self._columns = self._cells = self._missing_cells = 0

    def _defused(self, line: str) -> str:
        if line.isspace():
            self._end_run()
        elif self._columns or "|" in line:
            line = self._limit_cells(line)
        if "@" in line:
            line = self._limit_at_signs(line)
        if line.count(")") > MAX_CLOSERS:
            line = " ".join(map(_with_few_closers, line.split(" ")))
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


def _with_few_closers(word: str) -> str:
    """The word, cut by spaces where it has too many ``)``: an address could end at each of them."""
    if word.count(")") <= MAX_CLOSERS:
        return word
    parts = word.split(")")
    runs = [")".join(parts[start : start + MAX_CLOSERS]) for start in range(0, len(parts), MAX_CLOSERS)]
    return ") ".join(runs)
