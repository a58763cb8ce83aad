"""Whether what stands between two marks is a formula or words that happen to lie between them."""

from __future__ import annotations

import re

_WORDS_OF_LATEX = re.compile(
    r"\\(?:text[a-z]*|math(?:rm|it|bf|sf|tt)|operatorname\*?|mbox|hbox|ce|pu|begin|end|tag\*?|label)\s*\{[^{}]*\}"
    r"|\\[A-Za-z]+|\\."
)
_WORD = r"[^\W\d_][\w'’-]+"
_WORDS = re.compile(rf"(?<![\w'’-]){_WORD}(?:[,.;:]?\s+{_WORD}){{2,}}")
_LETTERS_OF_WORDS = 10
_MARKUP = re.compile(r"\*\*[^\s*]|^[ \t]*(?:[-+*] |\d+[.)] )(?:\*\*|`)", re.MULTILINE)
_CJK = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_CJK_WORDS, _LONG_CJK_WORDS = re.compile(_CJK + "{2}"), re.compile(_CJK + "{12}")
_CJK_STOP = re.compile("[，。；：！？、]")
_EVIDENCE = re.compile(r"\\[A-Za-z{}|,;!\\]|[=^_&+<>≤≥≈≠∑∫√→∈×÷±·]|\w\s*[-*/]\s*\w")
_STRONG = re.compile(r"\\[A-Za-z{|$\\]|[\^_]|[^\W\d]['’)\]}]*\s*=|=\s*\\?[^\W\d]")
_LETTER = r"(?<![^\W\d_])[^\W\d_](?![^\W\d_])"
_SPACED = re.compile(rf"(?=.*{_LETTER})(?:{_LETTER}|[\d\s<>≤≥+*/()|.,-])+(?<![(,])")
_PUNCTUATION = " \t\n`\"'.,;:?!"
_FUNCTIONS = "arg|choose|cos|cot|deg|det|dim|exp|gcd|inf|ker|lim|ln|log|max|min|mod|sin|sup|tan"
_PLAIN_WORD = re.compile(rf"(?<!\S)\(?(?!(?:{_FUNCTIONS})\b)[A-Za-z]{{3,}}(?=[\s,.;:!?'’)]|$)")
_WORD_BESIDE = re.compile(r"(?<![^\s(])[^\W\d_]{2,}")
_CJK_LETTER = re.compile(_CJK)


def is_prose(source: str) -> bool:
    r"""Return whether it is words: three in a row outside of ``\text{}``, Markdown, Chinese or Japanese."""
    words = _WORDS_OF_LATEX.sub(" \\\\ ", source)
    if _MARKUP.search(words) or _LONG_CJK_WORDS.search(words):
        return True
    if _CJK_STOP.search(words) and _CJK_WORDS.search(words):
        return True
    return any(sum(map(str.isalpha, found[0])) >= _LETTERS_OF_WORDS for found in _WORDS.finditer(words))


def is_formula(source: str) -> bool:
    """Return whether it can hardly be anything but a formula."""
    return bool(_EVIDENCE.search(source)) and not is_prose(source)


def is_plainly_formula(source: str) -> bool:
    """Return whether it is a formula, and not by a sign that prices and paths have, too."""
    return bool(_STRONG.search(source)) and not is_prose(source)


def is_spaced_formula(source: str) -> bool:
    """Return whether it is one although spaces are around it, as in ``$ a $``."""
    return is_plainly_formula(source) or bool(_SPACED.fullmatch(source.strip()))


def may_be_formula(source: str) -> bool:
    """Return whether a line between marks is no words: ``10K flat, 8`` and ``and parent`` are some."""
    if not source.strip(_PUNCTUATION) or is_prose(source):
        return False
    if _STRONG.search(source):
        return True
    if source[0].isdigit() and (
        _CJK_LETTER.search(source) or source[-1].isdigit() and _WORD_BESIDE.search(source)
    ):
        return False  # amounts
    return not _PLAIN_WORD.search(source)
