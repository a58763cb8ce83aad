"""What somebody looks for, read from what they typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.search.terms import SPACED_LETTER, asked_terms, fold, is_unspaced

MAX_QUERY = 500
"""Characters that are read: nobody types more, and a pasted text is not found by more of it."""

MOST_PARTS = 20
SHORTEST_BEGINNING = 3
"""Letters of a word that is still being typed, before words that begin so are looked for."""

# "a phrase" in the quotation marks of many languages, else what stands between spaces; "-" before either
_PART = re.compile(r'(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]|「([^」]*)」|『([^』]*)』|(\S+))')
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = rf"(?<!{SPACED_LETTER})", rf"(?!{SPACED_LETTER})"


@dataclass(frozen=True, slots=True)
class Query:
    """`wanted` and `unwanted` are words and phrases, folded as texts are, with single spaces.

    `is_going_on` says that the last of the wanted is a word that may not be typed to its end.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    is_going_on: bool = False

    @property
    def terms(self) -> list[str]:
        """The terms that a text must have."""
        return list(dict.fromkeys(term for part in self.wanted for term in asked_terms(part)))

    def finder(self, *, begun: bool = False) -> Finder:
        """Return what looks for it; `begun` where the last word may go on."""
        last = len(self.wanted) - 1
        wanted = [_pattern(part, begun and place == last) for place, part in enumerate(self.wanted)]
        return Finder(wanted, [_pattern(part) for part in self.unwanted], self.wanted)


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for what is wanted, and for what is not, in texts as `comparable` returns them.

    `words` are those of `wanted` as they are: a text without one of them is passed over at a glance, while a
    pattern that asks what is before a word tries all places.
    """

    wanted: list[re.Pattern[str]]
    unwanted: list[re.Pattern[str]]
    words: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Return whether a text holds all that is wanted and nothing that is not."""
        return (
            all(word in text for word in self.words)
            and all(part.search(text) for part in self.wanted)
            and not any(part.search(text) for part in self.unwanted)
        )


def _pattern(part: str, is_begun: bool = False) -> re.Pattern[str]:
    """Return what finds a part that is not within a word, except where no spaces are between words."""
    before = "" if is_unspaced(part[0]) else _NO_LETTER_BEFORE
    after = "" if is_begun or is_unspaced(part[-1]) else _NO_LETTER_AFTER
    return re.compile(f"{before}{re.escape(part)}{after}")


def parse(typed: str) -> Query:
    """Return what is looked for. Marks without a letter or digit are not: nothing is found by them."""
    wanted: list[str] = []
    unwanted: list[str] = []
    is_word = False
    for found in list(_PART.finditer(typed[:MAX_QUERY]))[:MOST_PARTS]:
        part = comparable(next(group for group in found.groups()[1:] if group is not None))
        if asked_terms(part):
            (unwanted if found[1] else wanted).append(part)
            is_word = not found[1] and found[5] is not None
    is_open = typed[-1:] == typed[-1:].strip()
    is_going_on = is_word and is_open and len(wanted[-1]) >= SHORTEST_BEGINNING
    return Query(tuple(wanted), tuple(unwanted), is_going_on and not is_unspaced(wanted[-1][-1]))


def comparable(text: str) -> str:
    """Return a text folded, with single spaces and none at its ends."""
    return " ".join(fold(text).split())
