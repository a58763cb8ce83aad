"""The one way out: every block goes through nh3 with an allow-list of what the renderer emits."""

from __future__ import annotations

import re
from collections.abc import Set

import nh3

from chat.markdown.parse import TAG, VOID

MAX_DEPTH = 100  # nh3 is quadratic in nesting: 64,000 levels took 15 s
MAX_AMPERSANDS = 500  # and in the "&amp;" of one text or attribute: 400,000 took 5 s

_MATH_NAMES = (
    "math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace"
    " msqrt msub msubsup msup mtable mtd mtext mtr munder munderover"
)
_MATH_ATTRIBUTE_NAMES = (
    "accent accentunder class columnspan depth display displaystyle form height largeop linethickness lspace"
    " mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits rspace scriptlevel stretchy"
    " symmetric voffset width"
)
_NAMES = (
    "a blockquote br code col colgroup del details div em figure h1 h2 h3 h4 h5 h6 hr input ins kbd label li"
    " mark ol p pre s section span strong sub summary sup table tbody td th thead tr u ul"
)
_MATH_ATTRIBUTES = frozenset(_MATH_ATTRIBUTE_NAMES.split())
_OF_MATH = _MATH_ATTRIBUTES | {"data-latex"}
_ATTRIBUTES: dict[str, Set[str]] = {
    "a": {"class", "href", "title"},
    "code": {"class"},
    "col": {"width"},
    "div": {"class", "data-language", "data-name", "data-file", "data-drawing", "data-ending", "data-lines"},
    "input": {"checked"},
    "li": {"class"},
    "ol": {"class", "start"},
    "p": {"class"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class"},
    "td": {"align"},
    "th": {"align"},
    "ul": {"class"},
}
_FOCUSABLE = {"tabindex": {"0"}}  # what scrolls sideways must be reachable with the keyboard

# Each block of words goes the way its first letter goes; code goes from left to right, whatever is around it.
_WORDS = "p h1 h2 h3 h4 h5 h6 li td th blockquote summary"
_SET = {
    **dict.fromkeys(_WORDS.split(), {"dir": "auto"}),
    **dict.fromkeys(("code", "pre"), {"dir": "ltr"}),
    "a": {"target": "_blank"},
    "input": {"type": "checkbox", "disabled": ""},
}

_cleaner = nh3.Cleaner(
    tags={*_NAMES.split(), *_MATH_NAMES.split()},
    attributes=_ATTRIBUTES | dict.fromkeys(_MATH_NAMES.split(), _MATH_ATTRIBUTES) | {"math": _OF_MATH},
    tag_attribute_values={
        "div": _FOCUSABLE,
        "figure": _FOCUSABLE,
        "pre": _FOCUSABLE,
        "span": _FOCUSABLE,
        "input": {"type": {"checkbox"}},
    },
    set_tag_attribute_values=_SET,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)
_PIECE = re.compile(r"<[^>]*>|[^<]+")
_USER_INFO = re.compile(r'href="https?:[/\\]*[^/"?#]*@[^"]*"', re.IGNORECASE)


def sanitise(html: str) -> str:
    """Return only the elements and attributes above; only http, https and mailto links.

    A link with a name before its host (``https://bank.example@evil.example``) loses its address.
    """
    if "@" in html:
        html = _USER_INFO.sub("", html)
    if html.count("&") > MAX_AMPERSANDS:
        html = _PIECE.sub(_with_few_ampersands, html)
    return _cleaner.clean(html)


def _with_few_ampersands(found: re.Match[str]) -> str:
    """Return a long text cut by comments, of which nothing is left.

    A tag with so many loses its attributes.
    """
    piece = found[0]
    if piece.count("&") <= MAX_AMPERSANDS:
        return piece
    if tag := TAG.match(piece):
        return f"<{tag[1]}{tag[2]}>"
    parts = piece.split("&")
    runs = ["&".join(parts[n : n + MAX_AMPERSANDS]) for n in range(0, len(parts), MAX_AMPERSANDS)]
    return "<!---->&".join(runs)


def flatten(html: str) -> str:
    """Drop the tags nested deeper than MAX_DEPTH; their text stays."""
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2] in VOID:
            return tag[0] if depth <= MAX_DEPTH else ""
        depth += -1 if tag[1] else 1
        return tag[0] if depth + bool(tag[1]) <= MAX_DEPTH else ""

    return TAG.sub(keep, html)
