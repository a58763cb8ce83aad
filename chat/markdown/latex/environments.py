"""Environments that the converter does not know, and those that number their lines."""

from __future__ import annotations

import re
from functools import partial

from chat.markdown.latex.text import words
from chat.markdown.latex.tokens import Reader, Unknown, split_at
from chat.markdown.latex.writer import Environment, Writer

MAX_COLUMNS = 60

# In a paragraph, without the place for a number at the margin.
_INLINE = {"align": "aligned", "gather": "gathered", "flalign": "aligned", "multline": "gathered"}
_FENCES = {"": "..", "p": "()", "b": "[]", "B": ("\\{", "\\}"), "v": "||", "V": ("\\|", "\\|")}
_ARROWS = {">": "\\rightarrow", "<": "\\leftarrow", "V": "\\downarrow", "A": "\\uparrow"}
_SIGNS = {"=": "=", "|": "\\Big\\|", ".": ""}
_LINES = ("\\hline", "\\toprule", "\\midrule", "\\bottomrule")
_REPEATED = re.compile(r"\*\{?(\d{1,2})\}?\{([^{}]*)\}")
_WIDTH = re.compile(r"[pmb]\{[^{}]*\}")
_BETWEEN = re.compile(r"[@!><]\{[^{}]*\}")


def _numbered(name: str, writer: Writer, _: str, body: list[str]) -> str:
    """Return equations with numbers only where written, since each formula would begin at (1)."""
    name = name.removesuffix("*")
    if not writer.display and name in _INLINE:
        return writer.environment(_INLINE[name], body)
    if name == "equation" and "\\tag" not in body and "\\tag*" not in body:
        return writer.written(body)
    return writer.environment("align*" if name == "flalign" else f"{name}*", body)


def _renamed(name: str, writer: Writer, _: str, body: list[str]) -> str:
    reader = Reader(body)
    reader.optional()  # "[t]"
    return writer.environment(name, reader.rest())


def _with_columns(name: str, writer: Writer, given: str, body: list[str]) -> str:
    """Return equations without the number of columns that the first argument tells."""
    reader = Reader(body)
    reader.optional()
    reader.argument()
    rest = reader.rest()
    table = _numbered(name, writer, given, rest) if name == "align" else writer.environment(name, rest)
    return writer.marks.group(table, "table", class_="close")


def _plain(writer: Writer, _: str, body: list[str]) -> str:
    return writer.written(body)


def _array(writer: Writer, name: str, body: list[str]) -> str:
    reader = Reader(body)
    reader.optional()
    columns = _columns("".join(reader.argument()))
    return writer.environment(name, reader.rest(), f"{{{columns}}}")


def _columns(spec: str) -> str:
    """Return the columns of an array: letters and rules only."""
    spec = _REPEATED.sub(lambda found: found[2] * min(MAX_COLUMNS, int(found[1])), spec)
    spec = _BETWEEN.sub("", _WIDTH.sub("l", spec)).replace(" ", "").replace("X", "l").replace("S", "r")
    if not spec or len(spec) > MAX_COLUMNS or spec.strip("lcr|:"):
        raise Unknown(f"columns {spec}")
    return spec


def _tabular(writer: Writer, _: str, body: list[str]) -> str:
    """Rewrite cells of text."""
    reader = Reader(body)
    reader.optional()
    columns = _columns("".join(reader.argument()))
    rows = []
    for row in split_at(reader.rest(), "\\\\", "\\cr"):
        lines = [token for token in row if token in _LINES]
        cells = split_at([token for token in row if token not in _LINES], "&")
        rows.append("\\hline " * len(lines) + " & ".join(_cell(writer, cell) for cell in cells))
    return f"\\begin{{array}}{{{columns}}} " + "\\\\".join(rows) + "\\end{array}"


def _cell(writer: Writer, cell: list[str]) -> str:
    return words(writer, "\\text{", cell) if "".join(cell).strip() else ""


def _numcases(writer: Writer, _: str, body: list[str]) -> str:
    reader = Reader(body)
    return writer.written(reader.argument()) + writer.environment("cases", reader.rest())


def _eqnarray(writer: Writer, _: str, body: list[str]) -> str:
    return writer.environment("darray", body, "{rcl}")


