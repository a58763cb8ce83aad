"""The harmless HTML that models write: put back into the parser's HTML, and balanced.

Nothing of it reaches further than the element it stands in. What is in none of the lists below, or
stands where it could not be shown, is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from chat.markdown.stand_ins import HIDDEN, LINE_MARK, LINE_OPENING, original, original_html, stand_in

MAX_NESTING = 20  # elements of the writer's in one of the parser's; more are left out
_INLINE = frozenset(["sub", "sup", "kbd", "mark", "u", "s", "del", "ins"])
_BLOCKS = frozenset({"details", "summary"})
_LISTS = frozenset({"ul", "ol", "li"})
_IN_SUMMARIES = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "code": "code"}
_IN_SUMMARIES |= dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "strong")
_VOID = frozenset({"br", "hr", "img", "input"})
_CROSSED = frozenset({"a", "del", "em", "strong"})  # what an element may end within, and is then begun again
MAX_CROSSED = 5
_TOKEN = re.compile(rf"<(/?)([a-z][a-z0-9]*)([^>]*)>|{HIDDEN}|[^<&]+|[<&]")
_NAME = re.compile(r"(/?)([a-z]+[1-6]?)", re.IGNORECASE)
_LINE = f"<h6>{LINE_MARK}"
_END_OF_S = f"&lt;{stand_in('/s')}&gt;"
_EMPTY = re.compile(r"\s*(?:<p>\s*</p>)?\s*")


class _Open(NamedTuple):
    name: str
    raw: bool  # the writer's, not the parser's
    tag: str = ""


class Balancer:
    """Takes the parser's HTML a block at a time, and gives root elements: none for a comment alone."""

    def __init__(self, *, folds: bool = True) -> None:
        """Write nothing yet. Without ``folds`` the words of what would fold are shown as they stand."""
        self.roots: list[str] = []
        self.depth = 0
        self._out: list[str] = []
        self._stack: list[_Open] = []
        self._verbatim = 0  # how many elements of code or formulas are open
        self._line = False  # in a line of HTML, where words get a paragraph of their own
        self._folds = folds
        self._last_s = 0  # where the last "</s>" of the block is

    @property
    def is_open(self) -> bool:
        """Whether what comes next still belongs to the last root element."""
        return bool(self._stack)

    def feed(self, html: str) -> None:
        """Take one block."""
        html = html.replace(_LINE, f"<h6{LINE_MARK}>").replace(LINE_OPENING, "")
        self._last_s = html.rfind(_END_OF_S)
        for token in _TOKEN.finditer(html):
            if token[2]:
                self._tag(token)
            elif token[4]:
                self._hidden(original(token[4]), token)
            else:
                self._put(original_html(token[0]))

    def close(self) -> None:
        """Close what is still open."""
        self._close_to(0)

    def _tag(self, tag: re.Match[str]) -> None:
        name, closing = tag[2], bool(tag[1])
        if tag[3] == LINE_MARK or (self._line and closing and name == "h6"):
            self._end_paragraph()
            self._line = not closing
        elif closing:
            self._close_parsed(name)
        else:
            self._put(original_html(tag[0]))
            if name not in _VOID:
                self._open(name, raw=False, tag=self._out[-1])
                self._verbatim += name == "code"
            self._cut()

    def _close_parsed(self, name: str) -> None:
        """Close the parser's innermost element, and what the writer opened in it."""
        places = (n for n in range(len(self._stack) - 1, -1, -1) if not self._stack[n].raw)
        place = next(places, None)
        if place is not None:
            self._verbatim -= bool(self._verbatim) and name == "code"
            self._close_to(place)

    def _hidden(self, words: str, token: re.Match[str]) -> None:
        found = _NAME.match(words)
        if self._verbatim:
            self._put(escape(f"<{words}>"))
        elif found and not self._show(found[2].lower(), bool(found[1]), token):
            self._put(escape(f"<{words}>"))  # without a name it is a comment, which is not shown

    def _show(self, name: str, closing: bool, token: re.Match[str]) -> bool:
        """Put an element of the writer's in its place; return whether it has one."""
        in_cell = self._is_in("td") or self._is_in("th")
        if name == "br":
            self._put("<br>")
        elif name == "s" and not (self._is_in("s") if closing else self._last_s > token.start()):
            return False  # the name of a token, such as one at the start of a prompt
        elif name in _INLINE:
            self._turn(name, closing)
        elif name in _LISTS and in_cell:
            self._list(name, closing)
        elif name in _BLOCKS and (self._line or in_cell):
            self._block(name, closing)
        elif name in _IN_SUMMARIES and self._is_in("summary"):
            self._turn(_IN_SUMMARIES[name], closing)
        elif name == "details" and closing and self._is_in("details"):
            return self._end_details()
        else:
            return False
        return True

    def _end_details(self) -> bool:
        """End it behind words, not on a line of its own; what comes after is a paragraph of its own."""
        if any(element.name == "details" for element in self._raw):
            self._turn("details", closing=True)
            return True
        if self._top != _Open("p", raw=False, tag="<p>"):
            return False
        self._close_parsed("p")
        self._turn("details", closing=True)
        self._out.append("<p>")
        self._open("p", raw=False, tag="<p>")
        return True

    def _block(self, name: str, closing: bool) -> None:
        self._end_paragraph()
        if self._folds and (name == "details" or closing or self._top.name == "details"):
            self._turn(name, closing)

    def _list(self, name: str, closing: bool) -> None:
        """Give an item that comes without its list one."""
        if name == "li" and not closing:
            lists = [element.name for element in self._raw if element.name in _LISTS]
            if lists[-1:] == ["li"]:
                self._turn("li", closing=True)
            if self._top.name not in ("ul", "ol"):
                self._turn("ul", closing=False)
        self._turn(name, closing)

    def _turn(self, name: str, closing: bool) -> None:
        """Open or close an element of the writer's in the parser's innermost one."""
        raw = self._raw
        if not closing:
            if len(raw) < MAX_NESTING:
                self._put(f"<{name}>")
                self._open(name, raw=True, tag=f"<{name}>")
        elif any(element.name == name for element in raw):
            self._close_to(max(n for n, element in enumerate(self._stack) if element.name == name))
        elif name in _INLINE:
            self._cross(name)

    def _cross(self, name: str) -> None:
        """Close an element within emphasis that began later, and begin that again."""
        for place in range(len(self._stack) - 1, max(-1, len(self._stack) - 1 - MAX_CROSSED), -1):
            element = self._stack[place]
            if element.raw and element.name == name:
                again = self._stack[place + 1 :]
                self._close_to(place)
                for crossed in again:
                    self._out.append(crossed.tag)
                    self._open(crossed.name, raw=crossed.raw, tag=crossed.tag)
                return
            if not element.raw and element.name not in _CROSSED:
                return

    def _put(self, html: str) -> None:
        starts_block = html.startswith(("<details", "<summary"))
        if self._line and not starts_block and html.strip() and not self._is_in_words:
            self._out.append("<p>")
            self._open("p", raw=True, tag="<p>")
        self._out.append(html)

    def _end_paragraph(self) -> None:
        if any(element.name == "p" for element in self._raw):
            self._turn("p", closing=True)

    def _open(self, name: str, *, raw: bool, tag: str) -> None:
        self._stack.append(_Open(name, raw, tag))
        self.depth = max(self.depth, len(self._stack))

    def _close_to(self, length: int) -> None:
        while len(self._stack) > length:
            self._out.append(f"</{self._stack.pop().name}>")
        self._cut()

    def _cut(self) -> None:
        """Add what is written as a root element when nothing is open any more."""
        if not self._stack:
            root = "".join(self._out)
            self._out = []
            if not _EMPTY.fullmatch(root):
                self.roots.append(root.strip("\n"))

    @property
    def _raw(self) -> Sequence[_Open]:
        start = len(self._stack)
        while start and self._stack[start - 1].raw:
            start -= 1
        return self._stack[start:]

    @property
    def _top(self) -> _Open:
        return self._stack[-1] if self._stack else _Open("", raw=False)

    @property
    def _is_in_words(self) -> bool:
        return self._is_in("summary") or self._is_in("p")

    def _is_in(self, name: str) -> bool:
        return any(element.name == name for element in self._stack)


_HIDDEN = re.compile(HIDDEN)


def opens_details(html: str) -> int:
    """Return how many ``details`` a top-level block of the parser's opens, less those it closes."""
    names = [original(found[1]).lower() for found in _HIDDEN.finditer(html)]
    if html.startswith(_LINE):
        return sum(name.startswith("details") - name.startswith("/details") for name in names)
    return -names.count("/details") if html.startswith("<p>") else 0
