"""The Markdown that the parser gets to see: cleaned, line by line, the same at any chunking.

Lines keep their numbers. Formulas are hidden, since the parser would read their signs as its own.
The few inputs on which the parser takes more than linear time or space are defused.
"""

from __future__ import annotations

import copy
import re

from chat.markdown.comments import MAX_UNENDED, Comment, opening
from chat.markdown.dialect import PREFIX, Dialect
from chat.markdown.fences import CodeFence, opened
from chat.markdown.formula_stand_ins import TAKEN
from chat.markdown.formulas import Dead, Generation
from chat.markdown.preview import delimiters, held
from chat.markdown.stand_ins import TAKEN_FOR_TEXT

MAX_MARKERS = 100  # quote and list markers that one line may open
MAX_AT_SIGNS = 500  # in one run of lines: the parser is quadratic in e-mail addresses, 1 MB took 40 s
MAX_CLOSERS = 200  # ")" of one word: for each, the parser counts those before it; 250,000 took 9 s
MAX_CELLS = 20_000  # of one table: half a million took 1.4 s to render
MAX_MISSING_CELLS = 10_000  # cells the parser makes up for short rows: 30 kB grew to 360 MB

_UNWANTED = re.compile(f"[\ufeff\ud800-\udfff{TAKEN}{TAKEN_FOR_TEXT}]")
_MANY_MARKERS = re.compile(rf"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{MAX_MARKERS}}}[ \t]*")
_DELIMITER_ROW = re.compile(r"[ \t|:-]*\|[ \t|:-]*")
_EMPHASIS = "*_~"  # of more than one sign: whether one of them ends something is told by the next character
_MOST_BEGINNINGS = 5  # in front of each other
_AT_SIGN = re.compile(r"(?<!\\)@")


def clean(text: str) -> str:
    """Return the text without byte order marks, lone surrogates and formulas' disguise.

    The parser drops a leading byte order mark only.
    """
    return _UNWANTED.sub(lambda found: "" if found[0] == "\ufeff" else "\ufffd", text)


