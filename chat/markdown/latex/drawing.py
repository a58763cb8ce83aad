"""What the converter has no MathML for: boxes, strokes, colours and sizes, as classes and attributes.

Its input is the only way to tell it something, so a group that is to be drawn in a special way
begins with a character that nobody writes; in its output that character names the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from chat.markdown.latex.tokens import Unknown

MAX_MARKS = 500

_FIRST = 0x10F000
_MARK = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + MAX_MARKS)}]")
_MARKED_GROUP = re.compile(rf"\{{{_MARK.pattern}")
_BRACE = re.compile(r"\\.|[{}]")
_STYLES = {
    "text-align: left": "left",
    "text-align: right": "right",
    "padding-left: 0;": "flush-left",
    "padding-right: 0;": "flush-right",
    "padding-left: 0.1em": "narrow",
    "padding-top: 0;": "flush",
    "width: 100%": "wide",
    "width: 50%": "margin",
    "width: 7.5%": "edge",
}
_PADDING = re.compile(r"padding-(left|right):([\d.]+)(?:em)?;")
_LINE = re.compile(r"border-(left|right|top|bottom): \S+ (solid|dashed)")
_COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{6})")
_BACK = re.compile(r"margin-left:-([\d.]+)r?em")
_STROKES = {
    "box": "boxed",
    "updiagonalstrike": "cancel",
    "downdiagonalstrike": "bcancel",
    "updiagonalstrike downdiagonalstrike": "xcancel",
    "phasorangle": "phase",
    "actuarial": "angl",
}
# Accents that browsers put beside the letter, since they are combining characters; a tilde that stretches.
_ACCENTS = {"\u20d7": "→", "\u20db": "…", "\u20dc": "....", "~": "\u02dc"}
_BARS = {"mover": "overline", "munder": "underline"}
_HTML_OF_TEXT = {"b": "bold", "i": "italic", "s": "sout", "u": "underline", "code": "mono"}


@dataclass
class Mark:
    """How a group is drawn: the element that it becomes, and the attributes of that."""

    tag: str = "mrow"
    attributes: dict[str, str] = field(default_factory=dict)
    is_atom: bool = False  # the mark stands for the element itself


class Marks:
    def __init__(self) -> None:
        self._marks: list[Mark] = []

    def group(self, content: str, tag: str = "mrow", **attributes: str) -> str:
        """Return LaTeX that is drawn with the attributes; ``class_`` is the class."""
        return "{" + self._add(Mark(tag, _named(attributes))) + content + "}"

    def opening(self, **attributes: str) -> str:
        """Return the beginning of such a group."""
        return "{" + self._add(Mark("mrow", _named(attributes)))

    def atom(self, tag: str, **attributes: str) -> str:
        return "{" + self._add(Mark(tag, _named(attributes), is_atom=True)) + "}"

    def _add(self, mark: Mark) -> str:
        if len(self._marks) == MAX_MARKS:
            raise Unknown("it has too many boxes and colours")
        self._marks.append(mark)
        return chr(_FIRST + len(self._marks) - 1)

    def of(self, element: Element) -> Mark | None:
        text = element.text or ""
        if element.tag != "mi" or len(text) != 1:
            return None
        number = ord(text) - _FIRST
        return self._marks[number] if 0 <= number < len(self._marks) else None


def has_marks(text: str) -> bool:
    return bool(_MARK.search(text))


def in_font(font: str, text: str) -> str:
    """Return the text in a font. Marked groups have it inside, since a mark is no letter."""
    if not has_marks(text):
        return f"{font}{{{text}}}"
    pieces, end = [], 0
    for found in _MARKED_GROUP.finditer(text):
        if found.start() < end:
            continue
        start, close = found.start(), _closing_brace(text, found.start())
        pieces.append(in_font(font, text[end:start]) if text[end:start].strip() else text[end:start])
        pieces.append(f"{found[0]}{in_font(font, text[found.end() : close])}}}")
        end = close + 1
    rest = text[end:]
    return "".join([*pieces, in_font(font, rest) if rest.strip() else rest])


def _closing_brace(text: str, start: int) -> int:
    depth = 0
    for found in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.start()
    raise Unknown("a mark without a group")


def _named(attributes: dict[str, str]) -> dict[str, str]:
    return {name.rstrip("_"): value for name, value in attributes.items()}


def finished(math: str, marks: Marks, latex: str) -> str:
    """Return the converter's MathML with classes in place of styles, what was marked, and its source."""
    try:
        root = ElementTree.fromstring(math.replace("&ApplyFunction;", "\u2061"))
    except ElementTree.ParseError as error:
        raise Unknown(str(error)) from error
    for element in list(root.iter()):
        _mark(element, marks)
    for element in root.iter():
        _finish(element)
    root.set("data-latex", latex)
    html = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    if _MARK.search(html):
        raise Unknown("a mark within a word")
    return html


