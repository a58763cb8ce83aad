"""Plain words at the end of a block that is being written: they are shown without asking the parser.

Most of what comes of an answer is words that go on with the words before them, and the parser would make
of them what they are. To have it read the open block anew for each flush took 39 % of the event loop's time
with 200 replies: 65 us for plain words, 3 so. Of prose with code and links in it, 26 characters at a time,
two thirds come this way, and a flush takes 59 us in place of 172. When anything but words comes, or the
block is closed, all of it is parsed, and a difference would be patched.
"""

from __future__ import annotations

import re

from chat.markdown.formula_stand_ins import TAKEN
from chat.markdown.preview import held
from chat.markdown.stand_ins import TAKEN_FOR_TEXT

# No sign of ASCII, which may be a mark, and nothing that the parser or `source.clean` changes
_LETTER = rf"[^\s\x00-/:-@\[-`{{-\xa0\ufeff\ud800-\udfff{TAKEN}{TAKEN_FOR_TEXT}]"
# Signs behind a word, if a space follows: without one "www." may become an address
_WORD = rf"{_LETTER}+(?:['-]{_LETTER}+)*[.,;:?]?(?=[ ]|$)"
_GOES_ON = re.compile(rf"(?:[.,;:?](?=[ ]|$))?(?:[ ]?{_WORD})*[ ]?")
# Two words where there are two: behind the first one the other begins no list. In a language without spaces,
# the end of a word
_BEGIN = rf"(?:^|(?<=[ ]))(?:{_WORD}[ ])?|(?<=[^\x00-\x7f])"
_END = re.compile(rf"(?:{_BEGIN}){_WORD}[ ]?$")
_LOOKED_AT = 48  # characters at the end of a line

# Lines with these have to be read as a whole. Other marks may stand in them: what is open stays open
_MARKS = ("<", "$", "\\", "|", "]:")
_ADDRESSES = ("www.", "://")
_CLOSING = re.compile(r"(?:</(?:p|li|[ou]l|blockquote|strong|em|del|code|h[1-6])>\n?)+$")
_MOST_CLOSING = 120
# What was written as HTML, and is shown as text
_RAW = '<p class="raw"'


class PlainWords:
    """The end of an open block: `before` is its HTML up to the place where words go on, `after` the rest."""

    __slots__ = ("_last", "after", "before")

    def __init__(self, before: str, after: str, last: str) -> None:
        self.before = before
        self.after = after
        self._last = last  # character of the line

    def goes_on(self, text: str) -> str | None:
        """Return the text that comes in front of `after`; None if it is not mere words."""
        if not text or not _GOES_ON.fullmatch(self._last + text):
            return None
        more = (" " + text if self._last == " " else text).rstrip(" ")
        self.before += more
        self._last = text[-1]
        return more


def plain_end(line: str, html: str) -> PlainWords | None:
    """Return the end of a block whose last line is being written; None if it is not shown as plain words."""
    end = _END.search(line, max(0, len(line) - _LOOKED_AT))
    if not end or any(mark in line for mark in _MARKS) or _is_in_link(line):
        return None
    if line[: end.start()][-1:].strip() and any(mark in line for mark in _ADDRESSES):
        return None  # the word may be a part of one
    words = end[0].rstrip(" ")
    closing = _CLOSING.search(html, max(0, len(html) - _MOST_CLOSING))
    if not closing or not html.endswith(words, 0, closing.start()):
        return None
    if html.startswith(_RAW, html.rfind("<p", 0, closing.start())):
        return None  # it keeps the space at its end
    if words.isdigit() or held(line, is_code=False, is_row=False):
        return None  # it may begin a list; and what is shown at the end is another line's
    return PlainWords(html[: closing.start()], closing[0], line[-1])


def _is_in_link(line: str) -> bool:
    """Return whether a link, an image or the mark of a footnote is open."""
    return line.rfind("[") > line.rfind("]") or line.rfind("](") > line.rfind(")")
