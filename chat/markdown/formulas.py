"""Formulas in Markdown, found line by line.

Each line is looked through once for each kind of mark at most, so that the time is linear in the
text: a mark that opened nothing is remembered with the lines that it was tried on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from chat.markdown.formula_stand_ins import hide
from chat.markdown.marks import Opened, find_end, next_opened
from chat.markdown.prose import is_formula, is_plainly_formula, is_prose, may_be_formula

MAX_LENGTH = 10_000  # characters from the line in which a formula begins
MAX_DOLLAR_LINES = 4  # that a formula between single dollars may go over
MAX_CODE_LINES = 20
MAX_TICKS = 12  # kinds of marks without an end from which on all backticks are one: each length is a kind

_ANY_TICKS = "``*"
_BLOCK = re.compile(r"[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||$)")
_FENCE = re.compile(r"`{3,}|~{3,}")
_HEADING = re.compile(r"#{1,6} ")
_WORD = re.compile(r"(?<!\\)\b[^\W\d_]{2}")
_QUOTES = re.compile(r"[ \t>]*")


class Place(NamedTuple):
    """Of a mark, counted from 0."""

    line: int
    column: int


@dataclass
class Dead:
    """Marks that opened nothing: all of a kind from a place up to a line, and single ones."""

    spans: dict[str, list[tuple[Place, int]]] = field(default_factory=dict)
    places: set[Place] = field(default_factory=set)

    def copy(self) -> Dead:
        return Dead({kind: spans.copy() for kind, spans in self.spans.items()}, self.places.copy())

    def add(self, place: Place, first: int) -> None:
        """Add a place, and forget those before line ``first``, as below."""
        self.places = {other for other in self.places if other.line >= first} | {place}

    def add_span(self, kind: str, place: Place, until: int, first: int) -> None:
        if kind[0] == "`" and len(self.spans) > MAX_TICKS:
            kind = _ANY_TICKS
        self.spans[kind] = [span for span in self.spans.get(kind, ()) if span[1] > first] + [(place, until)]

    def knows(self, kind: str) -> bool:
        return bool(self.places) or kind in self.spans or kind[0] == "`" and _ANY_TICKS in self.spans

    def has(self, kind: str, place: Place) -> bool:
        return place in self.places or self.until(kind, place) > 0

    def until(self, kind: str, place: Place) -> int:
        """Return the line up to which all of the kind are dead from the place on; 0 if it is not."""
        spans = self.spans.get(kind, [])
        if kind[0] == "`":
            spans = spans + self.spans.get(_ANY_TICKS, [])
        return max((until for start, until in spans if start <= place < (until, 0)), default=0)


class _Found(NamedTuple):
    start: int
    end: int
    display: bool


class Generation:
    """Lines from one at whose start nothing is open to one at whose end nothing is."""

    def __init__(self, prefix: str, body: str, number: int, dead: Dead) -> None:
        self.raw = [prefix + body]
        self.number = number  # of the first line
        self.opened: Opened | None = None
        self.refused: Place | None = None  # what was open over lines, and turned out to be nothing
        self._prefixes = [prefix]
        self._text = body  # the lines without prefixes
        self._last = 0  # where the last of them begins
        self._dead = dead
        self._gap = False
        self._position = 0
        self._found: list[_Found] = []
        self._scan()

    def copy(self, dead: Dead) -> Generation:
        new = object.__new__(Generation)
        new.__dict__.update(self.__dict__)
        new.raw, new._prefixes, new._found = self.raw.copy(), self._prefixes.copy(), self._found.copy()
        new.opened = replace(self.opened) if self.opened else None
        new._dead = dead
        return new

    @property
    def end(self) -> int:
        """The number of the line after it."""
        return self.number + len(self.raw)

    @property
    def is_code(self) -> bool:
        return bool(self.opened and self.opened.is_code)

    def take(self, line: str) -> bool:
        """Take the line if what is open may go on in it; return whether it may."""
        prefix, body = self._split(line)
        if not self.opened or body is None or not self._may_go_on(self.opened, body.strip()):
            return False
        self.raw.append(line)
        self._prefixes.append(prefix)
        self._last = len(self._text)
        self._text += f"{body.strip()}\n" if self.opened.is_explicit else body
        self._scan()
        return True

    def lines(self, *, unfinished: bool = False) -> list[str]:
        """Return the lines with their formulas hidden.

        What is still open is one of them too, if that is asked for.
        """
        if not unfinished or not self.opened:
            texts = self._text_until(len(self._text)).split("\n")
        else:
            start = self.opened.start
            shown = hide(self._text[start:].rstrip("\n"), display=self.opened.is_display, ended=False)
            texts = f"{self._text_until(start)}{shown}\n".split("\n")
        texts += [""] * (len(self._prefixes) + 1 - len(texts))  # empty lines at the end of what is unfinished
        return [f"{prefix}{text}\n" for prefix, text in zip(self._prefixes, texts, strict=False)]

    def before_open(self) -> str:
        """Return what is before the mark that is open, for the parser."""
        text = self._text_until(self.opened.start if self.opened else len(self._text))
        pairs = zip(self._prefixes, text.split("\n"), strict=False)
        return "\n".join(prefix + line for prefix, line in pairs)

    def _text_until(self, stop: int) -> str:
        """Return the text up to a place after all formulas, without prefixes and with the formulas hidden."""
        parts, end = [], 0
        for found in self._found:
            parts += [self._text[end : found.start], self._hidden(found)]
            end = found.end
        return "".join([*parts, self._text[end:stop]])

    def is_likely(self) -> bool:
        """Return whether what is open will most likely be a formula."""
        if not self.opened or self.is_code:
            return False
        source = self._text[self.opened.start :].removeprefix(self.opened.kind)
        if self.opened.kind == "$":
            return is_plainly_formula(source)
        if self.opened.kind == "$$" and source.strip() and "\n" not in source.rstrip("\n"):
            return may_be_formula(source)
        return not is_prose(source)

    def _hidden(self, found: _Found) -> str:
        source = self._text[found.start : found.end]
        line = self._text.rfind("\n", 0, found.start) + 1
        if source.count("\\|") == 1 and self._text.startswith("|", line):
            source = source.replace("\\|", "|")  # as a bar is written in a table
        if _HEADING.match(self._text, line):  # which has one line only
            return hide(source.replace("\n", " "), display=found.display) + "\n" * source.count("\n")
        return hide(source, display=found.display)

    def _split(self, line: str) -> tuple[str, str | None]:
        """Return what stays outside of a formula, and the rest; None if the line is outside of the quote."""
        quotes = self._prefixes[0].count(">")
        prefix = _QUOTES.match(line)[0]  # type: ignore[index]  # it matches the empty string
        while prefix.count(">") > quotes:
            prefix = prefix[: prefix.rindex(">")]
        return prefix, line[len(prefix) :] if prefix.count(">") == quotes else None

    def _may_go_on(self, opened: Opened, body: str) -> bool:
        if len(self._text) + len(body) > MAX_LENGTH or _FENCE.match(body):
            return False
        if not opened.is_explicit:
            most = MAX_CODE_LINES if opened.is_code else MAX_DOLLAR_LINES
            return len(self.raw) < most and (not _BLOCK.match(body) or self._takes_item(opened, body))
        gap, self._gap = self._gap, not body
        if not body:
            return opened.kind != "\\("
        if _HEADING.match(body) or not gap:
            return not _HEADING.match(body)
        begun = self._text[opened.start :].removeprefix(opened.kind).strip()
        return is_formula(body) or body.startswith(opened.end_mark) if begun else not is_prose(body)

    def _takes_item(self, opened: Opened, body: str) -> bool:
        """Return whether a line that begins like a list item is one of a formula that has just begun."""
        source = self._text[opened.start + 1 :]
        is_item = body[:2] in ("+ ", "- ", "* ") and opened.kind == "$"
        return is_item and not source[:1].isdigit() and not _WORD.search(source)

    def _scan(self) -> None:
        while self.refused is None:
            if not self.opened:
                self.opened = self._next()
                if not self.opened:
                    return
            end = find_end(self._text, self.opened)
            if end is None:
                self.opened.searched = len(self._text)
                return
            if end.refused:
                self._refuse(self.opened, end.position)
            elif not self.opened.is_code:
                self._found.append(_Found(self.opened.start, end.position, self.opened.is_display))
            self.opened, self._position = None, end.position

    def _next(self) -> Opened | None:
        skipped: set[str] = set()
        while opened := next_opened(self._text, self._position, skipped):
            if not self._dead.knows(opened.kind):
                return opened
            place = self._place(opened.start)
            if not self._dead.has(opened.kind, place):
                return opened
            if self._dead.until(opened.kind, place) >= self.end:
                skipped.add(opened.kind)
            self._position = opened.searched
        return None

    def give_up(self) -> None:
        """Give up what is open: neither it nor another mark of its kind has an end in these lines."""
        if self.opened:
            self._dead.add_span(self.opened.kind, self._place(self.opened.start), self.end, self.number)

    def _refuse(self, opened: Opened, position: int) -> None:
        if opened.start < self._last and self._text[opened.start : position].strip("$ \n"):
            self.refused = self._place(opened.start)

    def _place(self, start: int) -> Place:
        if not self._last:
            return Place(self.number, start)
        line = self._text.count("\n", 0, start)
        return Place(self.number + line, start - self._text.rfind("\n", 0, start) - 1)