class Source:
    """Markdown fed in pieces; ``lines`` are complete, ``partial`` is the one still being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.partial = ""
        self._before = 0  # how many lines came before these
        self._carriage_return = False
        self._code: CodeFence | None = None
        self._maybe_ended: CodeFence | None = None  # a document whose end may begin code in it
        self._nested = 2  # how many documents without an end may be read again as the standard has it
        self._comment: Comment | None = None
        self._comments = MAX_UNENDED
        self._run: Generation | None = None
        self._dead = Dead()
        self._dialect = Dialect()
        self._at_signs = 0
        self._columns = 0
        self._cells = self._missing_cells = 0

    @property
    def settled(self) -> int:
        """How many lines can no longer change; those of a document in a fence can until it has its end."""
        document = self._maybe_ended or self._code
        return document.start if document and document.is_document else len(self.lines)

    @property
    def is_verbatim(self) -> bool:
        """Whether the line being written belongs to a code block or, most likely, to a formula."""
        return bool(self._code or self._is_in_document or (self._run and self._run.is_likely()))

    @property
    def _is_in_document(self) -> bool:
        return bool(self._maybe_ended and self.partial.strip())

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

    @property
    def is_words(self) -> bool:
        """Whether the line being written is none of a code block, formula, comment or table."""
        is_open = self._code or self._maybe_ended or self._run or self._comment
        return not (is_open or self._columns or self._carriage_return)

    def go_on(self, words: str) -> None:
        """Take words without any mark or line end, where `is_words`."""
        self.partial += words

    def ended(self) -> Source:
        """Return a copy in which the last line is complete and nothing is open."""
        end = self._copied()
        end.lines, end._before = self.lines.copy(), self._before
        if end.partial:
            end._take(end.partial + "\n")
            end.partial = ""
        while end._run or end._comment or end._lacks_end:
            end._give_up_last()
        return end

    def size(self, first: int) -> int:
        """Return how many characters there are from line ``first`` (counted from 0) on."""
        return sum(map(len, self.lines[first:])) + len(self.partial)

    @property
    def _lacks_end(self) -> bool:
        return bool(self._code and self._code.first_end >= 0)

    def text(self, first: int = 0) -> str:
        """Return the text from line ``first`` (counted from 0) on; what is most likely a formula is one."""
        lines = self.lines[first:]
        if self._maybe_ended and self._is_in_document:
            lines[-1] = self._maybe_ended.last
        return "".join(lines) + self._open_text()

    def live_text(self, first: int = 0) -> tuple[str, int]:
        """Return a text that is being written, and how many of its lines decide what is closed.

        What may turn out to be a mark is left out, and a table's second row is added below its first.
        """
        whole, lines = self.partial, self.settled
        if row := self._row_below():
            self.partial, lines = row, lines - 1
        elif waiting := held(whole, is_code=self._is_code, is_row=bool(self._columns)):
            self.partial = whole[:-waiting]
        text = self.text(first)
        self.partial = whole
        return text, lines

    def sure_text(self, first: int = 0) -> tuple[str, int]:
        """From line ``first`` up to what more text may change, and how many lines decide what is closed.

        That is the beginning of a mark or a block at the end, or a mark that has no end yet.
        """
        before, end = "".join(self.lines[first:]), self._copied()
        if self._comment or self._is_in_document or self._code:
            return before, self.settled
        if end._run:
            return before + end._before_open(end._run), self.settled
        line = _without_beginning(self.partial, is_row=bool(self._columns))
        if line and "`" not in line and not self._may_change(line):
            return before + self._dialect.seen(line), self.settled + 1
        end._take(line + "\n")
        if not line or end._comment or end._code:
            return before, self.settled
        rest = "".join(end.lines).removesuffix("\n") + (end._before_open(end._run) if end._run else "")
        return before + rest, self.settled + bool(rest)

    def _before_open(self, run: Generation) -> str:
        """Return what is before the open mark of a run, as the parser is to see it."""
        *lines, last = run.before_open().split("\n")
        shown = [self._defused(line + "\n") for line in lines]
        return "".join(shown) + self._dialect.seen(_without_beginning(last, is_row=bool(self._columns)))

    @property
    def _is_code(self) -> bool:
        return bool(self._code or self._is_in_document)

    def _row_below(self) -> str:
        if not self.lines or self._columns or self._code or self._run or self._comment:
            return ""
        return delimiters(self.lines[-1], self.partial)

    def _open_text(self) -> str:
        """Return what is not settled, without the end of the line being written."""
        if self._code or self._is_in_document:
            return self.partial
        if not self._run and not self._comment and not self._may_change(self.partial):
            return self._dialect.seen(self.partial)
        end = self._copied()
        if self.partial:
            end._take(self.partial + "\n")
        while end._run and not (end._run.is_likely() or end._run.is_code):
            end._give_up(end._run)
        lines = end.lines
        if end._comment:
            lines += map(end._defused, end._comment.lines())
        if end._run:
            lines += map(end._defused, end._run.lines(unfinished=end._run.is_likely()))
        return "".join(lines).removesuffix("\n" if self.partial else "")

    def _copied(self) -> Source:
        """Return a copy that knows no line so far."""
        end = copy.copy(self)
        end.lines, end._before = [], self._before + len(self.lines)
        end._dead = self._dead.copy()
        end._dialect = copy.copy(self._dialect)
        end._run = self._run.copy(end._dead) if self._run else None
        return end

    def _may_change(self, line: str) -> bool:
        """Return whether to take the line could change it; a look costs less than a copy."""
        if "$" in line or "\\" in line or "<!-" in line:
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
        if self._maybe_ended:
            self._go_on_in_document(line, self._maybe_ended)
        if self._comment:
            self._take_comment(line, self._comment)
        elif self._code:
            self._take_code(line, self._code)
        elif self._run:
            self._go_on(line, self._run)
        else:
            self._take_text(line)

    def _take_text(self, line: str) -> None:
        prefix = PREFIX.match(line)[0]  # type: ignore[index]  # it matches the empty string
        body = line[len(prefix) :]
        if fence := opened(prefix, body.rstrip(), len(self.lines), nests=self._nested > 0):
            self._code, line = fence
            self._dialect.forget()
            self._end_run()
            self.lines.append(line)
        elif "<!--" in body and (start := opening(line)) >= 0:
            self._open_comment(Comment(start, (line,)), prefix)
        elif "$" in body or "\\" in body or "`" in body:
            self._look_at(Generation(prefix, body, self._before + len(self.lines), self._dead))
        else:
            self.lines.append(self._defused(line))

    def _take_code(self, line: str, code: CodeFence) -> None:
        if code.left(line):
            self._code = None
            self._take_text(line)
            return
        code = code.taken(line, len(self.lines), self.lines[-1])
        self._code = None if code.ended else code
        self._maybe_ended = code if code.may_begin_code else None
        self.lines.append(code.shown(line))

    def _go_on_in_document(self, line: str, document: CodeFence) -> None:
        self._maybe_ended = None
        if line.strip():
            self._code = document.begun_again()
            self.lines[-1] = document.last

    def _open_comment(self, comment: Comment, prefix: str) -> None:
        if self._comments and ">" not in prefix:
            self._comment = comment
        else:
            self.lines.append(self._defused(comment.as_text()))

    def _take_comment(self, line: str, comment: Comment) -> None:
        comment = comment.taken(line)
        self._comment = comment
        if comment.is_ended:
            self._comment = None
            self.lines += map(self._defused, comment.lines())
        elif comment.is_too_long:
            self._give_up_comment(comment)

    def _go_on(self, line: str, run: Generation) -> None:
        if run.take(line):
            self._look_at(run)
        else:
            self._give_up(run)
            self._take(line)

    def _look_at(self, run: Generation) -> None:
        self._run = run
        if run.refused:
            self._dead.add(run.refused, run.number)
            self._again(run)
        elif not run.opened:
            self._run = None
            self.lines += map(self._defused, run.lines())

    def _give_up_last(self) -> None:
        """Give up the last of what lacks its end."""
        if self._run:
            self._give_up(self._run)
        elif self._comment:
            self._give_up_comment(self._comment)
        elif self._code:
            self._give_up_document(self._code)

    def _give_up_comment(self, comment: Comment) -> None:
        self._comment = None
        self._comments -= 1
        self.lines.append(self._defused(comment.as_text()))
        for line in comment.raw[1:]:
            self._take(line)

    def _give_up_document(self, document: CodeFence) -> None:
        """Read what came after its first end by the standard again."""
        raw = self.lines[document.first_end :]
        del self.lines[document.first_end :]
        self._code = None
        self._nested -= 1
        self.lines.append(document._replace(ended=True).shown(raw[0]))
        for line in raw[1:]:
            self._take(line)

    def _give_up(self, run: Generation) -> None:
        """Give up what is open in it, which has no end: its lines are what they would be without."""
        run.give_up()
        self._again(run)

    def _again(self, run: Generation) -> None:
        self._run = None
        for line in run.raw:
            self._take(line)

    def _end_run(self) -> None:
        self._at_signs = self._columns = self._cells = self._missing_cells = 0

    def _defused(self, line: str) -> str:
        line = self._dialect.read(line)
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


def _without_beginning(line: str, *, is_row: bool) -> str:
    """Return a line without what may be the beginning of a mark or of a block, "" if all of it may be."""
    for _ in range(_MOST_BEGINNINGS):
        shown = line.rstrip(_EMPHASIS)
        shown = shown[: len(shown) - held(shown, is_code=False, is_row=is_row)]
        if shown == line:
            return line
        line = shown
    return ""


def _with_few_closers(word: str) -> str:
    """Return the word, cut by spaces where it has too many ``)``: an address could end at each of them."""
    if word.count(")") <= MAX_CLOSERS:
        return word
    parts = word.split(")")
    runs = [")".join(parts[start : start + MAX_CLOSERS]) for start in range(0, len(parts), MAX_CLOSERS)]
    return ") ".join(runs)
