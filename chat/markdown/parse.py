"""comrak's HTML, cut into top-level blocks that know their lines. It is not yet safe to show."""

from __future__ import annotations

import re
from typing import NamedTuple

from comrak import ExtensionOptions, ParseOptions, RenderOptions, render_markdown

# comrak escapes "<" in text and ">" inside attribute values: a "<" begins a tag, the next ">" ends it.
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
VOID = frozenset({"br", "hr", "img", "input"})
_LEAVES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "table"})  # none holds its own kind
_LEAF_DEPTH = 4  # table, tbody, tr, td
_NESTING_TAGS = ("<em", "<strong", "<del", "<a ")
_POSITION = re.compile(r' data-sourcepos="(\d+):\d+-(\d+):\d+"')


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
    options.escape = options.sourcepos = options.tasklist_classes = True
    return options


_EXTENSIONS, _PARSE, _OUTPUT = _extensions(), ParseOptions(), _output()


def parse(text: str) -> list[Block]:
    return split(render_markdown(text, _EXTENSIONS, _PARSE, _OUTPUT))


def split(html: str) -> list[Block]:
    """The top-level elements, and runs of text between them (raw HTML blocks, escaped)."""
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
    return Block(_POSITION.sub("", html), first, last, depth)


def _element(html: str, start: int) -> tuple[int, int]:
    """Where the element that begins at ``start`` ends, and how deep it may be nested."""
    tag = TAG.match(html, start)
    if tag and tag[2] in _LEAVES:
        closing = f"</{tag[2]}>"
        end = html.index(closing, start) + len(closing)
        if html.count("<", start, end) == 2:  # plain words, as a rule: a quarter of the time of a flush
            return end, _LEAF_DEPTH
        return end, _LEAF_DEPTH + sum(html.count(name, start, end) for name in _NESTING_TAGS)
    depth = deepest = 0
    for tag in TAG.finditer(html, start):
        if tag[1]:
            depth -= 1
        elif tag[2] not in VOID:
            depth += 1
            deepest = max(deepest, depth)
        if depth <= 0:
            return tag.end(), deepest
    return len(html), deepest
