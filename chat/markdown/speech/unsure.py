"""Marks in words that are still being written: they may yet get an end, and then are none of the words."""

from __future__ import annotations

import re

_MARK = re.compile(r"[*_~\[\]<|`]")


def first_unsure(text: str) -> int:
    """Return where the first such mark is in the visible text of a paragraph; its length if there is none."""
    opened: list[int] = []
    last_end = text.rfind(">")
    for found in _MARK.finditer(text):
        place, mark = found.start(), found[0]
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        if mark == "[":
            opened.append(place)
        elif mark == "]":
            start = opened.pop() if opened else -1
            if start >= 0 and after in ("", "(", "[", ":"):
                return opened[0] if opened else start
        elif _is_unsure(mark, before, after) and (mark != "<" or place > last_end):
            return min([place, *opened[:1]])
    return opened[0] if opened else len(text)


def _is_unsure(mark: str, before: str, after: str) -> bool:
    if mark == "<":
        return not after or after.isalpha() or after in "/!?"
    if mark == "~":
        return "~" in (before, after) or not after
    if mark == "_" and before.isalnum() and after.isalnum():
        return False
    is_alone = (not before or before.isspace()) and after.isspace()
    return mark in "|`" or not is_alone
