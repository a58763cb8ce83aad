"""Formulas in a guise in which the Markdown parser takes them for words, and back.

The parser would read ``a_1 * b_2`` as emphasis, a line that begins with ``-`` as a list and ``|`` as
the end of a table's cell. So every ASCII character of a formula is moved to the end of Unicode's
last plane, where nobody has characters; the text itself is all that is needed to move it back. A
formula in its guise stands between brackets that the parser takes for punctuation, as it takes
``$``, so that emphasis can begin and end beside it. It has the lines of its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

_PLANE = 0x10FF00
_HIDE = {code: _PLANE + code for code in range(128) if code != 10}
_SHOW = {hidden: escape(chr(code)) for code, hidden in _HIDE.items()}
_INLINE, _DISPLAY, _INLINE_OPEN, _DISPLAY_OPEN, _END, _LINE = map(chr, range(_PLANE + 0x80, _PLANE + 0x86))
_SHOW |= dict.fromkeys(map(ord, (_INLINE, _DISPLAY, _INLINE_OPEN, _DISPLAY_OPEN, _END, _LINE)), "")
_WRITTEN = {hidden: chr(code) for code, hidden in _HIDE.items()} | {ord(_LINE): ""}
_OPENING, _CLOSING = "\u2e28", "\u2e29"

TAKEN = f"{chr(_PLANE)}-{chr(_PLANE + 0xFF)}"  # the characters, for a regular expression
_BEGIN = f"{_OPENING}([{_INLINE}-{_DISPLAY_OPEN}])"
_FORMULA = re.compile(f"{_BEGIN}([^{_END}<]*){_END}{_CLOSING}")
_ALONE = re.compile(f"\\s*{_BEGIN}([^{_END}]*){_END}{_CLOSING}\\s*")
_BRACKET = re.compile(f"{_OPENING}(?=[{_INLINE}-{_DISPLAY_OPEN}])|(?<={_END}){_CLOSING}")
_MARKS = re.compile(r"\\\\?[(\[]|\${1,2}")
_PLACE = re.compile(f"<code[^>]*>[^<]*</code>|<[^>]*>|{_FORMULA.pattern}")


class Formula(NamedTuple):
    """A formula with its marks (``$x$``), escaped; `ended` is false while it is being written."""

    source: str
    display: bool
    ended: bool


def hide(source: str, *, display: bool, ended: bool = True) -> str:
    mark = (_DISPLAY if ended else _DISPLAY_OPEN) if display else (_INLINE if ended else _INLINE_OPEN)
    return f"{_OPENING}{mark}{source.translate(_HIDE)}{_END}{_CLOSING}".replace("\n", f"\n{_LINE}")


def has_hidden(html: str) -> bool:
    return _LINE in html or _END in html


def drawn(html: str, draw: Callable[[Formula], str]) -> str:
    """Return the HTML with what `draw` makes of each formula; within code and tags they are as written."""

    def place(found: re.Match[str]) -> str:
        return draw(_formula(found)) if found[1] else revealed(found[0])

    return revealed(_PLACE.sub(place, html))


def in_dollars(text: str) -> str:
    """Return Markdown with its formulas in the marks that most programs read: `$x$` and `$$x$$`."""

    def written(found: re.Match[str]) -> str:
        source = found[2].translate(_WRITTEN)
        marks = _MARKS.match(source)
        inner = source[marks.end() : -marks.end()] if marks else source
        if text.startswith("|", text.rfind("\n", 0, found.start()) + 1):
            inner = inner.replace("|", "\\|")  # as a bar is written in a table
        is_display = found[1] in (_DISPLAY, _DISPLAY_OPEN)
        return f"$${inner}$$" if is_display else f"${inner.strip()}$"

    return _FORMULA.sub(written, text) if has_hidden(text) else text


def alone(text: str) -> Formula | None:
    """Return the formula of which the text consists."""
    found = _ALONE.fullmatch(text)
    return _formula(found) if found else None


def revealed(html: str) -> str:
    """Return the text with what is left of formulas as it was written, escaped."""
    return _BRACKET.sub("", html).translate(_SHOW) if has_hidden(html) else html


def _formula(found: re.Match[str]) -> Formula:
    ended = found[1] in (_INLINE, _DISPLAY)
    return Formula(found[2].translate(_SHOW), found[1] in (_DISPLAY, _DISPLAY_OPEN), ended)
