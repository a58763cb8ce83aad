"""Characters of a private plane that stand in for ASCII while the parser looks at a text.

The parser takes them for letters, and whatever it makes of the text around them, they can be
turned back: in words, code and addresses alike. ``<`` and ``>`` around stand-ins are neither a tag
nor an address to the parser, and an address before them ends there. (Formulas have characters of
their own, see `formula_stand_ins.py`.)
"""

from __future__ import annotations

import re
from html import escape

_BASE = 0x10FE00
_STAND_INS = {code: _BASE + code for code in range(128)}
_ORIGINALS = {place: chr(code) for code, place in _STAND_INS.items()}
_ESCAPED = {place: escape(char) for place, char in _ORIGINALS.items()}
TAKEN_FOR_TEXT = f"{chr(_BASE)}-{chr(_BASE + 0xFF)}"  # the characters, for a regular expression
LINE_MARK = chr(_BASE + 0x80)  # at the start of a heading that is a line of HTML
LINE_OPENING = f"###### {LINE_MARK}"
END = f"<{chr(_BASE + 0x81)}>"  # an address ends before it
PLACE = chr(_BASE + 0x82)  # where code that is safe already will be
_ENDS_SHOWN = (f"&lt;{END[1]}&gt;", "%3C%F4%8F%BA%81%3E")
# What was between "<" and ">"
HIDDEN = rf"&lt;([{chr(_BASE)}-{chr(_BASE + 0x7F)}][^\x00-\x09\x0b-\x7f]*)&gt;"
_ANY = re.compile(f"[{TAKEN_FOR_TEXT}]")
_ENCODED = re.compile(r"%F4%8F%B[89](?:%[89AB][0-9A-F])")


def stand_in(text: str) -> str:
    """Return text with a stand-in for each character of ASCII."""
    return text.translate(_STAND_INS)


def original(text: str) -> str:
    """Return what the stand-ins in ``text`` stand for, as text."""
    return text.translate(_ORIGINALS)


def original_html(html: str) -> str:
    """Return what the stand-ins in ``html`` stand for, escaped."""
    return html if html.isascii() else html.translate(_ESCAPED)


def may_hold(html: str) -> bool:
    """Return whether there may be stand-ins in the parser's HTML."""
    return (not html.isascii() and _ANY.search(html) is not None) or "%F4%8F%B" in html


def without_marks(html: str) -> str:
    """Return the HTML without the marks where addresses end, and its addresses in their own characters."""
    for shown in _ENDS_SHOWN:
        html = html.replace(shown, "")
    return _ENCODED.sub(_decoded, html) if "%F4%8F%B" in html else html


def _decoded(found: re.Match[str]) -> str:
    char = original(bytes.fromhex(found[0].replace("%", "")).decode())
    return char if char in "~|*_.-=" else found[0]
