r"""What a formula defines for itself: ``\newcommand``, ``\def``, ``\let``, ``\DeclareMathOperator``."""

from __future__ import annotations

from chat.markdown.latex.tokens import Reader, Unknown
from chat.markdown.latex.writer import Command, Macro, Writer

MAX_MACROS = 100


def _define(writer: Writer, name: str, macro: Macro) -> str:
    if len(writer.macros) == MAX_MACROS:
        raise Unknown("it defines too much")
    writer.macros[name] = macro
    return ""


def _name(writer: Writer) -> str:
    name = writer.reader.argument()
    if len(name) != 1 or not name[0].startswith("\\"):
        raise Unknown("a macro without a name")
    return name[0]


def _newcommand(writer: Writer) -> str:
    writer.reader.takes("*")
    name = _name(writer)
    count = writer.reader.optional_text() or "0"
    default = writer.reader.optional()
    if not count.isdecimal():
        raise Unknown("a macro with odd parameters")
    return _define(writer, name, Macro(int(count), default, writer.reader.argument()))


def _providecommand(writer: Writer) -> str:
    before = dict(writer.macros)
    _newcommand(writer)
    writer.macros.update(before)
    return ""


def _def(writer: Writer) -> str:
    name, pattern, count = writer.reader.argument()[0], [], 0
    while writer.reader.peek() != "{":
        token = writer.reader.next()
        if token == "#":
            count += 1
            if writer.reader.next() != str(count):
                raise Unknown("parameters out of order")
        elif token != " ":
            pattern.append(token)
    if pattern and count:
        raise Unknown("a macro with words between its parameters")
    return _define(writer, name, Macro(count, None, writer.reader.argument(), pattern))


def _edef(writer: Writer) -> str:
    _def(writer)
    name, macro = next(reversed(writer.macros.items()))
    return _define(writer, name, macro._replace(body=_expanded(writer, macro.body)))


def _expanded(writer: Writer, body: list[str]) -> list[str]:
    outer, writer.reader = writer.reader, Reader(body)
    found: list[str] = []
    try:
        while writer.reader:
            token = writer.reader.next()
            if token in writer.macros:
                writer.expand(writer.macros[token])
            else:
                found.append(token)
    finally:
        writer.reader = outer
    return found


def _let(writer: Writer) -> str:
    name = _name(writer)
    writer.reader.takes("=")
    writer.reader.skip_spaces()
    meaning = writer.reader.next()
    return _define(writer, name, writer.macros.get(meaning, Macro(0, None, [meaning])))


def _futurelet(writer: Writer) -> str:
    name, then, following = _name(writer), _name(writer), writer.reader.next()
    writer.reader.put_back([then, following])
    return _define(writer, name, Macro(0, None, [following]))


def _operator(star: str) -> Command:
    def declare(writer: Writer) -> str:
        name = _name(writer)
        body = [f"\\operatorname{star}", "{", *writer.reader.argument(), "}"]
        return _define(writer, name, Macro(0, None, body))

    return declare


COMMANDS: dict[str, Command] = {
    "\\newcommand": _newcommand,
    "\\newcommand*": _newcommand,
    "\\renewcommand": _newcommand,
    "\\renewcommand*": _newcommand,
    "\\providecommand": _providecommand,
    "\\def": _def,
    "\\gdef": _def,
    "\\edef": _edef,
    "\\xdef": _edef,
    "\\let": _let,
    "\\futurelet": _futurelet,
    "\\DeclareMathOperator": _operator(""),
    "\\DeclareMathOperator*": _operator("*"),
}
