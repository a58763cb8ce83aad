"""Text as it comes in at the doors: what may be stored, and what may not."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal, cast

from django.utils.functional import Promise, lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_MESSAGE = 64_000
"""Characters a person's message may have."""

# More than either is long
LONG_CHARACTERS, LONG_LINES = 1200, 20

TITLE_MARKER = "Write a title"
"""The first words of the prompt that asks a model for a title. Doors that answer without a model
(the demo) know a title request by it."""


# Separators, controls, formats such as zero-width joiners, and marks, which need a letter to sit on.
# Not the unassigned: to an older Python the newest emoji are
_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Mn", "Me"}
# Letters and symbols by their category that show nothing: the fillers of Hangul, a Braille cell without dots
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Of those what is no space and belongs to no letter
_HIDDEN = _INVISIBLE - {"Zs", "Mn", "Me"}

_JOINERS = frozenset("\u200c\u200d\u200e\u200f")

MOST_MARKS = 30
"""Marks on one letter that are put in order together; Unicode's "stream-safe" text has no more."""

# Marks without a class of their own that are taken apart into some that have one
_COMPOSED_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
# Where so many may stand in a row: marks are no letters to `re`, but for two
_MANY_MARKS = re.compile(rf"(?:[^\w\s\0-\u02ff]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}")


def clean(text: str) -> str:
    """Make a provider's text fit to be stored: no NUL, no lone surrogates.

    PostgreSQL refuses NUL in text and UTF-8 refuses lone surrogates. Two surrogates that belong
    together, as some servers send an emoji, become their character; lone ones become U+FFFD.
    """
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if _has_surrogate(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def find_bad(text: str) -> bool:
    """Tell whether a person's text holds what cannot be stored; it is refused, never altered."""
    return "\0" in text or _has_surrogate(text)


def _has_surrogate(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return a text in a normal form of Unicode. Marks past MOST_MARKS on one letter are normalised apart.

    Python puts all marks of a letter in order by comparing each with each: of a message that has nothing else
    that took 3 s, of a reply 30.
    """
    pieces, start = list[str](), 0
    for run in _MANY_MARKS.finditer(text):
        marks = 0
        for place in range(*run.span()):
            marks = marks + 1 if _is_mark(text[place]) else 0
            if marks > MOST_MARKS:
                pieces.append(text[start:place])
                start, marks = place, 1
    pieces.append(text[start:])
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) > 0 or char in _COMPOSED_MARKS


def is_blank(text: str) -> bool:
    """Tell whether nothing can be seen of a text: only spaces, controls, fillers, lone marks."""
    return all(char in _FILLERS or unicodedata.category(char) in _INVISIBLE for char in text)


def revealed(text: str) -> str:
    """Return a text for who has to judge all of it: what cannot be seen in it is written out, as [U+E0049].

    Joiners, which letters and emoji are made with, and line ends stay.
    """
    return "".join(f"[U+{ord(char):04X}]" if _is_hidden(char) else char for char in text)


def _is_hidden(char: str) -> bool:
    if char.isascii() or char in _JOINERS:
        return False
    return char in _FILLERS or unicodedata.category(char) in {"Cf", "Cc", "Zl", "Zp", "Co"}


def has_hidden(text: str) -> bool:
    """Tell whether a name holds what cannot be seen, or what moves what can be: joiners and direction too.

    Two such names look alike, and one may look like something else.
    """
    if text.isascii():
        return not text.isprintable()
    return any(char in _FILLERS or unicodedata.category(char) in _HIDDEN for char in text)


def is_long(text: str) -> bool:
    """Tell whether a person's message is so long that the page shows its beginning first."""
    return len(text) > LONG_CHARACTERS or text.count("\n") >= LONG_LINES


def first_words(text: str, length: int = 60) -> str:
    """Return the beginning of a text on one line, cut at a word: a title for want of a better one."""
    line = " ".join(text.strip()[: length * 8].split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > length // 2 else cut}…"


def _filled(sentence: str | Promise, limits: dict[str, int]) -> str:
    return str(sentence) % {name: f"{limit:,}" for name, limit in limits.items()}


_filled_lazily = lazy(_filled, str)


def with_limits(sentence: str | Promise, **limits: int) -> _StrPromise:
    """Return a sentence that names limits, as `%(limit)s`; they are filled in when it is read."""
    return cast("_StrPromise", _filled_lazily(sentence, limits))
