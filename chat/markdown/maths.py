"""LaTeX to MathML, or nothing when that is not possible; the caller then shows the source."""

from __future__ import annotations

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML

from chat.markdown.latex import Unknown, finished, has_marks, rewritten

MAX_SOURCE = 10_000
# math-core recurses: 2,000 nested groups fit in a thread's 8 MB, 100,000 end the process.
MAX_NESTING = 250
MAX_LENGTH = 40.0  # em: no formula may reach across the page
MIN_LENGTH = -3.0
MAX_MATHML = 200_000
KEPT = 500  # formulas of a block that is still written are asked for with every flush
MAX_KEPT_SOURCE = 2_000

_TOKEN = re.compile(r"\\(?:begin|left|end|right)(?![A-Za-z])|\\\\|\\[A-Za-z]+|\\.|[{}\[\]&]", re.DOTALL)
_SIZE = re.compile(r'="(-?(?:\d+\.?\d*|\.\d+))(?:r?em|ex)"')
_converter = LatexToMathML(fancy_error=False, allow_unreliable_rendering=True)


def mathml(latex: str, *, display: bool) -> str | None:
    """Return a ``math`` element with its source in ``data-latex``, or None.

    It has classes in place of styles.
    """
    latex = latex.strip()
    if len(latex) > MAX_KEPT_SOURCE:
        return _converted(latex, display)
    return _kept(latex, display)


def _converted(latex: str, display: bool) -> str | None:
    if not latex or len(latex) > MAX_SOURCE or has_marks(latex):
        return None
    try:
        usual, marks = rewritten(latex, display=display)
        if _nesting(usual) > MAX_NESTING:
            return None
        math = _converter.convert_with_local_state(usual, displaystyle=display)
        if len(math) > MAX_MATHML:
            return None
        math = finished(math, marks, latex)
    except (LatexError, Unknown):
        return None
    if any(not MIN_LENGTH <= float(size) <= MAX_LENGTH for size in _SIZE.findall(math)):
        return None
    return math


_kept = lru_cache(maxsize=KEPT)(_converted)


def _nesting(latex: str) -> int:
    r"""Return an upper bound of how deep the converter recurses.

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
