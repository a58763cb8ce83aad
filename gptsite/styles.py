"""Joining style sheets into one file, so that a page that is styled by many asks for few.

Browsers take the sheets as they are too, and do where the site is developed (`manage.py runserver`). What is
joined keeps to one form, and anything else is an error of the build: a sheet imports others by relative
addresses, in double quotes, before all else, and none comes twice.
"""

import posixpath
import re
from collections.abc import Callable

from gptsite.scripts import resolved

IMPORTS = re.compile(r'(?:@import "\.[^"]+\.css";\s*)*')
ADDRESS = re.compile(r'"([^"]+)"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Ends and beginnings of lines, and empty ones: for readers of the source only
BLANK = re.compile(r"\s*\n\s*")
# A file beside the sheet: no address with a scheme, no `data:`, no path from the root, no part of the page
URL = re.compile(r"""url\((["']?)(?![a-z]+:|[/#])([^"')]+)\1\)""")


class JoinedStyles:
    """One sheet with all that it imports: its `text`, and the `parts` of it, each after what it needs."""

    def __init__(self, entry: str, read: Callable[[str], str]) -> None:
        """`read(name)` returns the text of a sheet; names are paths relative to one root."""
        self._read = read
        self._folder = posixpath.dirname(entry)
        self._seen: set[str] = set()
        self.parts: dict[str, str] = {}
        self._add(entry)
        self.text = "".join(self.parts.values())

    def _add(self, name: str) -> None:
        if name in self._seen:
            raise ValueError(f"{name} is imported twice, or by itself")
        self._seen.add(name)
        text = BLANK.sub("\n", COMMENT.sub("", self._read(name))).lstrip()
        imports = IMPORTS.match(text)
        rules = IMPORTS.sub("", text, count=1)
        if "@import" in rules:
            raise ValueError(f"{name} cannot be joined: an @import is in another form or place")
        for address in ADDRESS.findall(imports[0] if imports else ""):
            self._add(resolved(name, address))
        self.parts[name] = URL.sub(lambda found: self._from_entry(name, found), rules)

    def _from_entry(self, name: str, found: re.Match[str]) -> str:
        """Return the address of a file beside a part as it is from the joined sheet's folder."""
        quote, address = found.groups()
        return f"url({quote}{posixpath.relpath(resolved(name, address), self._folder)}{quote})"
