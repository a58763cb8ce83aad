"""The HTML of a block as the runs of words in it, with what is not said as it is written.

It is the renderer's own HTML that is read, so that offsets are those of the page's ``textContent``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

from chat.markdown.live import utf16_length
from chat.markdown.speech import descriptions
from chat.markdown.speech.sentence import AFTER_HEADING, AFTER_ITEM, AFTER_LINE, AFTER_PARAGRAPH
from chat.markdown.speech.words import said, said_code

# nh3 escapes ">" in attributes, and "<" everywhere
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+")
_TAG = re.compile(r"<[^>]*>")
_CLASS = re.compile(r' class="([^"]*)"')
_START = re.compile(r' start="(\d+)"')
_ADDRESS = re.compile(
    r"<a [^>]*>(?:[a-z]+://(?:[^<@/]*@)?(?:www\.)?|www\.)([^\s<>/?#:]+)[^\s<]*</a>", re.IGNORECASE
)
_CITATION = re.compile(r"<a [^>]*>\[?\d{1,3}\]?</a>")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    ["a", "del", "em", "input", "ins", "kbd", "label", "mark", "s", "span", "strong", "sub", "sup", "u"]
)
_WHOLE = {
    ("div", "code"): "</pre>",
    ("div", "table"): "</table>",
    ("div", "math"): "</div>",
    ("span", "math"): "</span>",
    ("sup", "footnote-ref"): "</sup>",
    ("a", "image"): "</a>",
    ("span", "image"): "</span>",
}
LONGEST_SIMPLE = 100
"""Characters of a formula that may be a number: to put thousands of marks in order takes seconds."""
_SIMPLE_FORMULA = re.compile(r"[^\W\d_]|\d+(?:[.,]\d+)?")
_HOST_OF_PICTURE = re.compile(r" \([^()\s]*\)$")
_NO_WORDS = re.compile(r"\S*(?:/|:)\S*|\S+\.\w{2,24}")  # an address, a file or a host in place of words
_TAGS = (
    "a|abbr|address|article|aside|audio|b|blockquote|body|br|button|canvas|caption|center|cite|code|col|colgroup"
    "|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header"
    "|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|meta|nav|object|ol|optgroup|option|p"
    "|path|picture|pre|progress|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary"
    "|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr"
)
_IN_TEXT = re.compile(
    rf"(?P<silent></?(?:{_TAGS})(?:[\s/][^<>]*)?>|<!(?:--|doctype)[^<>]*>"  # a tag that is shown as text
    r"|\[\^[^\[\]\s]+\]|\[\d{1,3}\]"  # the mark of a footnote or a source that is nowhere defined
    r"|(?<=[^\s\[(])\[\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})+\]|\u3010[^\u3010\u3011]{0,40}\u2020[^\u3010\u3011]{0,80}\u3011"
    r"|\[(?:citation|cite|sources?|refs?|\u6765\u6e90|\u5f15\u7528)[:\s]?\s?\d{1,3}(?:[,\s]+\d{1,3})*\]"
    r"|(?<=\])\[[^\[\]]*\])"  # the name of an address that is nowhere defined
    r"|(?<![A-Za-z0-9])[a-z]{2,10}://(?:[!-.:;=A-Z\[-~0-9]*@)?(?:www\.)?(?P<host>[\w.-]+)(?:[!-~]*[\w/=-])?",
    re.IGNORECASE,
)
_SILENT_SIGN, _NAMED_SIGN = (
    ")",
    "\u00a7",
)  # neither is a letter, and the first may follow the end of a sentence


class Atom(NamedTuple):
    """What is said as a whole: ``words`` for what stands from ``start`` to ``end`` in its leaf's text."""

    start: int
    end: int
    words: str
    is_address: bool = False

    def sign(self, text: str) -> str:
        """Return what stands for it where ends of sentences are looked for, of the same length.

        An address keeps its first letter, since while it is written nothing else tells that it is one.
        """
        signs = (_NAMED_SIGN if self.words else _SILENT_SIGN) * (self.end - self.start)
        return text[self.start] + signs[1:] if self.is_address else signs


@dataclass
class Leaf:
    """A run of words that no block begins or ends in, or something that is only ``named``.

    ``offset`` is in UTF-16 units of the block's text. Leaves of one ``group`` are lines of one paragraph: a
    mark in one of them may have its end in another.
    """

    block: int
    group: int
    offset: int
    number: str = ""
    text: str = ""
    atoms: list[Atom] = field(default_factory=list)
    pause: int = AFTER_PARAGRAPH
    named: str = ""

    @property
    def skeleton(self) -> str:
        """The text with signs in place of atoms."""
        return _with_signs(self.text, self.atoms)


def leaves(html: str, block: int, language: str) -> list[Leaf]:
    """Return the leaves of a block, given the renderer's HTML of it."""
    return list(_Walk(html, block, language).leaves())


