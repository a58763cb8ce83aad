r"""Commands of the package physics: derivatives, brackets, vectors, Dirac's notation."""

from __future__ import annotations

from functools import partial

from chat.markdown.latex.text import words
from chat.markdown.latex.tokens import Reader, Unknown, split_at
from chat.markdown.latex.writer import Command, Writer

_CLOSING = {"(": ")", "[": "]", "|": "|", "\\{": "\\}"}
_WORDS = {"qif": "if", "qand": "and", "qor": "or", "qwhere": "where", "qwith": "with", "qthen": "then"}
_WORDS |= {"qfor": "for", "qas": "as", "qsince": "since", "qelse": "else", "qotherwise": "otherwise"}
D = "\\mathrm{d}"


def _next_group(writer: Writer) -> str | None:
    """Return another argument, if there is one in braces."""
    return writer.argument() if writer.reader.peek() == "{" else None


def _power(order: str | None) -> str:
    return f"^{{{order}}}" if order else ""


def _derivative(sign: str, inline: bool, writer: Writer) -> str:
    order = writer.optional()
    first = writer.argument()
    variables = split_at(writer.reader.argument(), ",") if writer.reader.peek() == "{" else []
    if len(variables) > 1:
        below = "\\,".join(f"{sign}{writer.written(variable)}" for variable in variables)
        return f"\\frac{{{sign}{_power(order or str(len(variables)))}{first}}}{{{below}}}"
    second = writer.written(variables[0]) if variables else None
    third = _next_group(writer) if second is not None and sign == "\\partial " else None
    if second is None:
        above, below = f"{sign}{_power(order)}", f"{sign}{first}{_power(order)}"
    elif third is not None:
        above, below = f"{sign}^{{2}}{first}", f"{sign}{second}\\,{sign}{third}"
    else:
        above, below = f"{sign}{_power(order)}{first}", f"{sign}{second}{_power(order)}"
    return f"{{{above}}}/{{{below}}}" if inline else f"\\frac{{{above}}}{{{below}}}"


def _differential(writer: Writer) -> str:
    order = writer.optional()
    variable = _next_group(writer)
    if variable is None:
        return D + _power(order)
    return f"\\,{D}{_power(order)}{variable}"


def _fenced(left: str, right: str, writer: Writer) -> str:
    return f"\\left{left}{writer.argument()}\\right{right}"


def _fenced_pair(left: str, right: str, between: str, writer: Writer) -> str:
    first, second = writer.argument(), _next_group(writer)
    inner = first if second is None else f"{first}{between}{second}"
    return f"\\left{left}{inner}\\right{right}"


def _starred_norm(left: str, right: str, writer: Writer) -> str:
    return f"{left}{writer.argument()}{right}"


def _bracketed(writer: Writer) -> str:
    r"""Rewrite ``\qty( )``; ``\qty{5}{kg}`` is of another package, see `units`."""
    reader = writer.reader
    reader.skip_spaces()
    opening = reader.peek()
    if opening == "{":
        return _fenced("\\{", "\\}", writer)
    if opening not in _CLOSING:
        raise Unknown("brackets")
    reader.next()
    return f"\\left{opening}{writer.written(_until_closing(reader, opening))}\\right{_CLOSING[opening]}"


def _until_closing(reader: Reader, opening: str) -> list[str]:
    found: list[str] = []
    closing, depth = _CLOSING[opening], 0
    while (token := reader.next()) != closing or depth:
        depth += (token in ("{", opening)) - (token in ("}", closing))
        found.append(token)
    return found


def _matrix(fence: str, writer: Writer) -> str:
    reader = writer.reader
    reader.skip_spaces()
    if not fence and reader.peek() in _CLOSING:
        opening = reader.next()
        inner = writer.written(_until_closing(reader, opening))
        return f"\\left{opening}\\begin{{matrix}} {inner}\\end{{matrix}}\\right{_CLOSING[opening]}"
    return f"\\begin{{{fence}matrix}} {writer.argument()}\\end{{{fence}matrix}}"


def _evaluated(writer: Writer) -> str:
    reader = writer.reader
    reader.skip_spaces()
    if reader.peek() in ("(", "["):
        opening = reader.next()
        inner = writer.written(reader.until("|"))
        return f"\\left{opening}{inner}\\right|"
    return f"\\left.{writer.argument()}\\right|"


def _braket(writer: Writer) -> str:
    first, second = writer.argument(), _next_group(writer)
    return (
        f"\\braket{{{first}}}"
        if second is None
        else f"\\left\\langle {first}\\middle|{second}\\right\\rangle "
    )