def _aligned_matrix(fence: str, writer: Writer, _: str, body: list[str]) -> str:
    """Rewrite ``pmatrix*`` with its ``[r]``."""
    reader = Reader(body)
    side = reader.optional_text() or "c"
    cells = reader.rest()
    count = max(len(split_at(row, "&")) for row in split_at(cells, "\\\\", "\\cr"))
    if side not in ("l", "c", "r") or count > MAX_COLUMNS:
        raise Unknown("columns")
    left, right = _FENCES[fence]
    return f"\\left{left}{writer.environment('array', cells, f'{{{side * count}}}')}\\right{right}"


def _matrix(fence: str, writer: Writer, name: str, body: list[str]) -> str:
    """Rewrite a matrix with columns, which many have defined for themselves: ``[cc|c]``."""
    reader = Reader(body)
    columns = reader.optional_text() if "]" in body else None
    if not columns or columns.strip("lcr|:"):
        return writer.environment(name, body)
    left, right = _FENCES[fence]
    return f"\\left{left}{writer.environment('array', reader.rest(), f'{{{columns}}}')}\\right{right}"


def _small(fence: str, writer: Writer, _: str, body: list[str]) -> str:
    left, right = _FENCES[fence]
    table = writer.marks.group(writer.environment("matrix", body), "table", class_="small", scriptlevel="1")
    return f"\\left{left}{table}\\right{right}" if fence else table


def _diagram(writer: Writer, _: str, body: list[str]) -> str:
    """Rewrite a diagram of the package amscd: arrows between cells, and rows of arrows."""
    rows = [" & ".join(_cells(writer, Reader(row))) for row in split_at(body, "\\\\", "\\cr")]
    return "\\begin{matrix} " + "\\\\".join(rows) + "\\end{matrix}"


def _cells(writer: Writer, reader: Reader) -> list[str]:
    cells: list[str] = []
    cell: list[str] = []
    while reader:
        token = reader.next()
        if token != "@":
            cell.append(token)
            continue
        sign = reader.next()
        upright = sign in "VA|"
        if not upright or "".join(cell).strip():
            cells.append(writer.written(cell))
        elif cells:
            cells.append("")  # between two arrows that go up or down nothing stands
        cell = []
        cells.append(_arrow(writer, reader, sign))
    return [*cells, writer.written(cell)] if "".join(cell).strip() else cells


def _arrow(writer: Writer, reader: Reader, sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign not in _ARROWS:
        raise Unknown("an arrow")
    first, second = writer.written(reader.until(sign)), writer.written(reader.until(sign))
    if sign in "<>":
        return f"\\x{_ARROWS[sign][1:]}[{second}]{{{first}}}"
    return f"{{\\scriptstyle {first}}}\\Big{_ARROWS[sign]}{{\\scriptstyle {second}}}"


ENVIRONMENTS: dict[str, Environment] = {
    "split": partial(_renamed, "aligned"),
    "aligned": partial(_renamed, "aligned"),
    "gathered": partial(_renamed, "gathered"),
    "lgathered": partial(_renamed, "gathered"),
    "multlined": partial(_renamed, "gathered"),
    "alignedat": partial(_with_columns, "aligned"),
    "alignat": partial(_with_columns, "align"),
    "alignat*": partial(_with_columns, "align"),
    "xalignat": partial(_with_columns, "align"),
    "displaymath": _plain,
    "math": _plain,
    "subequations": _plain,
    "center": _plain,
    "array": _array,
    "darray": _array,
    "tabular": _tabular,
    "numcases": _numcases,
    "subnumcases": _numcases,
    "eqnarray": _eqnarray,
    "eqnarray*": _eqnarray,
    "CD": _diagram,
    "cases*": partial(_renamed, "cases"),
    "dcases*": partial(_renamed, "dcases"),
    "rcases*": partial(_renamed, "rcases"),
}
ENVIRONMENTS |= {
    f"{name}{star}": partial(_numbered, name)
    for name in ("equation", "align", "gather", "multline", "flalign")
    for star in ("", "*")
}
ENVIRONMENTS |= {f"{fence}matrix*": partial(_aligned_matrix, fence) for fence in _FENCES}
ENVIRONMENTS |= {f"{fence}matrix": partial(_matrix, fence) for fence in _FENCES}
ENVIRONMENTS |= {f"{fence}smallmatrix": partial(_small, fence) for fence in _FENCES}
