"""LaTeX to MathML, or nothing when that is not possible; the caller then shows the source."""

from __future__ import annotations

import re

from math_core import LatexError, LatexToMathML

MAX_SOURCE = 10_000
# math-core recurses: 2,000 nested groups fit in a thread's 8 MB, 100,000 end the process.
MAX_NESTING = 250
MAX_LENGTH = 40.0  # em: no formula may reach across the page
MIN_LENGTH = -3.0

_TOKEN = re.compile(r"\\(?:begin|left|end|right)(?![A-Za-z])|\\\\|\\[A-Za-z]+|\\.|[{}\[\]&]", re.DOTALL)
_DEFINITION = re.compile(r"\\(?:(?:re)?new(?:command|environment)|providecommand|[egx]?def|let)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|multline|flalign|alignat)\}")
_LABEL = re.compile(r"\\label\{[^{}]*\}")
_ENVIRONMENT = re.compile(r"\\begin\{(?:equation|align|gather|multline|flalign|alignat)\*?\}")
# What models write that math-core does not know, and what says the same.
_SYNONYMS = {
    "\\mbox": "\\text",
    "{split}": "{aligned}",
    "{smallmatrix}": "{matrix}",
}
_STYLE = re.compile(r' style="([^"]*)"')
_SIZE = re.compile(r'="(-?[\d.]+)(?:r?em|ex)"')
_CLASSES = {
    "text-align: left": "left",
    "text-align: right": "right",
    "padding-left: 0": "flush-left",
    "padding-right: 0": "flush-right",
    "border-left:": "line-left",
    "border-right:": "line-right",
    "border-top:": "line-top",
    "border-bottom:": "line-bottom",
    "width: 100%": "wide",
    "width: 50%": "margin",
}
_converter = LatexToMathML(fancy_error=False)


def mathml(latex: str, *, display: bool) -> str | None:
    """A ``math`` element with classes in place of styles, or None."""
    latex = latex.strip()
    if not latex or len(latex) > MAX_SOURCE or _DEFINITION.search(latex) or _nesting(latex) > MAX_NESTING:
        return None
    try:
        math = _converter.convert_with_local_state(_usual(latex), displaystyle=display)
    except LatexError:
        return None
    if any(not MIN_LENGTH <= float(size) <= MAX_LENGTH for size in _SIZE.findall(math)):
        return None
    return _STYLE.sub(_class, math)


def _usual(latex: str) -> str:
    """Known words for unknown ones; numbers only where written, since each formula would begin at (1)."""
    for word, synonym in _SYNONYMS.items():
        latex = latex.replace(word, synonym)
    latex = _LABEL.sub("", latex)
    latex = _NUMBERED.sub(r"\\\1{\2*}", latex)
    if "\\tag" in latex and not _ENVIRONMENT.search(latex):
        return rf"\begin{{equation*}}{latex}\end{{equation*}}"
    return latex


def _class(style: re.Match[str]) -> str:
    names = [name for rule, name in _CLASSES.items() if rule in style[1]]
    return f' class="{" ".join(names)}"' if names else ""


def _nesting(latex: str) -> int:
    r"""An upper bound of how deep the converter recurses.

    A group nests; so does a command whose argument is the next command (``\sqrt\hat x``), until
    the cell ends. Each entry of the stack is a group and the commands met in it.
    """
    stack, depth, deepest = [0], 0, 0
    for token in _TOKEN.findall(latex):
        if token in ("{", "[", "\\begin", "\\left"):
            stack.append(0)
            depth += 1
        elif token in ("}", "]", "\\end", "\\right"):
            if len(stack) > 1:
                depth -= 1 + stack.pop()
        elif token in ("&", "\\\\"):
            depth -= stack[-1]
            stack[-1] = 0
        else:
            stack[-1] += 1
            depth += 1
        deepest = max(deepest, depth)
    return deepest
