"""comrak's HTML, cut into top-level blocks that know their lines. It is not yet safe to show."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from comrak import ExtensionOptions, ParseOptions, RenderOptions, render_markdown

from chat.markdown.raw_html import Balancer, opens_details
from chat.markdown.stand_ins import may_hold, original_html, without_marks

# comrak escapes "<" in text and ">" inside attribute values: a "<" begins a tag, the next ">" ends it.
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
VOID = frozenset({"br", "hr", "img", "input"})
_STEP = re.compile(rf"<(/?)(?!(?:{'|'.join(sorted(VOID))})[ />])[a-z]")  # into an element, or out of it
_STEPS = {"": 1, "/": -1}
_LEAVES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "table"})  # none holds its own kind
_LEAF_DEPTH = 4  # table, tbody, tr, td
MAX_DETAILS = 500  # lines of an element that folds: one without an end must not keep all that follows
_NESTING_TAGS = ("<em", "<strong", "<del", "<a ")
_POSITION = re.compile(r' data-sourcepos="(\d+):\d+-(\d+):\d+"')
_POSITIONS = re.compile(r' data-sourcepos="[^"]*"')


class Block(NamedTuple):
    """A top-level block: its lines, counted from 1, and a bound of its nesting.

    Raw HTML is text without a tag around it and has no position: its lines are 0.
    """

    html: str
    first: int = 0
    last: int = 0
    depth: int = 0

    def is_a(self, tag: str) -> bool:
        return self.html.startswith((f"<{tag}>", f"<{tag} "))


def _extensions() -> ExtensionOptions:
    options = ExtensionOptions()
    options.table = options.strikethrough = options.tasklist = options.autolink = True
    options.footnotes = options.cjk_friendly_emphasis = True
    return options


def _output() -> RenderOptions:
    options = RenderOptions()
    options.escape = options.sourcepos = options.tasklist_classes = options.full_info_string = True
    return options


_EXTENSIONS, _PARSE, _OUTPUT = _extensions(), ParseOptions(), _output()


def parse(text: str, *, goes_on: bool = False) -> list[Block]:
    """Return the top-level blocks; if more ``goes_on``, an element that folds may get its end yet."""
    html = render_markdown(text, _EXTENSIONS, _PARSE, _OUTPUT)
    if not may_hold(html):
        return split(html)
    return _as_meant(split(without_marks(html)), goes_on)


def split(html: str) -> list[Block]:
    """Return the top-level elements, and runs of text between them (raw HTML blocks, escaped)."""
    blocks: list[Block] = []
    end = 0
    while (start := html.find("<", end)) >= 0:
        _add_text(blocks, html[end:start])
        end, depth = _element(html, start)
        blocks.append(_block(html[start:end], depth))
    _add_text(blocks, html[end:])
    return blocks


def _add_text(blocks: list[Block], text: str) -> None:
    if text := text.strip("\n"):
        blocks.append(Block(text))


def _block(html: str, depth: int) -> Block:
    position = _POSITION.search(html, 0, html.index(">"))
    first, last = (int(position[1]), int(position[2])) if position else (0, 0)
    return Block(_POSITIONS.sub("", html), first, last, depth)


def _element(html: str, start: int) -> tuple[int, int]:
    """Return where the element that begins at ``start`` ends, and how deep it may be nested."""
    tag = TAG.match(html, start)
    if tag and tag[2] in _LEAVES:
        closing = f"</{tag[2]}>"
        end = html.index(closing, start) + len(closing)
        if html.count("<", start, end) == 2:  # plain words, as a rule: a quarter of the time of a flush
            return end, _LEAF_DEPTH
        return end, _LEAF_DEPTH + sum(html.count(name, start, end) for name in _NESTING_TAGS)
    tag = tag or TAG.search(html, start)
    if not tag or tag[2] in VOID:
        return (tag.end() if tag else len(html)), 0
    end = _end(html, tag.start(), tag[2])
    return end, max(accumulate(map(_STEPS.__getitem__, _STEP.findall(html, start, end))))


def _end(html: str, start: int, name: str) -> int:
    """Return where the element of that name ends, which may hold others of its kind."""
    depth = 0
    for tag in _tags(name).finditer(html, start):
        depth += _STEPS[tag[1]]
        if not depth:
            return tag.end()
    return len(html)


@lru_cache(maxsize=32)
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}(?: [^>]*)?>")


def _as_meant(blocks: list[Block], goes_on: bool) -> list[Block]:
    """Return the blocks with what stand-ins stand for.

    Those between ``<details>`` and its end become one.
    """
    meant: list[Block] = []
    opened = [opens_details(block.html) if may_hold(block.html) else 0 for block in blocks]
    ends = _ends_of_details(blocks, opened, goes_on)
    start = 0
    while start < len(blocks):
        block, end = blocks[start], ends.get(start, start + 1)
        if end == start + 1 and not may_hold(block.html):
            meant.append(block)
        elif end == start + 1 and not block.html.startswith("<"):
            meant.append(block._replace(html=original_html(block.html)))
        else:
            meant += _balanced(blocks[start:end], folds=start in ends or opened[start] <= 0)
        start = end
    return meant


def _balanced(blocks: list[Block], *, folds: bool) -> list[Block]:
    balancer = Balancer(folds=folds)
    for block in blocks:
        balancer.feed(block.html if block.html.startswith("<") else f'<p class="raw">{block.html}</p>')
        if balancer.is_open:
            balancer.feed("\n")
    balancer.close()
    lines = blocks[0].first, blocks[-1].last
    return [
        Block(root, *(lines if n == 0 else (0, 0)), balancer.depth) for n, root in enumerate(balancer.roots)
    ]


def _ends_of_details(blocks: list[Block], opened: list[int], goes_on: bool) -> dict[int, int]:
    """Return for each block that opens one that is ended the index behind the block that ends it."""
    ends: dict[int, int] = {}
    stack: list[list[int]] = []  # indexes, and how many they have open
    for index, count in enumerate(opened):
        if count > 0:
            stack.append([index, count])
        while count < 0 and stack:
            closed = min(-count, stack[-1][1])
            stack[-1][1] -= closed
            count += closed
            if not stack[-1][1]:
                ends[stack.pop()[0]] = index + 1
    if goes_on:
        ends |= {index: len(blocks) for index, _ in stack}
    return {start: end for start, end in ends.items() if _is_near(blocks, start, end)}


def _is_near(blocks: list[Block], start: int, end: int) -> bool:
    return blocks[end - 1].first <= blocks[start].first + MAX_DETAILS