def _mark(element: Element, marks: Marks) -> None:
    for index, child in enumerate(element):
        mark = marks.of(child)
        if mark and mark.is_atom:
            child.tag, child.text = mark.tag, None
            child.attrib.update(mark.attributes)
        elif mark and not index:
            _mark(_marked_group(element, child, mark), marks)
            return


def _marked_group(element: Element, sign: Element, mark: Mark) -> Element:
    element.remove(sign)
    group = element
    if element.tag != "mrow":
        group = Element("mrow")
        group.extend(list(element))
        for child in list(element):
            element.remove(child)
        element.append(group)
    if mark.tag == "table":
        for table in group.iter("mtable"):
            table.attrib.update(mark.attributes)
    else:
        group.tag = mark.tag
        group.attrib.update(mark.attributes)
    return group


def _finish(element: Element) -> None:
    element.attrib.pop("id", None)
    if style := element.attrib.pop("style", None):
        _set_style(element, style)
    if element.tag == "menclose":
        _draw_stroke(element)
    elif element.tag in _BARS and len(element) == 2 and (element[1].text or "") == "\u0332":
        _draw_bar(element)
    elif element.tag in _BARS and len(element) == 2 and (element[1].text or "") in _ACCENTS:
        _place_accent(element[1])
    elif element.tag == "mtable":
        _close_last_line(element)
    elif name := _HTML_OF_TEXT.get(element.tag):
        element.tag = "span"
        _add_class(element, name)
    elif element.tag == "a":
        element.tag, element.attrib = "span", {}


def _set_style(element: Element, style: str) -> None:
    style = f"{style.rstrip(';')};"
    for rule, name in _STYLES.items():
        if rule in style:
            _add_class(element, name)
    for side, kind in _LINE.findall(style):
        _add_class(element, f"{'dash' if kind == 'dashed' else 'line'}-{side}")
    for side, ems in _PADDING.findall(style):
        _add_class(element, f"{side}-{round(float(ems) * 18)}")
    if found := _COLOUR.search(style):
        element.set("mathcolor", found[1].lower())
    if found := _BACK.search(style):
        _add_class(element, back(float(found[1])))
    if "small-caps" in style:
        _add_class(element, "caps")


def back(ems: float) -> str:
    """Return the class of a negative space.

    It is in eighteenths of an em, the unit of LaTeX's thin spaces.
    """
    return f"back-{min(36, max(1, round(ems * 18)))}"


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())


def _draw_stroke(element: Element) -> None:
    name = _STROKES.get(element.attrib.pop("notation", ""))
    if not name:
        raise Unknown("an unknown stroke")
    for child in list(element):
        if child.get("class", "").startswith("menclose"):
            element.remove(child)
    element.tag = "mrow"
    _add_class(element, name)


def _draw_bar(element: Element) -> None:
    """Draw a line over or below as a border: the fonts of few machines have one that stretches."""
    name = _BARS[element.tag]
    element.remove(element[1])
    element.tag = "mrow"
    element.attrib.pop("accent", None)
    element.attrib.pop("accentunder", None)
    _add_class(element, name)


def _place_accent(sign: Element) -> None:
    if sign.text == "\u20d7":
        _add_class(sign, "vec")
    sign.text = _ACCENTS[sign.text or ""]


def _close_last_line(table: Element) -> None:
    r"""Drop the row of one empty cell that a ``\hline`` at the end is to the converter."""
    if len(table) < 2:
        return
    last = list(table[-1])
    if len(last) == 1 and not len(last[0]) and not last[0].text and "border-top" in last[0].get("style", ""):
        table.remove(table[-1])
        for cell in table[-1]:
            _add_class(cell, "line-bottom")
