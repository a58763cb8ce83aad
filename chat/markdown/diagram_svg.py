"""A diagram's SVG, made anew from what is on a list: elements, attributes, and what their values may be.

Nothing of it is kept as it came: no style, no link, no id, no reference. The drawing program's own colours
become classes, so that the page's style sheet gives them those of the day or the night.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from xml.etree import ElementTree

import nh3

from chat.markdown.latex import Unknown
from chat.markdown.latex.colours import colour, ink_on

LARGEST = 200_000
"""Characters of the SVG that is read: of about 200 boxes with 400 lines between them."""

MOST_ELEMENTS = 5_000
MAX_DEPTH = 20
LONGEST_NAME = 300

WIDE = 640
"""Pixels from which on a drawing is not made to fit a phone, where nobody could read it, but scrolled."""

_NUMBER = r"-?(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(?:e-?\d{1,2})?"
_LENGTH = rf"{_NUMBER}(?:px)?"
_LIST = rf"{_NUMBER}(?:[\s,]+{_NUMBER}){{0,999}}"
_STEP = rf"(?:translate|rotate|scale|matrix)\({_LIST}\)"
_PERCENT = r"\d{1,3}(?:\.\d+)?%?"
_COLOUR = (
    r"none|transparent|currentColor|#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,20}"
    rf"|(?:rgb|hsl)a?\({_PERCENT}(?:[\s,/]+{_PERCENT}){{2,3}}\)"
)

_VALUES = {
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry"), _LENGTH),
    **dict.fromkeys(("width", "height"), _LENGTH),
    **dict.fromkeys(("font-size", "stroke-width", "stroke-dashoffset"), _LENGTH),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity"), _NUMBER),
    **dict.fromkeys(("points", "viewBox"), _LIST),
    **dict.fromkeys(("fill", "stroke"), _COLOUR),
    "stroke-dasharray": rf"none|{_LIST}",
    "transform": rf"{_STEP}(?:\s*{_STEP}){{0,5}}",
    "d": r"[MmLlHhVvCcSsQqTtAaZz0-9eE.,\s+-]{1,20000}",
    "text-anchor": "start|middle|end",
    "dominant-baseline": "middle|central|hanging|auto",
    "font-weight": "normal|bold|[1-9]00",
    "font-style": "normal|italic",
    "text-decoration": "none|underline|line-through",
    "stroke-linecap": "butt|round|square",
    "stroke-linejoin": "miter|round|bevel",
    "fill-rule": "nonzero|evenodd",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _VALUES.items()}
_OF_STYLES = frozenset(
    ("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-weight", "font-style", "rx")
)
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "polygon"))
_TAGS = _SHAPES | {"g", "text", "tspan", "line", "polyline"}

# The colours of the theme that diagram_worker.py asks for, by what they are for
_ROLES = {
    "#ffffff": "page",
    "#172d4a": "ink",
    "#596579": "quiet",
    "#000000": "line",
    "#e5effa": "box",
    "#f0f4fa": "group",
    "#4472c4": "edge",
}

_cleaner = nh3.Cleaner(
    tags={"svg", *_TAGS},
    attributes=dict.fromkeys(_TAGS, {*_VALUES, "class"}) | {"svg": {"viewBox", "width", "height"}},
    link_rel=None,
)
_SVG = re.compile(r"<svg [^>]*>")


class NotDrawn(ValueError):
    """What came is no drawing that a page shows."""


def page_svg(text: str) -> str:
    """Return the drawing as one ``svg`` element that is safe in a page. Raise NotDrawn."""
    if len(text) > LARGEST or "<!" in text:  # with a document type come entities
        raise NotDrawn
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as problem:
        raise NotDrawn from problem
    if _tag(root) != "svg" or sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise NotDrawn
    size = _attributes(root, {"viewBox", "width", "height"})
    inner = "".join(_written(child, 1, "") for child in root)
    if not inner or size.count("=") != 3:
        raise NotDrawn
    cleaned = _cleaner.clean(f"<svg{size}>{inner}</svg>")
    if not _SVG.match(cleaned):
        raise NotDrawn
    wide = ' class="wide"' if float(root.get("width", "0").removesuffix("px")) > WIDE else ""
    return cleaned.replace("<svg ", f'<svg{wide} role="img" aria-label="{escape(_name(root))}" ', 1)


def _written(element: ElementTree.Element, depth: int, ink: str) -> str:
    """Return an element without what is not on the list.

    `ink` is the class of words that stand on a colour of the writer's own.
    """
    tag = _tag(element)
    if tag not in _TAGS or depth > MAX_DEPTH:
        return ""
    ink = _ink(element) or ink if tag == "g" else ink
    classes = _classes(element)
    if tag == "text" and ink and "fill" not in _style(element):
        classes = [name for name in classes if not name.startswith("fill-")] + [ink]
    inner = escape(element.text or "", quote=False) if tag in ("text", "tspan") else ""
    for child in element:
        inner += _written(child, depth + 1, ink)
        inner += escape(child.tail or "", quote=False) if tag == "text" else ""
    named = f' class="{" ".join(classes)}"' if classes else ""
    return f"<{tag}{named}{_attributes(element, _VALUES.keys())}>{inner}</{tag}>"


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")


def _attributes(element: ElementTree.Element, allowed: Collection[str]) -> str:
    values = {name: value for name, value in element.attrib.items() if _role(name, value) is None}
    values |= _style(element)
    kept = ((name, value) for name, value in values.items() if name in allowed and _is_right(name, value))
    return "".join(f' {name}="{escape(value)}"' for name, value in kept)


def _classes(element: ElementTree.Element) -> list[str]:
    """Return the classes that stand for the colours that are the theme's, not its writer's."""
    style = _style(element)
    roles = {name: _role(name, value) for name, value in element.attrib.items() if name not in style}
    return [f"{name}-{role}" for name, role in roles.items() if role]


def _role(name: str, value: str) -> str | None:
    return _ROLES.get(value.lower()) if name in ("fill", "stroke") else None


def _is_right(name: str, value: str) -> bool:
    return bool(_PATTERNS[name].fullmatch(value))


def _style(element: ElementTree.Element) -> dict[str, str]:
    """Return what the writer of the diagram set for an element, as far as it is on the list."""
    parts = (part.partition(":") for part in element.get("style", "").split(";"))
    found = {name.strip(): value.replace("!important", "").strip() for name, _, value in parts}
    if _tag(element) in ("text", "tspan") and "color" in found:
        found["fill"] = found["color"]
    return {name: value for name, value in found.items() if name in _OF_STYLES and _is_right(name, value)}


def _ink(group: ElementTree.Element) -> str:
    """Return the class of words on the shape of a group, if that has a colour of its own; else ""."""
    for child in group:
        chosen = _style(child).get("fill", "") if _tag(child) in _SHAPES else ""
        if chosen not in ("", "none", "transparent"):
            return "on-dark" if _is_dark(chosen) else "on-light"
    return ""


def _is_dark(chosen: str) -> bool:
    try:
        return ink_on(colour(chosen)) == "#ffffff"
    except Unknown:
        return False


def _name(root: ElementTree.Element) -> str:
    """Return what is told of the drawing: its title, or the words in it."""
    titles = [_words(found) for found in root if _tag(found) == "title"]
    words = dict.fromkeys(_words(found) for found in root.iter() if _tag(found) == "text")
    name = next(filter(None, titles), "") or ", ".join(filter(None, words))
    return f"Mermaid: {name}"[:LONGEST_NAME]


def _words(element: ElementTree.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())  # a line of it is an element of its own
