"""Where sentences end, told by what is before the mark and the first visible character after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 300  # characters; a longer sentence is said in parts, so that its first sound comes soon
SHORTEST_PART = 100

_CLOSERS = "\"'\u2019\u201d\u00bb\u203a)\\]}*_"
_WIDE_CLOSERS = "\u2019\u201d\u300d\u300f\u3011\u3015\u3009\u300b\uff09\uff3d\uff5d)\\]"
_WIDE_MARKS = "\u3002\uff01\uff1f\uff1b\uff61\uff0e\u0964\u0965"
_WIDE = "\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u201c"
# Wide marks and dandas end a sentence wherever they are, others before white space
_END = re.compile(
    rf"(?P<wide>[{_WIDE_MARKS}][{_WIDE_MARKS}!?\u2026]*+[{_WIDE_CLOSERS}]*+"
    rf"|(?<!\u2026)\u2026{{2,}}+[{_WIDE_CLOSERS}]*+(?=[{_WIDE}])|(?<![!?])[!?]++[{_WIDE_CLOSERS}]*+(?=[{_WIDE}]))"
    r"|(?<![.!?\u2026\u061f\u06d4\u203d])(?P<marks>[.!?\u2026\u061f\u06d4\u203d]++)"
    rf"[{_CLOSERS}]*+(?:\s?[\u00bb\u203a])?+(?=\s|$)"
)
_VISIBLE = re.compile(r"\S")
_NEXT = re.compile(r"[^\s\[]")  # a bracket may be a link's, and is then not visible
_WORD_BEFORE = re.compile(r"[^\s(\[{\"'\u201c\u2018\u201e\u00ab\u2014\u2013/*_]*$")
_LONGEST_WORD = 24
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
# In front of a name or the rest of what they shorten: never at the end
_NEVER_LAST = frozenset(
    "mr mrs ms mx dr prof sr sra srta mme mlle hr fr frau hrn dipl ing hon gen col capt cpt lt sgt gov rep"  # noqa: SIM905
    " ул просп проф акад доц св напр тел डॉ प्रो पं स्व पी बी सी डी एम एन एस टी वी आर एल एच जे के"
    " mm dra profa exmo exma sto sta av avda ap s\u00e9c insb einschl mio mrd p\u00e1gs"
    " messrs mt st vs cf viz approx figs eqs chap vols eds nos nrn bzw bspw vgl evtl ggf inkl exkl zzgl sog"
    " tel dept univ z.b d.h i.d.r o.\u00e4 e.g i.e a.k.a p.ej p.ex ej".split()
)
_BEFORE_NUMBER = frozenset(
    "no nr art abs fig eq sec ch vol pp p ed bd str ver n\u00fam num abb kap ca env aprox"  # noqa: SIM905
    " p\u00e1g t\u00e9l рис табл стр гл रु".split()
)
_MAY_BE_LAST = frozenset(["a.m", "p.m"])
_COUNTING = frozenset("de da nb no nn fi et cs sk hu pl hr sl lv lt tr is sr".split())  # noqa: SIM905
"""Languages that write "3." for "third"."""
_DATE = re.compile(r"(?<!\d)\d{4}(?:\.\s?\d{1,2}){0,2}$")
_POINTED_DATES = frozenset(["ko", "hu"])
"""Languages that write a day as "2026. 3. 5."."""

_PARTS = (
    re.compile(r"[;:\u061b](?=\s)|[\uff1b\uff1a\u2014]"),
    re.compile(r",(?=\s)|[\uff0c\u3001\u060c]"),
    re.compile(r"\s"),
)
_SAME_ATOM = re.compile("\u00a7*")


class Stretch(NamedTuple):
    """Where a sentence is, or a part of one that was too long."""

    start: int
    end: int
    is_part: bool


def sentences(text: str, language: str, *, is_open: bool = False) -> list[Stretch]:
    """Return the sentences of a leaf, given its text with signs for what is said as a whole.

    Of a text that ``is_open``, more may come: only what has surely ended is returned, and whatever follows,
    it would be the same.
    """
    found: list[Stretch] = []
    ends = _ends(text, language.partition("-")[0], is_open=is_open)
    start, end = _skip_space(text, 0), next(ends, None)
    while start < len(text):
        while end is not None and end <= start:
            end = next(ends, None)
        stop = len(text) if end is None else end
        is_part = stop - start > LONGEST and (
            not is_open or _VISIBLE.search(text, start + LONGEST) is not None
        )
        if is_part:
            stop = _part(text, start)
        if is_open and (stop == len(text) or (end is None and not is_part)):
            break
        found.append(Stretch(start, start + len(text[start:stop].rstrip()), is_part))
        start = _skip_space(text, stop)
    return found


def _skip_space(text: str, position: int) -> int:
    visible = _VISIBLE.search(text, position)
    return visible.start() if visible else len(text)


def _part(text: str, start: int) -> int:
    """Return where a sentence is cut that is too long; what is said as a whole stays so."""
    for pattern in _PARTS:
        places = [found.end() for found in pattern.finditer(text, start + SHORTEST_PART, start + LONGEST)]
        if places:
            return places[-1]
    return _SAME_ATOM.match(text, start + LONGEST).end()  # type: ignore[union-attr]  # it matches the empty string


def _ends(text: str, language: str, *, is_open: bool) -> Iterator[int]:
    last = 0
    for found in _END.finditer(text):
        end = found.end()
        visible = _NEXT.search(text, end)
        if is_open and not visible:
            return
        if found["wide"]:
            end += _closes_quote(text, last, end)
        elif not _is_end(text, last, found, visible[0] if visible else "", language):
            continue
        yield end
        last = end


def _closes_quote(text: str, last: int, end: int) -> bool:
    """Return whether a straight quotation mark follows that began in this sentence."""
    mark = text[end : end + 1]
    return mark in ('"', "'") and text.count(mark, last, end) % 2 == 1


def _is_end(text: str, last: int, found: re.Match[str], after: str, language: str) -> bool:
    """Return whether marks before white space end a sentence; ``after`` is the next visible character."""
    if after.islower():
        return False
    if found["marks"] != "." or not after:
        return True
    place = found.start()
    before = _WORD_BEFORE.search(text, max(last, place - _LONGEST_WORD), place)
    word = before[0] if before else ""
    name = word.lower()
    if name in _BEFORE_NUMBER:
        return not after.isdigit()
    if name.isdigit():
        if not text[last : place - len(word)].strip():
            return False
        if language in _POINTED_DATES and (date := _DATE.search(text, last, place)):
            return "." not in date[0] and not after.isdigit()
        return not (language in _COUNTING and len(name) <= 2)
    if name in _MAY_BE_LAST:
        return not after.isdigit()
    return name not in _NEVER_LAST and not _INITIALS.fullmatch(word)
