"""Long texts are rendered in a process of their own, so that one text never holds up everybody.

The parsers hold the interpreter while they work, a thread does not help: of 256 KiB some texts took seconds.
Here, nothing longer than LONG is parsed in one go. The other process ends itself when a call takes more
processor time than SECONDS allow; that text is then shown as it was written, and whatever else it held
is given to the next process. It also keeps a crash of a parser away from the site.
"""

from __future__ import annotations

import itertools
import logging
from html import escape

from chat.markdown.diagrams import WORD, may_draw
from chat.markdown.live import LiveHtml, Patch, apply, changes
from chat.markdown.process import Process, TooCostly
from chat.markdown.render import render as render_here
from chat.markdown.source import clean

LONG = 16 * 1024
"""Characters of Markdown, or of the HTML that is made anew, from which on it is done elsewhere."""

SECONDS = 0.5
"""Processor time that one call may take, and as much again for each 128 KiB: a fifth of it is usual."""

logger = logging.getLogger(__name__)

process = Process("chat.markdown.worker", SECONDS)
_keys = itertools.count()


def render(text: str) -> str:
    """Return the whole text as safe HTML, colours and formulas included.

    A fault of the renderer costs a text its looks: raised, it would cost its readers the page, for good.
    """
    text = clean(text)
    try:
        is_here = len(text) <= LONG and not may_draw(text)
        html: str = render_here(text) if is_here else process.call("render", text)
    except TooCostly:
        return as_written(text)
    except Exception as problem:  # what a text holds may stand in its words
        logger.error("a text could not be rendered (%s); it is shown as written", type(problem).__name__)
        return _raw(text)
    return html


def as_written(text: str) -> str:
    """Return one block that shows the text without any Markdown in it."""
    logger.warning("a text of %d characters is too costly to render; it is shown as written", len(text))
    return _raw(text)


def _raw(text: str) -> str:
    return f'<p class="raw" dir="auto">{escape(text)}</p>'


class IsolatedHtml:
    """LiveHtml that moves to the other process when it gets long or has a diagram, for good.

    Its calls may block then.
    """

    def __init__(self) -> None:
        self._here: LiveHtml | None = LiveHtml()
        self._key = next(_keys)
        self._fed: list[str] = []
        self._end = ""  # of what was fed
        self._is_costly = False
        self.blocks = self._here.blocks

    @property
    def html(self) -> str:
        """All of it so far."""
        return "".join(self.blocks)

    def leaves(self, text: str) -> bool:
        """Return whether feeding this text is the other process's work, and blocks."""
        if self._here is None or self._here.open_size + len(text) > LONG:
            return True
        return may_draw(self._end + text)

    def feed(self, text: str) -> list[Patch]:
        """Take more text; return what it changes."""
        text = clean(text)
        self._fed.append(text)
        leaves, self._end = self.leaves(text), (self._end + text)[1 - len(WORD) :]
        if self._here and not leaves:
            return self._follow(self._here.feed(text))
        return self._elsewhere("feed", text)

    def close(self) -> list[Patch]:
        """Close everything; return what that changes."""
        if self._here:
            return self._follow(self._here.close())
        return self._elsewhere("close")

    def _follow(self, patches: list[Patch]) -> list[Patch]:
        assert self._here
        self.blocks = self._here.blocks
        return patches

    def _elsewhere(self, name: str, *text: str) -> list[Patch]:
        """Go on there; all of it is sent again to a process that does not know it."""
        was_here, self._here = self._here is not None, None
        try:
            patches = None if was_here or self._is_costly else process.call(name, self._key, *text)
            if patches is None:
                return self._anew(name)
        except TooCostly:
            self._is_costly = True
            return self._anew(name)
        found = [Patch(*patch) for patch in patches]
        self.blocks = apply(self.blocks, found)
        return found

    def _anew(self, name: str) -> list[Patch]:
        whole = "".join(self._fed)
        blocks: list[str] = []
        if not self._is_costly:
            try:
                blocks = process.call("begin", self._key, whole, name == "close")
            except TooCostly:
                self._is_costly = True
        if self._is_costly:
            blocks = [as_written(whole)]
        before, self.blocks = self.blocks, blocks
        return list(changes(before, blocks, 0))
