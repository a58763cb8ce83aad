"""The line being written as it will probably look: what is open in it is closed, for the view only."""

from __future__ import annotations

import re

LONGEST = 4000  # characters of a line; a longer one is shown as it is

_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])|(?<!\*)\*\*\*(?=[^\s*])")
_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()]*$|(?<![\w\]!])\[(?=[^\W\d_])([^\[\]`]{2,})\]?$")


def previewed(line: str) -> tuple[str, str]:
    """The line to be parsed in place of `line`, and the marks at its end that close what is open in it.

    Without marks, or where it might be a formula, a fence or the beginning of a list, the line as it is.
    """
    marked = "*" in line or "`" in line or "[" in line or "~~" in line
    if not marked or len(line) > LONGEST or "$" in line or "\\" in line or "``" in line:
        return line, ""
    shown = line.rstrip(" \t*~`")
    if not shown.strip(" \t>#+-=.)0123456789"):
        return line, ""
    closing = _closing(shown)
    if "[" in shown and "`" not in closing:
        link = _LINK.search(shown, max(0, shown.rfind("[") - 1))
        if link:
            shown = shown[: link.start()] + (link[1] or link[2])
            closing = _closing(shown)
    return shown + closing, closing


def _closing(line: str) -> str:
    """What is open, innermost first. Marks between backticks are words."""
    parts = line.split("`")
    words = "`".join(parts[::2])
    places = [(words.rfind(mark), mark) for mark in ("**", "~~") if words.count(mark) % 2]
    alone = words.replace("**", "")
    if "*" in alone and alone.lstrip(" \t>").removeprefix("* ").count("*") % 2:
        places += [(found.start(), "*") for found in _EMPHASIS.finditer(words)][-1:]
    return ("" if len(parts) % 2 else "`") + "".join(mark for _, mark in sorted(places, reverse=True))
