"""How many files a ZIP says that it holds, before `zipfile` makes an object of each."""

from __future__ import annotations

import struct
from pathlib import Path

MOST_DIRECTORY = 32 * 1024 * 1024
"""Bytes of the list of files at the end of a ZIP: some 200,000 files. Read, it takes ten times that."""

_TAIL = 22 + 65_535  # the end record, and its comment
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_UNKNOWN = 0xFFFF_FFFF


def is_too_long(path: Path) -> bool:
    """Return whether the list of files is longer than anybody's export has."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL - 76))
        tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or place + 22 > len(tail):
        return False
    length = struct.unpack_from("<L", tail, place + 12)[0]
    if length == _UNKNOWN:
        place = tail.rfind(_END_64, 0, place)
        if place < 0 or place + 56 > len(tail):
            return True
        length = struct.unpack_from("<Q", tail, place + 40)[0]
    return int(length) > MOST_DIRECTORY
