"""A logo's SVG, made anew from what is on a list: shapes, gradients, and what their values may be.

Nothing of it is kept as it came, so that it holds no script, no style, no text, and no address but of a part
of its own. It is shown as a picture, in which browsers run nothing and load nothing, all the same.
"""

import re
from xml.etree import ElementTree

from chat.branding.errors import NotALogo

LARGEST_SVG = 100_000
"""Bytes."""

MOST_ELEMENTS = 2_000
MAX_DEPTH = 20

_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_NUMBER = r"[+-]?(?:\d{1,6}(?:\.\d{0,9})?|\.\d{1,9})(?:[eE][+-]?\d{1,2})?"
_LENGTH = rf"{_NUMBER}(?:px|pt|mm|%)?"
_LIST = rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER}){{0,1999}}\s*"
_STEP = rf"(?:translate|rotate|scale|matrix|skewX|skewY)\({_LIST}\)"
_NAME = r"[A-Za-z_][\w.:-]{0,99}"
_COLOUR = (
    r"none|transparent|currentColor|#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,20}|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\)"
    rf"|url\(#{_NAME}\)"
)
_UNITS = ("gradientUnits", "clipPathUnits", "maskUnits", "maskContentUnits")
_VALUES = {
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "fx", "fy", "r", "rx", "ry"), _LENGTH),
    **dict.fromkeys(("width", "height", "stroke-width", "stroke-dashoffset", "offset"), _LENGTH),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity"), _LENGTH),
    **dict.fromkeys(("fill", "stroke", "stop-color", "color"), _COLOUR),
    **dict.fromkeys(("clip-path", "mask"), rf"none|url\(#{_NAME}\)"),
    **dict.fromkeys(("points", "viewBox"), _LIST),
    **dict.fromkeys(("fill-rule", "clip-rule"), "nonzero|evenodd"),
    **dict.fromkeys(
        ("gradientUnits", "clipPathUnits", "maskUnits", "maskContentUnits"),
        "userSpaceOnUse|objectBoundingBox",
    ),
    **dict.fromkeys(("transform", "gradientTransform"), rf"\s*{_STEP}(?:[\s,]*{_STEP}){{0,9}}\s*"),
    "d": r"[MmLlHhVvCcSsQqTtAaZz0-9eE.,\s+-]{1,50000}",
    "id": _NAME,
    "spreadMethod": "pad|reflect|repeat",
    "preserveAspectRatio": r"[A-Za-z ]{1,30}",
    "stroke-dasharray": rf"none|{_LIST}",
    "stroke-linecap": "butt|round|square",
    "stroke-linejoin": "miter|round|bevel",
    "stroke-miterlimit": _NUMBER,
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _VALUES.items()}
_SHAPES = {f"{_SVG}{name}" for name in ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")}
_GRADIENTS = {f"{_SVG}linearGradient", f"{_SVG}radialGradient"}
_TAGS = _SHAPES | _GRADIENTS | {f"{_SVG}{name}" for name in ("svg", "g", "defs", "stop", "clipPath", "mask")}
_FROM_HERE = re.compile(rf"#{_NAME}")

ElementTree.register_namespace("", _SVG[1:-1])


def made_anew(data: bytes) -> bytes:
    """Return an SVG with nothing in it but shapes.

    Raises NotALogo for what is too large, no SVG, without a shape, or names entities, which could grow.
    """
    if len(data) > LARGEST_SVG or b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise NotALogo("too large, or with a document type")
    try:
        root = ElementTree.fromstring(data.decode("utf-8-sig"))
    except (ElementTree.ParseError, ValueError) as problem:
        raise NotALogo(repr(problem)) from problem
    if root.tag != f"{_SVG}svg" or len(list(root.iter())) > MOST_ELEMENTS:
        raise NotALogo("no SVG, or of too many elements")
    clean = _copy(root, MAX_DEPTH)
    if not any(element.tag in _SHAPES for element in clean.iter()):
        raise NotALogo("no shapes")
    written: bytes = ElementTree.tostring(clean, encoding="utf-8")
    return written


def _copy(element: ElementTree.Element, depth: int) -> ElementTree.Element:
    """Return the element with those of its attributes and children that are on the list."""
    if not depth:
        raise NotALogo("nested too deeply")
    copy = ElementTree.Element(element.tag, _attributes(element))
    for child in element:
        if child.tag in _TAGS:
            copy.append(_copy(child, depth - 1))
    return copy


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    """Return what is on the list; the declarations of a `style` as the attributes of these names."""
    styled = (part.partition(":") for part in element.get("style", "").split(";"))
    found = dict(element.attrib) | {name.strip(): value.strip() for name, _colon, value in styled}
    kept = {
        name: value for name, value in found.items() if name in _PATTERNS and _PATTERNS[name].fullmatch(value)
    }
    # A gradient may have the stops of another one
    for name in _HREFS:
        if element.tag in _GRADIENTS and _FROM_HERE.fullmatch(found.get(name, "")):
            kept["href"] = found[name]
    return kept
