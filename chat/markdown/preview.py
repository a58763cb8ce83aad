"""The line being written as it will probably look, so that nothing flickers while it grows.

What may turn out to be the beginning of a block, or part of a mark, waits until that is told by the
next characters (`held`). What is open in words is closed (`previewed`). Both are for the view only.
"""

from __future__ import annotations

import re

LONGEST = 4000  # characters of a line; a longer one is shown as it is

_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])|(?<!\*)\*\*\*(?=[^\s*])")
_LINK = re.compile(
    r"!?\[([^\[\]]+)\]\([^()]*(?:\([^()]*\)?[^()]*)*$|(?<![\w\]!])\[(?=[^\W\d_])([^\[\]`]+)\]?$"
)
_ESCAPED = re.compile(r"\\.")
_FENCE = re.compile(r"[ \t>]*(?:`+|~+)[ \t]*")
_CONTAINERS = r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*"
_BEGINNING = re.compile(
    rf"{_CONTAINERS}(?:[-+*_=][-+*_= \t]*|\d{{1,9}}[.)]?|#{{1,6}}|`{{1,2}}|~{{1,2}}|(?:`{{3}}|~{{3}})[^\n]*"
    r"|[|:]|\[[ xX]?\]?|\*\*[ \t]*)?[ \t]*"
)
_ROW = re.compile(rf"{_CONTAINERS}\|")
_DELIMITERS = re.compile(r"[ \t>]*\|[ \t|:-]*")
_MARKS = frozenset("<&[!\\~_")
_TAGS = frozenset(
    "b br code del details em i ins kbd li mark ol s strong sub summary sup u ul".split()  # noqa: SIM905
)
_LOOKED_AT = 300  # characters at the end that may hold the beginning of a mark
_UNFINISHED = re.compile(
    r"(?P<tag><(?:/?[A-Za-z][A-Za-z]{0,7}(?:[\s/][^<>]*)?|/|!-?)?)$"
    r"|&(?:#?[A-Za-z0-9]{0,10})$"
    r"|\[\^[^\]\s]{0,40}(?:\]:?)?$|!\[[^\[\]]*(?:\](?:\([^()\s]*)?)?$|[!\[\\]$"
    r"|~{1,2}$|(?<!\w)_(?:_[A-Za-z0-9_]*)?$"
)


def held(line: str, *, is_code: bool, is_row: bool) -> int:
    """Return how many characters at the end of the line being written are not to be shown yet."""
    if is_code:
        return len(line) if _FENCE.fullmatch(line) else 0
    if _BEGINNING.fullmatch(line, 0, LONGEST) or (not is_row and _ROW.match(line)):
        return len(line)
    if is_row and (opened := _open_mark(line)):
        return len(line) - opened
    end = line[-_LOOKED_AT:]
    if _MARKS.isdisjoint(end):
        return 0
    found = _UNFINISHED.search(end)
    if not found or (found["tag"] and not _may_be_tag(found["tag"])):
        return 0
    return len(end) - found.start()


def _open_mark(row: str) -> int:
    """Return where code or a formula begins in a table's row that is not ended: bars in it part no cells."""
    places = [row.rfind(mark) for mark in "`$" if row.count(mark) % 2]
    return min(places, default=0)


def delimiters(header: str, line: str) -> str:
    """Return the row that makes a table of the one before it, if that looks like a table's first; else "".

    `line` is what is written of the row so far.
    """
    row = header.strip()
    if not row.startswith("|") or not row.endswith("|") or (line and not _DELIMITERS.fullmatch(line)):
        return ""
    cells = row.replace("\\|", "").count("|") - 1
    return f"|{'---|' * cells}" if cells > 0 else ""


def previewed(line: str) -> tuple[str, str]:
    """Return the line to be parsed in place of `line`, and the marks that close what is open in it."""
    marked = "*" in line or "`" in line or "[" in line or "~~" in line
    if not marked or len(line) > LONGEST or "``" in line:
        return line, ""
    shown = line.rstrip(" \t*~`")
    if shown.endswith("\\") or not shown.strip(" \t>#+-=.)0123456789"):
        return line, ""
    closing = _closing(shown)
    if "[" in shown and "`" not in closing:
        link = _LINK.search(shown, max(0, shown.rfind("[") - 1))
        if link:
            shown = shown[: link.start()] + (link[1] or link[2])
            closing = _closing(shown)
    return shown + closing, closing


def _may_be_tag(tag: str) -> bool:
    """Return whether it may become one of those that are shown, or a comment."""
    name = tag.lstrip("</").lower()
    if name.startswith("!"):
        return True
    word = re.match("[a-z]*", name)[0]  # type: ignore[index]  # it matches the empty string
    if word != name:
        return word in _TAGS
    return any(known.startswith(name) for known in _TAGS)


def _closing(line: str) -> str:
    """Return what is open, innermost first. Marks between backticks are words."""
    parts = line.split("`")
    words = "`".join(parts[::2])
    if "\\" in words:
        words = _ESCAPED.sub("  ", words)
    places = [(words.rfind(mark), mark) for mark in ("**", "~~") if words.count(mark) % 2]
    alone = words.replace("**", "")
    if "*" in alone and alone.lstrip(" \t>").removeprefix("* ").count("*") % 2:
        places += [(found.start(), "*") for found in _EMPHASIS.finditer(words)][-1:]
    return ("" if len(parts) % 2 else "`") + "".join(mark for _, mark in sorted(places, reverse=True))
