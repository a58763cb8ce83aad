"""Characters of a private plane that stand in for others while the parser looks at a text.

The parser takes them for letters, and whatever it makes of the text around them, they can be
turned back: in words, code and addresses alike. ``<`` and ``>`` around stand-ins are neither a tag
nor an address to the parser, and an address before them ends there.
"""

from __future__ import annotations

import re
from html import escape

_BASE, _BASE_ABOVE, _ABOVE = 0x100000, 0xF0000, 0xFF00  # the plane's end hides formulas
_ONE = "[\U000fff00-\U0010feff]"
LINE_MARK = "\U0010feff"  # at the start of a heading that is a line of HTML
LINE_OPENING = f"###### {LINE_MARK}"
END = f"<{chr(_BASE)}>"  # an address ends before it
_ENDS_SHOWN = (f"&lt;{chr(_BASE)}&gt;", "%3C%F4%80%80%80%3E")
# What was between "<" and ">"; some of its characters may have no stand-in
HIDDEN = rf"&lt;({_ONE}[\U00010000-\U0010feff\n]*)&gt;"
_STAND_IN = re.compile(_ONE)
_ENCODED = re.compile(r"%F4%8[0-9A-F](?:%[89AB][0-9A-F]){2}")


def stand_in(text: str) -> str:
    """Return text with a stand-in for each character that has one (those up to U+FFFF)."""
    return "".join(map(_stand_in, text))


def original(text: str) -> str:
    """Return what the stand-ins in ``text`` stand for, as text."""
    return _STAND_IN.sub(lambda found: _original(found[0]), text)


def original_html(html: str) -> str:
    """Return what the stand-ins in ``html`` stand for, escaped."""
    return _STAND_IN.sub(lambda found: escape(_original(found[0])), html)


def may_hold(html: str) -> bool:
    """Return whether there may be stand-ins in the parser's HTML."""
    return (not html.isascii() and _STAND_IN.search(html) is not None) or "%F4%8" in html


def without_marks(html: str) -> str:
    """Return the HTML without the marks where addresses end, and its addresses in their own characters."""
    for shown in _ENDS_SHOWN:
        html = html.replace(shown, "")
    return _ENCODED.sub(_decoded, html) if "%F4%8" in html else html


def _decoded(found: re.Match[str]) -> str:
    char = original(bytes.fromhex(found[0].replace("%", "")).decode())
    return char if char in "~|*_.-=" else found[0]


def _stand_in(char: str) -> str:
    code = ord(char)
    if code > 0xFFFF:
        return char
    return chr(code + (_BASE if code < _ABOVE else _BASE_ABOVE))


def _original(char: str) -> str:
    code = ord(char)
    return chr(code - (_BASE if code >= _BASE else _BASE_ABOVE))
