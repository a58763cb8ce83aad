"""LaTeX as people write it, to the LaTeX that the converter knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chat.markdown.latex.drawing import Marks
from chat.markdown.latex.tokens import Reader, Unknown, joined, length_in_em

MAX_DEPTH = 40  # of arguments in arguments, since these are read by recursion
MAX_WORK = 25_000  # tokens, those of arguments in arguments counted again at each depth
MAX_LENGTH = 60_000  # characters of a macro's meaning

_GAP = re.compile(r"\s*[-+]?\d*\.?\d+\s*(?:em|ex|pt|px|mu|cm|mm|in|bp|pc)\s*")
_DELIMITERS = {"<": "\\langle", ">": "\\rangle"}
_BEFORE_DELIMITER = frozenset(["\\left", "\\right", "\\middle", "\\big", "\\Big", "\\bigg", "\\Bigg"])
_BEFORE_DELIMITER |= {f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lrm"}


class Macro(NamedTuple):
    """What a formula defines for itself."""

    parameters: int
    default: list[str] | None
    body: list[str]
    pattern: list[str] = []  # noqa: RUF012  # what stands between the parameters of a \def


@dataclass
class _Group:
    opening: str = ""
    parts: list[str] = field(default_factory=list)
    closing: str = ""  # of what goes on to the end of the group or cell
    fraction: tuple[int, str] | None = None  # where "\above" was, and the thickness

    def close(self) -> None:
        self.parts.append(self.closing)
        self.closing = ""

    def text(self) -> str:
        self.close()
        if self.fraction is None:
            return joined(self.parts)
        at, thickness = self.fraction
        above, below = joined(self.parts[:at]), joined(self.parts[at:])
        return f"\\genfrac{{}}{{}}{{{thickness}}}{{}}{{{above}}}{{{below}}}"


Command = Callable[["Writer"], str]
Environment = Callable[["Writer", str, list[str]], str]


class Writer:
    """One formula. ``reader`` is where a command finds its arguments."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        environments: Mapping[str, Environment],
        symbols: Mapping[str, str],
        *,
        display: bool,
    ) -> None:
        self.commands, self.environments, self.symbols = commands, environments, symbols
        self.display = display
        self.marks = Marks()
        self.macros: dict[str, Macro] = {}
        self.reader = Reader([])
        self._groups: list[_Group] = []
        self._depth = 0
        self._aligns = False
        self._work = 0

    def written(self, source: Iterable[str]) -> str:
        """Return the tokens rewritten; nothing in them reaches beyond them."""
        source = list(source)
        self._work += len(source)
        if self._depth == MAX_DEPTH or self._work > MAX_WORK:
            raise Unknown("it is too deep or too long")
        before = self.reader, self._groups
        self.reader, self._groups = Reader(source), [_Group()]
        self._depth += 1
        try:
            while self.reader:
                self._write(self.reader.next())
            if len(self._groups) > 1:
                raise Unknown("a group has no end")
            text = self._groups[0].text()
        finally:
            self._depth -= 1
            self.reader, self._groups = before
        return text

    def argument(self) -> str:
        return self.written(self.reader.argument())

    def optional(self) -> str | None:
        found = self.reader.optional()
        return None if found is None else self.written(found)

    def scripts(self) -> tuple[str | None, str | None]:
        """Return the subscript and superscript that follow."""
        below = above = None
        while True:
            if below is None and self.reader.takes("_"):
                below = self.argument()
            elif above is None and self.reader.takes("^"):
                above = self.argument()
            else:
                return below, above

    def rest(self, **attributes: str) -> str:
        """Return how what follows up to the end of the group or cell is drawn."""
        self._groups[-1].closing += "}"
        return self.marks.opening(**attributes)

    def fraction_here(self, thickness: str) -> str:
        group = self._groups[-1]
        if group.fraction:
            raise Unknown("two fractions in a group")
        group.close()
        group.fraction = len(group.parts), thickness
        return ""

    def _write(self, token: str) -> None:
        group = self._groups[-1]
        if token == "{":
            self._groups.append(_Group("{"))
        elif token == "}":
            self._end("{")
        elif token == "\\begin":
            name = self.reader.text()
            group.parts.append(self._environment(name, self.reader.environment(name)))
        elif token in ("&", "\\\\", "\\cr", "\\newline"):
            group.close()
            group.parts.append(self._cell_end() if token == "&" else self._row_end())
        elif token in _BEFORE_DELIMITER:
            self._delimited(token)
        elif token in self.macros:
            self.expand(self.macros[token])
        elif token in self.commands:
            group.parts.append(self.commands[token](self))
        else:
            group.parts.append(self.symbols.get(token, token))

    def _end(self, opening: str) -> None:
        group = self._groups.pop()
        if group.opening != opening or not self._groups:
            raise Unknown("a group ends that did not begin")
        text = group.text()
        self._groups[-1].parts.append(f"{{{text}}}" if opening == "{" else text)

    def _cell_end(self) -> str:
        """Return the end of a cell.

        In columns of equations a sign at the start of a cell stands between two terms.
        """
        self.reader.skip_spaces()
        return "&{}" if self._aligns and self.reader.peek() in ("+", "-", "\\pm", "\\mp") else "&"

    def _row_end(self) -> str:
        """Return a line's end.

        It is without the space asked for after it, of which the converter would show the number.
        """
        self.reader.takes("*")
        if self.reader.takes("["):
            inside = self.reader.until("]")
            if not _GAP.fullmatch("".join(inside)):
                self.reader.put_back(["[", *inside, "]"])
        return "\\\\"

    def _delimited(self, token: str) -> None:
        if token == "\\left":
            self._groups.append(_Group("\\left"))
        elif token in ("\\right", "\\middle"):
            self._groups[-1].close()
        self.reader.skip_spaces()
        delimiter = self.reader.next()
        delimiter = _DELIMITERS.get(delimiter, self.symbols.get(delimiter, delimiter))
        self._groups[-1].parts += [token, delimiter]
        if token == "\\right":
            self._end("\\left")

    def _environment(self, name: str, body: list[str]) -> str:
        if change := self.environments.get(name):
            return change(self, name, body)
        return self.environment(name, body)

    def environment(self, name: str, body: list[str], arguments: str = "") -> str:
        before, self._aligns = self._aligns, name.startswith("align")
        text = f"\\begin{{{name}}}{arguments} {self.written(body)}\\end{{{name}}}"
        self._aligns = before
        return text

    def expand(self, macro: Macro) -> None:
        """Put what a token stands for before what follows."""
        arguments = list(self._arguments(macro))
        body: list[str] = []
        tokens = iter(macro.body)
        for token in tokens:
            if token != "#":
                body.append(token)
                continue
            number = next(tokens, "")
            if not number.isdecimal() or not 1 <= int(number[0]) <= len(arguments):
                raise Unknown("a parameter that the macro does not have")
            body += [*arguments[int(number[0]) - 1], *([number[1:]] if number[1:] else [])]
            if len(body) > MAX_LENGTH:
                raise Unknown("it is too long")
        self.reader.put_back(body)

    def _arguments(self, macro: Macro) -> Iterable[list[str]]:
        for token in macro.pattern:
            if not self.reader.takes(token):
                raise Unknown("the macro is used in another way")
        for number in range(macro.parameters):
            if number == 0 and macro.default is not None:
                given = self.reader.optional()
                yield macro.default if given is None else given
            else:
                yield self.reader.argument()

    def length(self, text: str) -> str:
        return f"{length_in_em(text):.3g}em"
