"""Sources as Markdown links: what other products show as chips."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ODD = re.compile(r"[\s\\\[\]]+")
_UNSAFE = re.compile(r"[\s<>()\\]")

MOST_SOURCES = 100
"""Sources that are listed below one text."""

MOST_PLACED = 1000
"""Sources that are put into one text: each costs a walk through all of it."""

LONGEST_TITLE = 150


def link(title: str, url: str) -> str:
    """Return a link in Markdown; "" when the address is none of the web."""
    if not url.startswith(("https://", "http://")) or len(url) > 2000:
        return ""
    safe = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}" if found[0].isascii() else "", url)
    words = _ODD.sub(" ", title[:LONGEST_TITLE]).strip() or safe.split("/")[2]
    return f"[{words}]({safe})"


def inline(links: Iterable[str]) -> str:
    """Return links as they stand in a sentence: " ([a](…), [b](…))"; "" without any."""
    there = list(dict.fromkeys(link for link in links if link))
    return f" ({', '.join(there)})" if there else ""


def below(text: str, links: Sequence[str]) -> str:
    """Return a text with numbered links below it; the text alone when it has none."""
    there = [words for words in links[:MOST_SOURCES] if words]
    if not there:
        return text
    return text + "\n\n" + "\n".join(f"{number}. {words}" for number, words in enumerate(there, 1))
