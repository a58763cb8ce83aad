"""A table that is still being written: each of its rows is made safe once, when the next one has begun."""

from __future__ import annotations

from collections.abc import Callable

_BODY, _ROW = "<tbody>\n", "<tr>"


class GrowingRows:
    """One table; `shown` is asked again and again with more of it."""

    def __init__(self) -> None:
        self._seen = ""  # as the parser gave them: the head and the rows but the last
        self._rows = ""  # safe: those rows
        self._body = 0  # where they begin in what was seen

    def shown(self, table: str, make: Callable[[str], str]) -> str:
        """Return what ``make`` gives for the whole table; it gets the head and the rows that are new."""
        if not self._seen or not table.startswith(self._seen):
            self._seen = self._rows = ""  # as another one, or with another head
            self._body = table.find(_BODY) + len(_BODY)
        place = max(len(self._seen), self._body)
        html = make(table[: self._body] + table[place:])
        start = html.find(_BODY) + len(_BODY)
        if self._body < len(_BODY) or start < len(_BODY):
            return html
        last = table.rfind(_ROW, place)
        whole = html[:start] + self._rows + html[start:]
        if last > place:
            self._rows += html[start : html.rfind(_ROW)]
            self._seen = table[:last]
        return whole
