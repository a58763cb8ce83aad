"""Colours for code: Pygments' short class names, without the span where no theme has a colour."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

from chat.markdown.lexers import OWN

# Lexers hold the interpreter while they run (60 lines take 10 ms), and rare ones have slow patterns.
MAX_CODE = 20_000
MAX_LINE = 2_000
_PLAIN = frozenset({"", "err", "esc", "g", "n", "p", "w", "x"})


def coloured(code: str, name: str) -> str | None:
    """Return escaped code with spans, or None if there is no lexer of that name or too much code for it."""
    if not name or len(code) > MAX_CODE or _longest_line(code) > MAX_LINE:
        return None
    try:
        tokens = list(lexer_for(name, code).get_tokens(code))
    except Exception:  # a lexer may raise anything, and code without colours is still an answer
        return None
    return spans(tokens)


def spans(tokens: Iterable[tuple[_TokenType, str]]) -> str:
    """Return tokens as escaped HTML."""
    pieces: list[str] = []
    opened = ""
    for kind, text in tokens:
        name = _css_class(kind)
        if name != opened:
            if opened:
                pieces.append("</span>")
            if name:
                pieces.append(f'<span class="{name}">')
            opened = name
        pieces.append(text if text.isalnum() else escape(text))  # names and numbers, as a rule
    if opened:
        pieces.append("</span>")
    return "".join(pieces)


def lexer_for(name: str, code: str) -> Lexer:
    """Return the lexer for this code; PHP may come without the tag that begins it."""
    if name in OWN:
        return OWN[name](stripnl=False, ensurenl=False)
    options = {"startinline": True} if name == "php" and "<?" not in code else {}
    return get_lexer_by_name(name, stripnl=False, ensurenl=False, **options)


def _longest_line(code: str) -> int:
    return max(map(len, code.split("\n")))


@lru_cache(maxsize=1024)
def _css_class(kind: _TokenType) -> str:
    """Return the class of a kind; "" for one without colours."""
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    name: str = STANDARD_TYPES[kind]
    return "" if name in _PLAIN else name
