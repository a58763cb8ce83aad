"""Markdown as other programs read it: the same words, with formulas in `$` and nothing that runs on.

What models write is kept, but for what this site's renderer reads in its own way: formulas in `\\(…\\)` and
`\\[…\\]`, documents in a fence with fences of the same length, a year at the start of a line, tags that are
shown as text. What has no end (a fence, `<details>`) gets one, so that it takes nothing of what follows it in
a file.
"""

from __future__ import annotations

import re
from collections import Counter

from comrak import ExtensionOptions, ParseOptions, RenderOptions, render_markdown

from chat.markdown.formula_stand_ins import in_dollars
from chat.markdown.source import Source
from chat.markdown.stand_ins import END, LINE_MARK, LINE_OPENING, TAKEN_FOR_TEXT, original, stand_in

# What the parser would take for the mark of an item or the line below a heading, at the start of a line
_NO_ITEM = re.compile(rf"^( {{0,3}}\d{{1,9}})(?=[{stand_in('.)')}])", re.MULTILINE)
_NO_UNDERLINE = re.compile(rf"^( {{0,3}})(?=[{stand_in('-=')}])", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})")
# Code in a line
_CODE = re.compile(r"((?<!`)(`+)(?!`).+?(?<!`)\2(?!`))")
# A tag that the site shows as text: those that it knows are in stand-ins. No address
_SHOWN_TAG = re.compile(
    r"(?<!\\)<(?=[A-Za-z/!?])(?![A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>|[^\s<>@/]+@[^\s<>]+>)"
)
_KNOWN_TAG = re.compile(f"<([{TAKEN_FOR_TEXT}][^<>]*)>")
_NAME = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*)")
_VOID = frozenset({"br"})
_LAST = "portable-end"


def _standard() -> tuple[ExtensionOptions, ParseOptions, RenderOptions]:
    output = RenderOptions()
    output.unsafe_ = True
    return ExtensionOptions(), ParseOptions(), output


_STANDARD = _standard()


def portable(text: str) -> str:
    """Return a reply's Markdown for a file, without empty lines at its ends."""
    source = Source()
    source.feed(text)
    lines = source.ended().text().replace(END, "").replace(LINE_OPENING, "").replace(LINE_MARK, "")
    lines = _NO_UNDERLINE.sub(r"\1\\", _NO_ITEM.sub(r"\1\\", lines))
    lines = lines.replace(stand_in("<"), r"\<").replace(stand_in("|"), r"\|")
    words = in_dollars(original(_tags_as_meant(lines))).strip("\n").rstrip()
    for way in (words, _closed(words)):
        if _ends(way):
            return way
    return quoted(text)


def quoted(text: str) -> str:
    """Return words as a quotation, whose lines stay lines: whatever is open in it ends with it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(f"> {line}  " if line.strip() else ">" for line in lines)


def _tags_as_meant(lines: str) -> str:
    """Return Markdown in which tags that the site shows as text are text, outside of code."""
    opened, closed = _tags(lines, ""), _tags(lines, "/")
    uneven = {name for name in opened | closed if opened[name] != closed[name]} - _VOID
    fence, shown = "", []
    for line in lines.split("\n"):
        found = _FENCE.match(line)
        if not fence and found:
            fence = found[1]
        elif fence and found and found[1].startswith(fence) and line.strip(" \t>").strip(fence[0]) == "":
            fence = ""
        elif not fence and "<" in line:
            parts = _CODE.split(line)
            parts[::3] = [_SHOWN_TAG.sub(r"\\<", _known(part, uneven)) for part in parts[::3]]
            line = "".join(part for place, part in enumerate(parts) if place % 3 != 2)
        shown.append(line)
    return "\n".join(shown)


def _known(part: str, uneven: set[str]) -> str:
    """Return text in which a known tag that has no partner is text."""

    def written(found: re.Match[str]) -> str:
        name = _NAME.match(original(found[1]))
        return f"\\{found[0]}" if name and name[2].lower() in uneven else found[0]

    return _KNOWN_TAG.sub(written, part)


def _tags(lines: str, kind: str) -> Counter[str]:
    names = (_NAME.match(original(found)) for found in _KNOWN_TAG.findall(lines))
    return Counter(name[2].lower() for name in names if name and name[1] == kind)


def _ends(text: str) -> bool:
    """Return whether what follows the text, after an empty line, is not taken into it."""
    html: str = render_markdown(f"{text}\n\n# {_LAST}\n", *_STANDARD)
    return html.endswith(f"<h1>{_LAST}</h1>\n")


def _closed(text: str) -> str:
    """Return the text with an end for a fence that has none."""
    mark = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not mark and found:
            mark = found[1]
        elif mark and found and found[1].startswith(mark) and line.strip(" \t>").strip(mark[0]) == "":
            mark = ""
    return f"{text}\n{mark}" if mark else text
