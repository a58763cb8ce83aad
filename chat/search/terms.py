"""The terms of a text, by which it is found: made in one way for both databases, and for what is asked.

Letters are folded: case, width (`ＡＢＣ`), accents of Latin, Greek and Cyrillic letters, Arabic vowel marks.
Words of languages that set spaces are terms as they are. Chinese, Japanese, Korean, Thai and their
neighbours are cut into characters and pairs of neighbours, since neither SQLite's nor PostgreSQL's own
parser knows where their words end: FTS5's `unicode61` takes a run of Chinese for one word, and its
`trigram` finds nothing under three.
"""

from __future__ import annotations

import re
import unicodedata

from chat.core.text import normalized

MAX_TEXT = 200_000
"""Characters of a text that are indexed: what one text may cost."""

LONGEST_TERM = 40
"""Characters: of a longer word, as in code or data, the beginning counts."""

# Accents on Latin, Greek and Cyrillic letters; vowel marks of Hebrew and Arabic, and what lengthens words.
# The marks of Japanese and of Indian languages make another letter of one, and stay.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)

# Han, Kana, Hangul, and Thai to Khmer: no spaces between words (in Korean particles are joined to them)
_RUN = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U000323af"
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17d3"
)
# Letters and digits of all others, with the vowels and marks of Indian languages, which `\w` does not count
_WORD = rf"(?:[^\W_{_RUN}]++|[\u0900-\u0963\u0966-\u0dff]++)++"
SPACED_LETTER = rf"[^\W_{_RUN}]"
"""A letter or digit of a language that sets spaces, as a pattern."""

_TOKEN = re.compile(rf"([{_RUN}]+)|{_WORD}")
_RUNS, _WORDS, _PLAIN_WORDS = re.compile(f"[{_RUN}]+"), re.compile(_WORD), re.compile("[a-z0-9]+")
_SPACE = re.compile(r"\s+")


class _Folding(dict[int, str]):
    """What each character is folded to, worked out when it first comes: `str.translate` asks here."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKD", character).casefold()
        folded = unicodedata.normalize("NFKC", _DROPPED.sub("", plain))
        if len(self) < 50_000:
            self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return a text without what makes no difference; may be longer or shorter than it was."""
    if text.isascii():  # the same in a twentieth of the time
        return text.lower()
    return normalized("NFC", text).translate(_FOLDING)


def terms(text: str) -> set[str]:
    """Return the terms of a text: words, and characters and pairs where no spaces are between words."""
    folded = fold(text[:MAX_TEXT])
    is_plain = folded.isascii()
    found = set((_PLAIN_WORDS if is_plain else _WORDS).findall(folded))
    for word in [word for word in found if len(word) > LONGEST_TERM]:
        found.remove(word)
        found.add(word[:LONGEST_TERM])
    if not is_plain:
        for run in _RUNS.findall(folded):
            found.update(run)
            found.update(_pairs(run))
    return found


def asked_terms(word: str) -> list[str]:
    """Return the terms that a text has which holds this word or phrase: pairs rather than characters."""
    found = []
    for token in _TOKEN.finditer(fold(word)):
        run = token[1]
        if run and len(run) > 1:
            found += _pairs(run)
        else:
            found.append(token[0][:LONGEST_TERM])
    return list(dict.fromkeys(found))


def is_unspaced(character: str) -> bool:
    """Return whether it is written without spaces between words, so that it may be found within a run."""
    token = _TOKEN.match(fold(character))
    return bool(token and token[1])


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
