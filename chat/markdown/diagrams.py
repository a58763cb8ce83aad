"""Diagrams: Mermaid to SVG, in a process of its own, within a limit of time and size.

Only the renderer's own process (`worker.py`) draws: a text with a diagram is rendered there (`isolated.py`).
"""

from __future__ import annotations

from functools import lru_cache

from chat.markdown.diagram_svg import NotDrawn, page_svg
from chat.markdown.process import Process, TooCostly
from chat.markdown.stand_ins import PLACE

SECONDS = 1.0
"""Processor time for one diagram: 400 boxes with 800 lines take 0.4 s, a usual one 0.002 s."""

SECONDS_OF_A_TEXT = 3.0
"""Processor time for all diagrams of one text; those that come later are shown as they were written."""

SIZE_OF_A_TEXT = 400_000
"""Characters of SVG in one text."""

WORD = "mermaid"
"""The name of the language, which stands before each diagram."""

MAX_SOURCE = 20_000
KEPT = 16

process = Process("chat.markdown.diagram_worker", SECONDS, environment={})


def may_draw(text: str) -> bool:
    """Return whether there may be a diagram, which only the other process draws: that may take a second."""
    return WORD in text.lower()


class Diagrams:
    """Those of one text, which share a limit."""

    def __init__(self) -> None:
        self._seconds, self._size = 0.0, 0

    def drawn(self, source: str) -> str | None:
        """Return a diagram as one ``svg`` element, safe in a page; None when it is not drawn."""
        if not source.strip() or len(source) > MAX_SOURCE or self._seconds > SECONDS_OF_A_TEXT:
            return None
        svg, seconds = _drawn(source)
        self._seconds += seconds
        self._size += len(svg or "")
        return svg if self._size <= SIZE_OF_A_TEXT else None


class Figures:
    """The diagrams of one top-level block: safe already, and put into it behind the sanitiser."""

    def __init__(self, diagrams: Diagrams) -> None:
        self._diagrams = diagrams
        self._svgs: list[str] = []

    def begin(self, html: str) -> str:
        """Return the block without places that its writer made, by a character's number."""
        return html if html.isascii() else html.replace(PLACE, "\ufffd")

    def place(self, source: str) -> str:
        """Return what stands for the drawing until the block around it is safe; "" when there is none."""
        svg = self._diagrams.drawn(source)
        if svg is None:
            return ""
        self._svgs.append(svg)
        return PLACE

    def put(self, html: str) -> str:
        """Return the block with its drawings."""
        for svg in self._svgs:
            html = html.replace(PLACE, svg, 1)
        return html


@lru_cache(maxsize=KEPT)
def _drawn(source: str) -> tuple[str | None, float]:
    """Return the drawing, if there is one, and the processor time that it took."""
    seconds = SECONDS
    try:
        svg, seconds = process.call("draw", source)
        return page_svg(svg), seconds
    except (NotDrawn, TooCostly, RuntimeError):
        return None, seconds
