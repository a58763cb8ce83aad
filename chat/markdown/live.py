"""HTML of a reply that is still being written, as deltas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chat.markdown.blocks import block_html
from chat.markdown.diagrams import Diagrams
from chat.markdown.growing import GrowingBlock
from chat.markdown.parse import Block, parse
from chat.markdown.plain_words import PlainWords, plain_end
from chat.markdown.preview import previewed
from chat.markdown.source import Source

# A line that may define a reference or a footnote; a label may go on over lines, up to 999 characters.
_DEFINITION = re.compile(
    r"^(?:[ \t>*+-]|\d{1,9}[.)])*\[(?:[^\[\]\\]|\\.){1,999}\]:", re.MULTILINE | re.DOTALL
)
_TAG = re.compile(r"<[^>]*>")


class Patch(NamedTuple):
    """One step: block ``block`` is now ``old[:keep] + html``, with ``keep`` in UTF-16 units.

    ``block`` equal to the number of blocks makes a new one (``keep`` is 0). A ``keep`` of -1
    removes the blocks from ``block`` on.
    """

    block: int
    keep: int
    html: str


class LiveHtml:
    """Feed it text in any pieces; the patches lead to what ``render`` gives for the whole text.

    A call costs as much as the blocks still open, not as the text so far: those before them are
    closed, shown once more with colours, and left alone. References and footnotes
    change blocks that were closed; from the first definition on, the whole text counts as open.
    """

    def __init__(self, diagrams: Diagrams | None = None) -> None:
        """Draw diagrams, if there is what draws them."""
        self._diagrams = diagrams
        self.blocks: list[str] = []
        self.open_size = 0  # characters that the next call parses or makes anew: a measure of its cost
        self._source = Source()
        self._line = 0  # where the open blocks begin
        self._closed = 0  # how many blocks are before it
        self._defines = False
        self._finished: dict[str, str] = {}
        self._growing: list[GrowingBlock] = []  # what has colours in the open blocks
        self._end: PlainWords | None = None  # of the last block, if words may go on there

    @property
    def html(self) -> str:
        return "".join(self.blocks)

    def feed(self, text: str) -> list[Patch]:
        if self._end and (more := self._end.goes_on(text)) is not None:
            return self._said(self._end, text, more)
        self._source.feed(text)
        blocks, lines = self._parse_live()
        closed = count_closed(blocks, lines - self._line)
        patches = self._show(blocks, closed)
        if closed and not self._defines:
            self._line += blocks[closed].first - 1
            self._closed += closed
        html = sum(map(len, self.blocks[self._closed :]))
        self.open_size = max(html, self._source.size(self._line))
        self._end = None
        if self.blocks and not self._defines and self._source.is_words:
            self._end = plain_end(self._source.partial, self.blocks[-1])
        return patches

    def _said(self, end: PlainWords, text: str, more: str) -> list[Patch]:
        """Take words that go on with those before them."""
        self._source.go_on(text)
        self.open_size += len(text)
        if not more:  # a space, which is shown with the next word
            return []
        keep = utf16_length(end.before) - utf16_length(more)
        self.blocks[-1] = end.before + end.after
        return [Patch(len(self.blocks) - 1, keep, more + end.after)]

    def flush(self) -> list[Patch]:
        """Close everything. Feeding may go on afterwards."""
        self._end = None
        source = self._source.ended()
        blocks = self._parse(source.text(self._line), source.text)
        return self._show(blocks, len(blocks))

    close = flush

    def _parse_live(self) -> tuple[list[Block], int]:
        """Return the open blocks, and how many lines decide which of them are closed."""
        source = self._source
        text, lines = source.live_text(self._line)
        look = _parse_open if source.is_verbatim else _parse_preview
        return self._parse(text, lambda: source.live_text()[0], look), lines

    def _parse(
        self, text: str, whole: Callable[[], str], look: Callable[[str], list[Block]] | None = None
    ) -> list[Block]:
        look = look or parse
        blocks = look(text)
        if self._defines or not may_define(text, blocks):
            return blocks
        self._defines = True
        self._line = self._closed = 0
        return look(whole())

    def _show(self, blocks: list[Block], closed: int) -> list[Patch]:
        finished = [self._finish(block) for block in blocks[:closed]]
        if self._defines:
            self._finished = {block.html: html for block, html in zip(blocks, finished, strict=False)}
        del self._growing[: closed if not self._defines else 0]
        self._growing += [GrowingBlock() for _ in range(len(blocks) - closed - len(self._growing))]
        still = zip(blocks[closed:], self._growing, strict=False)
        new = finished + [block_html(block, growing) for block, growing in still]
        old = self.blocks[self._closed :]
        self.blocks[self._closed :] = new
        return list(changes(old, new, self._closed))

    def _finish(self, block: Block) -> str:
        return self._finished.get(block.html) or block_html(block, diagrams=self._diagrams)


def _parse_open(text: str) -> list[Block]:
    return parse(text, goes_on=True)


def _parse_preview(text: str) -> list[Block]:
    """Return the blocks with what is open in the last line closed.

    Not so where the parser takes those marks for words.
    """
    before, line_end, line = text.rpartition("\n")
    shown, marks = previewed(line)
    blocks = _parse_open(before + line_end + shown)
    if marks and blocks and _TAG.sub("", blocks[-1].html).rstrip().endswith(("*", "~", "`")):
        return _parse_open(text)
    return blocks


def apply(blocks: list[str], patches: Iterable[Patch]) -> list[str]:
    """Return what the browser makes of the blocks with patches, as a new list."""
    blocks = list(blocks)
    for block, keep, html in patches:
        if keep < 0:
            del blocks[block:]
        elif block == len(blocks):
            blocks.append(html)
        else:
            kept = blocks[block].encode("utf-16-le")[: 2 * keep]
            blocks[block] = kept.decode("utf-16-le") + html
    return blocks


def count_closed(blocks: list[Block], complete: int) -> int:
    """Return how many blocks are closed: those before the last one that begins on a complete line.

    Only complete lines decide, since a line may turn into something else as it grows. A table
    takes its first line from the paragraph above, so that stays open with it.
    """
    for index in range(len(blocks) - 1, 0, -1):
        block, before = blocks[index], blocks[index - 1]
        if block.is_a("section") or not 0 < block.first <= complete:
            continue
        if not (block.is_a("table") and before.is_a("p") and block.first <= before.last + 1):
            return index
    return 0


def may_define(text: str, blocks: list[Block]) -> bool:
    """Return whether there may be a definition outside of the top-level code blocks."""
    if "]:" not in text:
        return False
    lines = text.split("\n")
    for block in reversed(blocks):
        if block.is_a("pre"):
            lines[block.first - 1 : block.last] = [""]
    return bool(_DEFINITION.search("\n".join(lines)))


def changes(old: list[str], new: list[str], base: int) -> Iterable[Patch]:
    """Yield the patches that lead from some blocks to others; the first of them is block `base`."""
    for index, html in enumerate(new):
        if index >= len(old):
            yield Patch(base + index, 0, html)
        elif old[index] != html:
            same = _common_prefix(old[index], html)
            yield Patch(base + index, utf16_length(html[:same]), html[same:])
    if len(new) < len(old):
        yield Patch(base + len(new), -1, "")


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def utf16_length(text: str) -> int:
    """Return its length as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
