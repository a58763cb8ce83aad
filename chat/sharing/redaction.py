"""Taking words out of what is shared: out of the text itself, so that neither it nor its HTML holds them.

The words come as somebody selected or typed them, the text as it was written, with Markdown between and in
them: `my **secret** word`. So a search looks past marks of Markdown. Afterwards what a reader could see or
follow is looked through as well; a message in which the words are there all the same, as entities, in other
letters of the same shape or across cells of a table, is taken out whole.

Words are found by `str.find` in a text that is folded, and not by a pattern: a hundred phrases and a text
made for each other kept a pattern, and with it the whole server, busy for minutes.

They are looked for twice: as they are written, in whatever case, and as they look. A "paypal" with Cyrillic
letters reads as one without, and goes with it. The first look stays, since the Russian B looks like a Latin
letter only where it is a capital, and both are one letter.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from urllib.parse import unquote

from chat.core.text import normalized
from chat.markdown import render

Fold = Callable[[str], str]

REMOVED = "▇▇▇"
"""What stands for removed words, however long they were."""

# What may stand between the letters of a word that is seen as one: marks of Markdown, and what is not seen at
# all, as directional marks, joiners and variation selectors
_MARKS = "*_~`\\"
_UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
_UNSEEN += "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
_IS_MARK = re.compile(f"[{re.escape(_MARKS)}{_UNSEEN}]")
_SPACE = re.compile(r"\s+")
# Between two words beside spaces: the beginnings of lines of lists, quotes and tables; and in addresses
_OF_LINES, _OF_NAMES = ">#|+-", "_~\\"
# Between these a space or the end of a line parts no words
_RUN = "\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_IN_RUN = re.compile(f"(?<=[{_RUN}]) (?=[{_RUN}])")
# Marks within what was found that belong to a pair, or to a row of a table: they stay. An underscore between
# letters is none
_KEPT = re.compile(r"[*~`|]+|(?<![^\W_])_+|_+(?![^\W_])")
# Tags that end a word; no other does
_BLOCK = re.compile(
    r"</?(?:blockquote|br|col|colgroup|details|div|figure|h[1-6]|hr|input|li|mt[dr]|mtable|ol|p|pre|section"
    r"|summary|svg|table|tbody|td|text|th|thead|tr|tspan|ul)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_TAKEN = re.compile(rb"\x01+")
# Attributes whose value is somebody's text
_VALUES = re.compile(r'\b(?:href|title|alt|aria-label|data-[a-z]+)="([^"]*)"')

# Cyrillic and Greek letters, and a few more, that are taken for the Latin ones below them; hyphens, dashes
# and apostrophes, which models and keyboards write in different signs
_ALIKE = str.maketrans(
    "асеһіјкорѕухԁԛԝѵӏүАВСЕНІЈКМОРЅТУХԚԜѴҮԌαγικνορυχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹıɑɡ‐‑‒–—―−‘’ʼ′",
    "acehijkopsyxdqwvlyABCEHIJKMOPSTYXQWVYGayikvopuxcjABEZHIKMNOPTYXCiag-------''''",
)


class Redaction:
    """Words to take out: each of `phrases` wherever it stands, in whatever case."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._words: dict[Fold, list[str]] = {fold: _known(phrases, fold) for fold in (_letters, _shapes)}
        self._is_alike = self._words[_letters] != self._words[_shapes]
        self._ways = [way for fold, words in self._words.items() for way in _ways(words, fold)]

    def of_line(self, text: str) -> str:
        """Return plain text, such as a title or what a person said, without the words."""
        left = self._without(text, keeps_marks=False)
        return REMOVED if self._is_in(left) else left

    def of_markdown(self, text: str, html: str = "") -> tuple[str, str]:
        """Return Markdown without the words, and its HTML; `html` is that of the text, if it is there."""
        left = self._without(text, keeps_marks=True)
        if left != text or not html:
            html = render(left)
        if self._is_in(left) or self._is_in(seen(html)) or any(map(self._is_in, _VALUES.findall(html))):
            return REMOVED, render(REMOVED)
        return left, html

    def _without(self, text: str, *, keeps_marks: bool) -> str:
        pieces, place = list[str](), 0
        for start, end in self._places(text):
            kept = "".join(_KEPT.findall(text[start:end])) if keeps_marks else ""
            pieces += [text[place:start], REMOVED, kept]
            place = end
        return "".join([*pieces, text[place:]])

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the words stand, in order; those that overlap or touch are one place."""
        taken = bytearray(len(text))
        folds = self._folds_of(text)
        for parting, phrases, fold in self._ways:
            if phrases and fold in folds:
                folded, origin = _folded(text, parting, fold)
                for phrase in phrases:
                    for start, end in _each(phrase, folded, origin):
                        taken[start:end] = b"\1" * (end - start)
        for found in _TAKEN.finditer(taken):
            yield found.span()

    def _is_in(self, text: str) -> bool:
        found = unquote(unescape(text))
        return any(
            words in plain
            for fold in self._folds_of(found)
            for plain in [_plain(found, fold)]
            for words in self._words[fold]
        )

    def _folds_of(self, text: str) -> list[Fold]:
        """Return the ways to fold a text that differ for it."""
        differs = self._is_alike or any(_letters(sign) != _shapes(sign) for sign in set(text))
        return [_letters, _shapes] if differs else [_letters]


def seen(html: str) -> str:
    """Return what can be read of HTML, with a space where a block ends."""
    return _TAG.sub("", _BLOCK.sub(" ", html))


def _each(phrase: str, folded: str, origin: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where a phrase is in the text that was folded: whole characters of that."""
    place = folded.find(phrase)
    while place >= 0:
        end = place + len(phrase)
        yield origin[place], origin[end - 1] + 1
        place = folded.find(phrase, end)


