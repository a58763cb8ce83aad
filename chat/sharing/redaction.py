"""Taking words out of what is shared: out of the text itself, so that neither it nor its HTML holds them.

The words come as somebody selected or typed them, the text as it was written, with Markdown between and in
them: `my **secret** word`. So a search looks past marks of Markdown. Afterwards what a reader could see or
follow is looked through as well; a message in which the words are there all the same, as entities, in other
letters of the same shape or across cells of a table, is taken out whole.
"""

import re
import unicodedata
from collections.abc import Sequence
from html import unescape
from urllib.parse import unquote

from chat.markdown import render

REMOVED = "▇▇▇"
"""What stands for removed words, however long they were."""

# Marks that may stand between the letters of a word that is seen as one
_MARKS = re.escape("*_~`\\\u00ad\u200b\u200c\u200d\u2060\ufeff")
_IN_WORDS = f"[{_MARKS}]*"
# Between two words beside them: the beginnings of lines of lists, quotes and tables
_BETWEEN_WORDS = rf"[\s{_MARKS}>#|+-]+"
_IS_MARK = re.compile(f"[{_MARKS}]")
_SPACE = re.compile(r"\s+")
# Marks within what was found that belong to a pair, or to a row of a table: they stay. An underscore between
# letters is none
_KEPT = re.compile(r"[*~`|]+|(?<![^\W_])_+|_+(?![^\W_])")
# Tags that do not end a word; all others do
_INLINE = re.compile(r"</?(?:a|b|code|del|em|i|m[inost]|mrow|mtext|s|span|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
# Attributes whose value is somebody's text
_VALUES = re.compile(r'\b(?:href|title|alt|data-latex)="([^"]*)"')


class Redaction:
    """Words to take out: each of `phrases` wherever it stands, in whatever case."""

    def __init__(self, phrases: Sequence[str]) -> None:
        known = {_plain(phrase): phrase for phrase in phrases}
        kept = [words for words in known if words and words not in REMOVED]
        # The longest first: of two that begin alike the whole goes
        kept.sort(key=len, reverse=True)
        self._plain = kept
        self._pattern = re.compile(
            "|".join(_pattern(known[words]) for words in kept) or r"(?!)", re.IGNORECASE
        )

    def of_line(self, text: str) -> str:
        """Return plain text, such as a title or what a person said, without the words."""
        left = self._pattern.sub(REMOVED, text)
        return REMOVED if self._is_in(left) else left

    def of_markdown(self, text: str, html: str = "") -> tuple[str, str]:
        """Return Markdown without the words, and its HTML; `html` is that of the text, if it is there."""
        left = self._pattern.sub(_replaced, text)
        if left != text or not html:
            html = render(left)
        if self._is_in(left) or self._is_in(seen(html)) or any(map(self._is_in, _VALUES.findall(html))):
            return REMOVED, render(REMOVED)
        return left, html

    def _is_in(self, text: str) -> bool:
        found = _plain(unquote(unescape(text)))
        return any(words in found for words in self._plain)


def seen(html: str) -> str:
    """Return what can be read of HTML, with a space where a block ends."""
    return _TAG.sub(" ", _INLINE.sub("", html))


def _replaced(found: re.Match[str]) -> str:
    return REMOVED + "".join(_KEPT.findall(found[0]))


def _pattern(phrase: str) -> str:
    """Return what finds a phrase. No two of its parts fit the same character, so it takes linear time."""
    words = [_IS_MARK.sub("", word) for word in phrase.split()]
    return _BETWEEN_WORDS.join(_IN_WORDS.join(map(re.escape, word)) for word in words if word)


def _plain(text: str) -> str:
    """Return a text as it is compared: without marks, in one case, letters of one shape alike."""
    folded = unicodedata.normalize("NFKC", _IS_MARK.sub("", text)).casefold()
    return _SPACE.sub(" ", folded).strip()
