r"""Formulas of chemistry, ``\ce{2H2 + O2 -> 2H2O}``, as the package mhchem reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

from chat.markdown.latex.tokens import Unknown, tokens
from chat.markdown.latex.writer import Command, Writer

_ARROW = r"<=>>|<<=>|<=>|<-->|<->|->|<-|=>"
_ARROWS = {
    "->": ("\\longrightarrow ", "\\xrightarrow"),
    "<-": ("\\longleftarrow ", "\\xleftarrow"),
    "=>": ("\\Longrightarrow ", "\\xRightarrow"),
    "<->": ("\\longleftrightarrow ", "\\xleftrightarrow"),
    "<-->": ("\\rightleftarrows ", "\\xtofrom"),
}
_EQUILIBRIUM = ("\\rightleftharpoons ", "\\xrightleftharpoons")
_BRACES = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_BONDS = {
    "-": "{-}",
    "=": "{=}",
    "#": "{\\equiv}",
    "~": "{\\sim}",
    "...": "{\\cdots}",
    "->": "{\\rightarrow}",
}
_PIECES = {
    "space": r"\s+",
    "arrow": rf"(?:{_ARROW})(?:\[(?:[^\[\]]|\[[^\]]*\])*\]){{0,2}}",
    "math": r"\$[^$]*\$",
    "above": rf"\^(?:{_BRACES}|\d*[-+.•*]|\d+|[A-Za-z]+)",
    "below": rf"_(?:{_BRACES}|\d+|[A-Za-z])",
    "bond": r"\\bond\s*\{[^{}]*\}",
    "command": rf"\\[A-Za-z]+\s*(?:{_BRACES})*|\\.",
    "group": _BRACES,
    "state": r"\((?:aq|s|l|g|cr|am|sln|ads|v|gas|solid|liquid|dil|conc|aq,\s*\d*)\)",
    "element": r"[A-Z][a-z]?(?![a-z])|[A-Z](?=[a-z])",
    "fraction": r"\d+/\d+",
    "digits": r"\d+(?:\.\d+)?",
    "word": r"p[HK](?![a-z])|[a-zα-ωΑ-Ω]+",
    "sign": r".",
}
_PIECE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PIECES.items()), re.DOTALL)
_CHARGE_ENDS = re.compile(r"[-+]+(?=$|[\s)\]},;^])")


class _Formula:
    """What has been written, and the last species with its scripts, to which more may be added."""

    def __init__(self, inner: Callable[[str], str]) -> None:
        self.inner = inner  # of a formula in this one
        self.done: list[str] = []
        self.base = self.below = self.above = ""
        self.begins = True  # whether a number would be one of molecules

    def end(self) -> None:
        if self.base or self.below or self.above:
            scripts = (f"_{{{self.below}}}" if self.below else "") + (
                f"^{{{self.above}}}" if self.above else ""
            )
            self.done.append((self.base or "{}") + scripts)
        self.base = self.below = self.above = ""

    def put(self, text: str, *, begins: bool = False) -> None:
        self.end()
        self.done.append(text)
        self.begins = begins

    def relate(self, text: str) -> None:
        """Write an arrow or a plus, which has its own space."""
        self.end()
        if self.done and self.done[-1] == "~":
            self.done.pop()
        self.put(text, begins=True)

    def set_base(self, text: str) -> None:
        self.end()
        self.base, self.begins = text, False

    # One method for each kind of piece

    def space(self, text: str) -> None:
        related = not (self.base or self.below or self.above) and self.done[-1:] and self.done[-1][0] in "\\+"
        self.end()
        self.begins = True
        if self.done and not related and not self.done[-1].endswith(("~", "\\,", "\\cdot ")):
            self.done.append("~")

    def arrow(self, text: str) -> None:
        sign = re.match(_ARROW, text)[0]  # type: ignore[index]  # it begins with one
        plain, wide = _ARROWS.get(sign, _EQUILIBRIUM)
        labels = [
            self.inner(label) for label in re.findall(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]", text[len(sign) :])
        ]
        if any(labels):
            below = f"[{labels[1]}]" if len(labels) > 1 else ""
            self.relate(f"{wide}{below}{{{labels[0]}}}")
        else:
            self.relate(f"\\mathrel{{{plain}}}")

    def math(self, text: str) -> None:
        self.set_base("{" + text[1:-1] + "}")

    def above_(self, text: str) -> None:
        inner = _without_braces(text[1:])
        self.above += _charge(inner)

    def below_(self, text: str) -> None:
        inner = _without_braces(text[1:])
        self.below += inner if inner.isalpha() and len(inner) == 1 else self.inner(inner)

    def bond(self, text: str) -> None:
        self.put(_BONDS.get(text[text.index("{") + 1 : -1], "{-}"))

    def command(self, text: str) -> None:
        if text == "\\ ":
            self.put("~", begins=True)
        elif text in ("\\{", "\\}"):
            self.set_base(text)
        else:
            self.set_base("{" + text + "}")

    def group(self, text: str) -> None:
        inner = text[1:-1]
        self.set_base("{" + (self.inner(inner) if inner else "") + "}")

    def state(self, text: str) -> None:
        self.put(f"\\mathrm{{{text.replace(' ', '')}}}")

    def element(self, text: str) -> None:
        self.set_base(f"\\mathrm{{{text}}}")

    def fraction(self, text: str) -> None:
        above, _, below = text.partition("/")
        self.put(f"\\tfrac{{{above}}}{{{below}}}\\,", begins=True)

    def digits(self, text: str) -> None:
        if self.begins:
            self.put(f"{text}\\,", begins=True)
            return
        whole, point, rest = text.partition(".")  # in "CuSO4.5H2O" the dot adds
        self.below += whole
        if point:
            self.sign(point)
            self.digits(rest)

    def word(self, text: str) -> None:
        is_variable = len(text) == 1 and text != "e" and not (self.above or self.below)
        self.set_base(text if is_variable else f"\\mathrm{{{text}}}")

    def sign(self, text: str) -> None:
        if text in ")]":
            self.set_base(text)
        elif text in "([":
            self.put(text, begins=True)
        elif text == "+":
            self.relate("+")
        elif text in "*.•·":
            self.put("\\cdot ", begins=True)
        elif text in _BONDS:
            self.put(_BONDS[text])
        else:
            self.put({"&": "&", "^": "\\uparrow ", "_": "\\_"}.get(text, text))


def _without_braces(text: str) -> str:
    return text[1:-1] if text.startswith("{") else text


def _charge(text: str) -> str:
    text = text.replace("•", "\\bullet ").replace("*", "\\ast ")
    if text == ".":
        return "\\bullet "
    return f"\\mathrm{{{text}}}" if text.isalpha() and text.isascii() else text


def formula(text: str, depth: int = 0) -> str:
    if depth > 8:
        raise Unknown("formulas in formulas")
    found = _Formula(lambda inner: formula(inner, depth + 1))
    position = 0
    while position < len(text):
        position = _step(found, text, position)
    found.end()
    return "".join(found.done)


def _step(found: _Formula, text: str, position: int) -> int:
    if not found.begins and (charge := _CHARGE_ENDS.match(text, position)):
        found.above += charge[0]
        return charge.end()
    if (
        found.begins
        and text[position] in "v^"
        and (position + 1 == len(text) or text[position + 1].isspace())
    ):
        found.put("\\downarrow " if text[position] == "v" else "\\uparrow ")
        return position + 1
    piece = _PIECE.match(text, position)
    assert piece and piece.lastgroup
    name = {"above": "above_", "below": "below_"}.get(piece.lastgroup, piece.lastgroup)
    getattr(found, name)(piece[0])
    return piece.end()


def _ce(writer: Writer) -> str:
    return "{" + writer.written(tokens(formula("".join(writer.reader.argument()).strip()))) + "}"


COMMANDS: dict[str, Command] = {"\\ce": _ce, "\\cf": _ce}