def _folded(text: str, parting: str, fold_letters: Fold) -> tuple[str, list[int]]:
    """Return a text as `_plain` has it, and of each of its characters where it was.

    What is in `parting` counts as a space.
    """
    fold = {sign: " " if sign in parting else _SPACE.sub(" ", fold_letters(sign)) for sign in set(text)}
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for letter in fold[sign]:
            if letter != " " or not signs or signs[-1] != " ":
                signs.append(letter)
                origin.append(place)
    folded = "".join(signs)
    if gaps := {found.start() for found in _IN_RUN.finditer(folded)}:
        folded = _IN_RUN.sub("", folded)
        origin = [place for number, place in enumerate(origin) if number not in gaps]
    return folded, origin


def _known(phrases: Sequence[str], fold: Fold) -> list[str]:
    folded = dict.fromkeys(_plain(phrase, fold) for phrase in phrases)
    return [words for words in folded if words and words not in REMOVED]


def _ways(phrases: list[str], fold: Fold) -> list[tuple[str, list[str], Fold]]:
    """Return what may part the words, and which ones it may."""
    # As one word they stand whole; several may be parted by more than spaces, if they hold no such sign
    parted = [words for words in phrases if " " in words and not set(words) & set(_OF_LINES)]
    return [("", phrases, fold), (_OF_LINES, parted, fold), (_OF_LINES + _OF_NAMES, parted, fold)]


def _plain(text: str, fold: Fold) -> str:
    """Return a text as it is compared: without marks, in one case, letters of one shape alike."""
    return _IN_RUN.sub("", _SPACE.sub(" ", fold(text)).strip())


def _letters(text: str) -> str:
    return normalized("NFKC", _IS_MARK.sub("", text)).casefold()


def _shapes(text: str) -> str:
    """Return the letters of a text, those of other alphabets that look like Latin ones as these."""
    parts = normalized("NFKD", _IS_MARK.sub("", text).translate(_ALIKE))
    return normalized("NFKC", parts.translate(_ALIKE)).casefold()