class _Walk:
    """Through the HTML of one block."""

    def __init__(self, html: str, block: int, language: str) -> None:
        self._html, self._block, self._language = html, block, language
        self._offset = 0
        self._group = 0
        self._parts: list[str] = []  # of the leaf that is open
        self._begin = 0  # where that begins, in UTF-16 units, and how long it is, in characters
        self._length = 0
        self._atoms: list[Atom] = []
        self._lists: list[int | None] = []  # the number of the next item of each list that is open
        self._number = ""  # of the item that has begun, until it is said
        self._is_heading = False
        self._is_display = False  # whether a formula that was met asks for a line of its own

    def leaves(self) -> Iterator[Leaf]:
        position = 0
        while token := _TOKEN.match(self._html, position):
            position = token.end()
            if not token[2]:
                self._add(unescape(token[0]))
            elif end := self._end_of_whole(token):
                position = end
                yield from self._whole(token, self._html[token.start() : end])
            elif token[2] not in _INLINE:
                yield from self._ended(is_line=token[2] == "br")
                self._block_tag(token[2], token[3], closing=bool(token[1]))
        yield from self._ended()

    def _end_of_whole(self, token: re.Match[str]) -> int:
        """Return where an element ends that is said as a whole; 0 if it is none."""
        if token[1]:
            return 0
        found = _CLASS.search(token[3])
        end_tag = _WHOLE.get((token[2], found[1] if found else ""), "")
        if token[2] in ("code", "math"):
            end_tag = f"</{token[2]}>"
        elif token[2] == "a" and not end_tag:
            match = _CITATION.match(self._html, token.start()) or _ADDRESS.match(self._html, token.start())
            return match.end() if match else 0
        end = self._html.find(end_tag, token.end()) if end_tag else -1
        return end + len(end_tag) if end >= 0 else 0

    def _whole(self, token: re.Match[str], html: str) -> Iterator[Leaf]:
        text = unescape(_TAG.sub("", html))
        if token[2] == "div":
            yield from self._ended()
            yield Leaf(
                self._block, self._group, self._offset, self._taken_number(), named=self._name(token, html)
            )
            self._offset += utf16_length(text)
            return
        self._is_display |= token[2] == "span" and ' class="math"' in token[3]
        address = _ADDRESS.fullmatch(html)
        words = self._link(address[1]) if address else self._words(token, html, text)
        if text:
            self._atoms.append(Atom(self._length, self._length + len(text), words, bool(address)))
        self._add(text)

    def _name(self, token: re.Match[str], html: str) -> str:
        if ' class="code"' in token[3]:
            return descriptions.code_block(html, self._language)
        if ' class="table"' in token[3]:
            return descriptions.table(html, self._language)
        return descriptions.formula(self._language)

    def _words(self, token: re.Match[str], html: str, text: str) -> str:
        """Return what is said of something within words; "" for what is left out."""
        if token[2] == "math" or ' class="math"' in token[3]:
            simple = text.strip()
            if len(simple) <= LONGEST_SIMPLE:
                simple = normalize("NFKC", simple)
            return (
                simple if _SIMPLE_FORMULA.fullmatch(simple) else descriptions.inline_formula(self._language)
            )
        if token[2] == "code":
            return said_code(text) or descriptions.inline_code(self._language)
        if ' class="image"' in token[3]:
            words = said(_HOST_OF_PICTURE.sub("", text))
            return words if words and not _NO_WORDS.fullmatch(text) else descriptions.picture(self._language)
        return ""  # the number of a footnote or of a source

    def _link(self, host: str) -> str:
        return descriptions.link(said(unescape(host)), self._language)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        self._offset += utf16_length(text)

    def _ended(self, *, is_line: bool = False) -> Iterator[Leaf]:
        """What was open, if it says anything."""
        text, atoms, begin = "".join(self._parts), self._atoms, self._begin
        self._parts, self._atoms, self._begin, self._length = [], [], self._offset, 0
        if text.strip():
            leaf = Leaf(self._block, self._group, begin, self._taken_number(), text, atoms)
            leaf.atoms = sorted([*atoms, *self._atoms_in(leaf.skeleton)])
            leaf.pause = AFTER_LINE if is_line else self._pause()
            if (
                self._is_display
                and len(leaf.atoms) == 1
                and len(text.strip()) == atoms[0].end - atoms[0].start
            ):
                leaf.named = descriptions.formula(self._language)
            yield leaf
        self._is_display = False
        self._group += not is_line

    def _pause(self) -> int:
        if self._is_heading:
            return AFTER_HEADING
        return AFTER_ITEM if self._lists else AFTER_PARAGRAPH

    def _atoms_in(self, text: str) -> Iterator[Atom]:
        """Addresses that are no links, and what is not said of plain text."""
        if "[" in text or "<" in text or "://" in text or "\u3010" in text:
            for found in _IN_TEXT.finditer(text):
                is_address = not found["silent"]
                words = self._link(found["host"]) if is_address else ""
                yield Atom(found.start(), found.end(), words, is_address)

    def _block_tag(self, name: str, attributes: str, *, closing: bool) -> None:
        self._begin = self._offset
        if name in HEADINGS:
            self._is_heading = not closing
        elif name in ("ol", "ul"):
            self._list(name, attributes, closing=closing)
        elif name == "li" and closing:
            self._number = ""
        elif name == "li" and self._lists and (number := self._lists[-1]) is not None:
            self._number += f"{number}. "
            self._lists[-1] = number + 1

    def _list(self, name: str, attributes: str, *, closing: bool) -> None:
        if closing:
            del self._lists[-1:]
            return
        start = _START.search(attributes)
        first = int(start[1]) if start else 1
        self._lists.append(first if name == "ol" else None)

    def _taken_number(self) -> str:
        number, self._number = self._number, ""
        return number


def _with_signs(text: str, atoms: list[Atom]) -> str:
    if not atoms:
        return text
    parts, end = [], 0
    for atom in atoms:
        parts += [text[end : atom.start], atom.sign(text)]
        end = atom.end
    return "".join([*parts, text[end:]])