def _outer(writer: Writer) -> str:
    first = writer.argument()
    second = _next_group(writer)
    other = first if second is None else second
    return f"\\left|{first}\\right\\rangle\\!\\!\\left\\langle {other}\\right|".replace("\\!", "")


def _expectation(writer: Writer) -> str:
    operator, state = writer.argument(), _next_group(writer)
    if state is None:
        return f"\\left\\langle {operator}\\right\\rangle "
    return f"\\left\\langle {state}\\middle|{operator}\\middle|{state}\\right\\rangle "


def _element(writer: Writer) -> str:
    left, operator, right = (writer.argument() for _ in range(3))
    return f"\\left\\langle {left}\\middle|{operator}\\middle|{right}\\right\\rangle "


def _wrapped(before: str, after: str, writer: Writer) -> str:
    return f"{before}{writer.argument()}{after}"


def _said(writer: Writer) -> str:
    star = writer.reader.takes("*")
    return ("" if star else "\\quad") + words(writer, "\\text{", writer.reader.argument()) + "\\quad "


_FENCED = {
    "abs": ("|", "|"),
    "absolutevalue": ("|", "|"),
    "norm": ("\\|", "\\|"),
    "ceil": ("\\lceil ", "\\rceil "),
    "floor": ("\\lfloor ", "\\rfloor "),
    "pqty": ("(", ")"),
    "bqty": ("[", "]"),
    "Bqty": ("\\{", "\\}"),
    "vqty": ("|", "|"),
    "paren": ("(", ")"),
    "order": ("(", ")"),
}
COMMANDS: dict[str, Command] = {f"\\{name}": partial(_fenced, *fence) for name, fence in _FENCED.items()}
COMMANDS |= {
    "\\order": lambda writer: "\\mathcal{O}" + _fenced("(", ")", writer),
    "\\abs*": partial(_starred_norm, "|", "|"),
    "\\norm*": partial(_starred_norm, "\\|", "\\|"),
    "\\qty": _bracketed,
    "\\qty*": _bracketed,
    "\\quantity": _bracketed,
    "\\mqty": partial(_matrix, ""),
    "\\dd": _differential,
    "\\differential": _differential,
    "\\eval": _evaluated,
    "\\comm": partial(_fenced_pair, "[", "]", ","),
    "\\commutator": partial(_fenced_pair, "[", "]", ","),
    "\\acomm": partial(_fenced_pair, "\\{", "\\}", ","),
    "\\anticommutator": partial(_fenced_pair, "\\{", "\\}", ","),
    "\\pb": partial(_fenced_pair, "\\{", "\\}", ","),
    "\\poissonbracket": partial(_fenced_pair, "\\{", "\\}", ","),
    "\\braket": _braket,
    "\\ip": partial(_fenced_pair, "\\langle ", "\\rangle ", "\\middle|"),
    "\\innerproduct": partial(_fenced_pair, "\\langle ", "\\rangle ", "\\middle|"),
    "\\ketbra": _outer,
    "\\dyad": _outer,
    "\\op": _outer,
    "\\outerproduct": _outer,
    "\\expval": _expectation,
    "\\ev": _expectation,
    "\\expectationvalue": _expectation,
    "\\mel": _element,
    "\\matrixel": _element,
    "\\matrixelement": _element,
    "\\qq": _said,
    "\\qqtext": _said,
    "\\vb": partial(_wrapped, "\\mathbf{", "}"),
    "\\vectorbold": partial(_wrapped, "\\mathbf{", "}"),
    "\\va": partial(_wrapped, "\\vec{\\mathbf{", "}}"),
    "\\vu": partial(_wrapped, "\\hat{\\mathbf{", "}}"),
    "\\vdot": lambda _: "\\cdot",
    "\\var": partial(_wrapped, "\\delta{", "}"),
    "\\variation": partial(_wrapped, "\\delta{", "}"),
}
COMMANDS |= {f"\\{fence}mqty": partial(_matrix, fence) for fence in "pbBvV"}
COMMANDS |= {f"\\{name}": partial(_derivative, D, False) for name in ("dv", "odv", "derivative")}
COMMANDS |= {f"\\{name}": partial(_derivative, "\\partial ", False) for name in ("pdv", "pderivative")}
COMMANDS |= {"\\partialderivative": COMMANDS["\\pdv"], "\\fdv": partial(_derivative, "\\delta ", False)}
COMMANDS |= {"\\dv*": partial(_derivative, D, True), "\\pdv*": partial(_derivative, "\\partial ", True)}
COMMANDS |= {
    f"\\{name}": partial(lambda text, _: f"\\quad\\text{{{text}}}\\quad ", text)
    for name, text in _WORDS.items()
}
