"""How wide the columns of a table are: by what its first rows say.

Only rows that another one follows count, and only the first two of them. So a table that is being written
settles with each of these, as small as it is then, and moves no more; and it is the same when it has ended.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from unicodedata import east_asian_width

_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ROWS = 3  # the header's, and two more
_LOOKED_AT = 400  # characters of a cell's HTML
_NARROWEST, _WIDEST = 4, 40  # letters that a column has room for
_AROUND = 5  # letters that would fit into the room around a cell
_CODE = 3  # letters that code is wider than words
_STEP = 2  # per cent
_MOST = 25  # columns that still get a width


def with_columns(html: str) -> str:
    """Put the widths of its columns, in per cent, at the beginning of each table."""
    parts = html.split("<table>")
    return "<table>".join([parts[0], *(_columns(part) + part for part in parts[1:])])


def _columns(html: str) -> str:
    end = html.find("</table>")
    rows = [_CELL.findall(row[1]) for row in islice(_ROW.finditer(html, 0, end), _ROWS + 1)]
    if not rows or not 1 < len(rows[0]) <= _MOST:
        return ""
    settled = rows[:_ROWS] if len(rows) > _ROWS else rows[: max(1, len(rows) - 1)]
    letters = [
        max(min(_WIDEST, max(map(_letters, column))), _NARROWEST) + _AROUND
        for column in zip(*settled, strict=False)
    ]
    if len(letters) < len(rows[0]):
        return ""
    shares = [max(_STEP, round(100 * each / sum(letters) / _STEP) * _STEP) for each in letters]
    shares[shares.index(max(shares))] += 100 - sum(shares)
    columns = "".join(f'<col width="{share}%">' for share in shares)
    return f"<colgroup>{columns}</colgroup>"


def _letters(cell: str) -> int:
    """Return how many letters are as wide as what it says."""
    text = unescape(_TAG.sub("", cell[:_LOOKED_AT]))
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide + _CODE * ("<code" in cell)
