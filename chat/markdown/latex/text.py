r"""Words in a formula: ``\text{if $n$ is even}``, where the converter takes no formula, and no bare ``_``."""

from __future__ import annotations

from chat.markdown.latex.tokens import Reader, Unknown
from chat.markdown.latex.writer import Command, Writer

_ESCAPED = {"_": "\\_", "#": "\\#", "&": "\\&", "^": "\\textasciicircum ", "\n": " "}
_SYNONYMS = dict.fromkeys(("\\mbox", "\\hbox", "\\textmd", "\\textup", "\\textnormal", "\\textln"), "\\text")
_SYNONYMS |= {"\\emph": "\\textit", "\\textsl": "\\textit", "\\textbfit": "\\textbf"}
_PLAIN = ("\\text", "\\textrm", "\\textbf", "\\textit", "\\textsf", "\\texttt", "\\textsc")
_WORDS = {
    "\\LaTeX": "LaTeX",
    "\\TeX": "TeX",
    "\\KaTeX": "KaTeX",
    "\\quad": "\u2003",
    "\\qquad": "\u2003\u2003",
}
_WORDS |= {
    "\\degree": "°",
    "\\celsius": "°C",
    "\\cdot": "·",
    "\\times": "×",
    "\\pm": "±",
    "\\to": "→",
    "\\,": "\u2009",
}
_WORDS |= {"\\ldots": "…", "\\dots": "…", "\\;": "\u2005", "\\:": "\u2005", "\\!": "", "\\enspace": "\u2002"}
_WORDS |= {"\\newline": " ", "\\\\": " ", "\\cdots": "⋯", "\\rightarrow": "→", "\\mu": "μ", "\\space": " "}
_WORDS |= {"\\permil": "‰", "\\sim": "∼", "\\leq": "≤", "\\geq": "≥", "\\le": "≤", "\\ge": "≥", "\\neq": "≠"}
_SIZES = {
    "\\tiny",
    "\\small",
    "\\large",
    "\\Large",
    "\\scriptsize",
    "\\footnotesize",
    "\\normalsize",
    "\\huge",
}
_PLAIN_TEXT = "\\text{"
_MATH_ENDS = {"$": "$", "\\(": "\\)"}


def words(writer: Writer, opening: str, source: list[str]) -> str:
    """Return the words as text, each piece after ``opening``; what is a formula in them is one."""
    pieces: list[str] = []
    text: list[str] = []
    closing = "}" * opening.count("{")

    def end_text() -> None:
        if text:
            pieces.append(f"{opening}{''.join(text)}{closing}")
            text.clear()

    outer, writer.reader = writer.reader, Reader(source)
    try:
        while writer.reader:
            token = writer.reader.next()
            if token in writer.macros:
                writer.expand(writer.macros[token])
            elif piece := _piece(writer, opening, token):
                end_text()
                pieces.append(piece)
            elif token not in _SIZES:
                text.append(_ESCAPED.get(token, _WORDS.get(token, token)))
        end_text()
    finally:
        writer.reader = outer
    return pieces[0] if len(pieces) == 1 else "{" + "".join(pieces) + "}"


def _piece(writer: Writer, opening: str, token: str) -> str:
    """Return what stands for a piece that cannot stand in text to the converter, or nothing."""
    if end := _MATH_ENDS.get(token):
        return "{" + writer.written(writer.reader.until(end)) + "}"
    if token in TEXT_COMMANDS:
        return words(writer, _opening(token, opening), writer.reader.argument())
    if token in writer.commands and token not in _SIZES:
        return writer.commands[token](writer)
    return ""


def _opening(name: str, before: str = "") -> str:
    name = _SYNONYMS.get(name, name)
    if name == "\\text" and before:
        return before
    return f"{before.removeprefix(_PLAIN_TEXT)}{name}{{"


def _command(name: str) -> Command:
    def command(writer: Writer) -> str:
        return words(writer, _opening(name), writer.reader.argument())

    return command


TEXT_COMMANDS: dict[str, Command] = {name: _command(name) for name in (*_PLAIN, *_SYNONYMS)}


def verbatim(writer: Writer) -> str:
    r"""Rewrite ``\verb|x|``."""
    end = writer.reader.next()
    shown = "".join(writer.reader.until(end))
    if "\n" in shown:
        raise Unknown("verb over lines")
    escapes = {
        "\\": "\\textbackslash ",
        "{": "\\{",
        "}": "\\}",
        "_": "\\_",
        "#": "\\#",
        "$": "\\$",
        "%": "\\%",
    }
    escapes |= {"&": "\\&", "^": "\\textasciicircum ", "~": "\\textasciitilde "}
    return f"\\texttt{{{''.join(escapes.get(character, character) for character in shown)}}}"
