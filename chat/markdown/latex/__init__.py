"""LaTeX that people write to LaTeX that the converter draws, and its MathML to what browsers draw.

The converter knows most of LaTeX. What it lacks is rewritten before (`writer`, and a module for each
kind of command), what MathML Core lacks is drawn by classes afterwards (`drawing`).
"""

from __future__ import annotations

from chat.markdown.latex import chemistry, commands, environments, macros, physics, text, units
from chat.markdown.latex.drawing import Marks, finished, has_marks
from chat.markdown.latex.symbols import SYMBOLS
from chat.markdown.latex.tokens import Unknown, split_at, tokens
from chat.markdown.latex.writer import Command, Writer

__all__ = ["Marks", "Unknown", "finished", "has_marks", "rewritten"]

_COMMANDS: dict[str, Command] = {
    **text.TEXT_COMMANDS,
    **commands.COMMANDS,
    **macros.COMMANDS,
    **physics.COMMANDS,
    **units.COMMANDS,
    **chemistry.COMMANDS,
    "\\verb": text.verbatim,
    "\\verb*": text.verbatim,
}
_TAGS = ("\\tag", "\\tag*")


def rewritten(latex: str, *, display: bool) -> tuple[str, Marks]:
    """Return what the converter gets, and how it is to be drawn."""
    source = tokens(latex)
    writer = Writer(_COMMANDS, environments.ENVIRONMENTS, SYMBOLS, display=display)
    if "\\tag" in latex:
        source = _tagged(source)
    elif len(split_at(source, "\\\\", "\\cr", "\\newline")) > 1 or len(split_at(source, "&")) > 1:
        name = "aligned" if len(split_at(source, "&")) > 1 else "gathered"
        source = ["\\begin", "{", *name, "}", *source, "\\end", "{", *name, "}"]
    return writer.written(source), writer.marks


def _tagged(source: list[str]) -> list[str]:
    """Return the tokens with a place for their number, which needs an environment that has one."""
    if not any(
        tag in part for part in split_at(source, "&", "\\\\") for tag in _TAGS if "\\begin" not in part
    ):
        return source
    if "\\begin" in source and source[0] == "\\begin":
        return source
    name = "align*" if len(split_at(source, "&", "\\\\")) > 1 else "equation*"
    return ["\\begin", "{", *name, "}", *source, "\\end", "{", *name, "}"]
