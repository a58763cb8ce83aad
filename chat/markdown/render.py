"""Markdown to HTML in one go."""

from __future__ import annotations

import re
from html import unescape

import nh3

from chat.markdown.blocks import block_html
from chat.markdown.diagrams import Diagrams
from chat.markdown.growing import GrowingBlock
from chat.markdown.parse import Block, parse
from chat.markdown.source import Source

# Stored beside the HTML of a message. Raise it whenever the same text gives other HTML.
RENDERER_VERSION = 6

_PLAIN_SOURCE = 4_000
_FORMULA = re.compile(r'<math[^>]* data-latex="([^"]*)"[^>]*>.*?</math>', re.DOTALL)
_SPACE = re.compile(r"\s+")
_BETWEEN_BLOCKS = re.compile(r"(?=</?(?:p|li|h\d|pre|td|th|div|br)\b)")


def render(text: str, diagrams: Diagrams | None = None) -> str:
    """Return the whole text as safe HTML, colours and formulas included, and what diagrams are drawn by."""
    return "".join(render_blocks(text, diagrams))


def render_blocks(text: str, diagrams: Diagrams | None = None) -> list[str]:
    """Return the HTML of each top-level block: one root element each, in order."""
    return [block_html(block, diagrams=diagrams) for block in _parse(text)]


def plain(text: str) -> str:
    """Return the first 4,000 characters of Markdown as one line of text, for titles and previews."""
    html = " ".join(block_html(block, GrowingBlock()) for block in _parse(text[:_PLAIN_SOURCE]))
    html = _FORMULA.sub(r"\1", html)
    words = nh3.clean(_BETWEEN_BLOCKS.sub(" ", html), tags=set())
    return _SPACE.sub(" ", unescape(words)).strip()


def _parse(text: str) -> list[Block]:
    source = Source()
    source.feed(text)
    return parse(source.ended().text())
