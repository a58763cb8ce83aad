"""A few words of a text around what was found, with that marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.core.text import normalized
from chat.search.query import Finder
from chat.search.terms import fold

BEFORE, LENGTH = 30, 240
"""Characters before the first mark, so that it is seen on a phone, and in all."""

STRETCH = 100
"""Characters that are folded together to find a place again, which is much faster than one by one."""

# Marks of Markdown, the addresses of links, and the commands of formulas; what remains are words
_MARKUP = re.compile(
    r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s[^)]*)?\)"
    r"|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}|^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+|\|",
    re.MULTILINE,
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters, and whether they were looked for."""

    text: str
    is_marked: bool


Excerpt = tuple[Piece, ...]


def excerpt(text: str, finder: Finder) -> Excerpt:
    """Return the words around the first of what is wanted, in pieces; "…" where the text goes on."""
    plain = _plain(normalized("NFC", text))
    folded = fold(plain)
    first = min((found.start() for part in finder.wanted if (found := part.search(folded))), default=0)
    start = _word_start(plain, max(0, _place(plain, first) - BEFORE))
    shown = plain[start : _word_end(plain, start + LENGTH)]
    pieces = [Piece("…", False)] if start else []
    pieces += _marked(shown, finder)
    if start + len(shown) < len(plain):
        pieces.append(Piece("…", False))
    return tuple(pieces)


def _marked(shown: str, finder: Finder) -> Iterator[Piece]:
    folded, places = _with_places(shown)
    found = (match for part in finder.wanted for match in part.finditer(folded))
    place = 0
    for begin, end in sorted((places[match.start()], places[match.end() - 1] + 1) for match in found):
        if begin < place:
            continue
        if begin > place:
            yield Piece(shown[place:begin], False)
        yield Piece(shown[begin:end], True)
        place = end
    if place < len(shown):
        yield Piece(shown[place:], False)


def _place(plain: str, folded_place: int) -> int:
    """Return about where in the text a place of the folded text comes from: at most STRETCH before it."""
    folded = 0
    for start in range(0, len(plain), STRETCH):
        stretch = plain[start : start + STRETCH]
        folded += len(fold(stretch))
        if folded > folded_place:
            return start + max(0, len(stretch) - (folded - folded_place))
    return 0


def _plain(text: str) -> str:
    return _SPACE.sub(" ", _MARKUP.sub(lambda found: found[1] or "", text)).strip()


def _with_places(plain: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the place it comes from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(plain):
        new = fold(character)
        folded.append(new)
        places += [place] * len(new)
    return "".join(folded), places


def _word_start(text: str, place: int) -> int:
    """Return the next beginning of a word, if it is near."""
    space = text.find(" ", place, place + 15) if place else -1
    return space + 1 if space >= 0 else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - 15, place)
    return space if space >= 0 else place
