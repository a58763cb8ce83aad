"""One sentence to be read aloud, and how long it is silent after it."""

from __future__ import annotations

from dataclasses import dataclass

# Milliseconds. A voice leaves some silence of its own at the end of each text it is given
AFTER_SENTENCE = 100
AFTER_LINE = 200
AFTER_ITEM = 300
AFTER_PARAGRAPH = 450
AFTER_HEADING = 600
AFTER_PART = 0  # of a sentence that was too long


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """What a speech service is sent, and the words on the page that it stands for.

    ``text`` holds no mark of Markdown, HTML or LaTeX. ``block`` is the number of the top-level block, as
    `LiveHtml` counts them: child *block* of what holds the reply. ``start`` and ``end`` are UTF-16 offsets in
    the ``textContent`` of that block's HTML, as it is when the sentence is given; what the page itself
    adds to a block does not count. They are None for what is only named: code, tables, formulas on a line of
    their own. (A list that later gets blank lines between its items has white space before the offsets
    that was not there: trim the white space, do not rely on it.) ``pause`` is the silence after it in
    milliseconds, ``language`` a language tag (``en``, ``zh-hans``, ``ja``) to choose a voice by.
    """

    text: str
    block: int
    start: int | None
    end: int | None
    pause: int
    language: str
