"""The JSON files in what was uploaded: a JSON file itself, a ZIP, or a ZIP that is cut off.

A name in a ZIP is only ever a name: nothing is unpacked to disk. What unpacks to much more than it is, is
read no further; all that is read is counted while it is read, whatever the ZIP says of itself.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from chat.core.text import clean
from chat.transfer.imports import losses
from chat.transfer.imports.directory import is_too_long
from chat.transfer.imports.salvage import salvage

MOST_RATIO, FREE = 200, 64 * 1024 * 1024
"""Times its size that a file may unpack to, beyond what is free. JSON of conversations shrinks to a fifth,
and of the same sentence all over to a hundredth; a bomb to a thousandth."""

MOST_UNPACKED = 20 * 1024**3
"""Bytes that the files of one ZIP may unpack to, all together."""

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Member:
    """A JSON file: `open` gives its bytes. With a `problem` (losses.KINDS) there are none."""

    name: str
    open: Callable[[], BinaryIO] | None = None
    problem: str = ""


class Exploded(Exception):
    """A file unpacks to more than it may."""


@dataclass(slots=True)
class Extent:
    """How many bytes of JSON have been read, of how many as the file says."""

    done: int = 0
    total: int = 0


class Meter:
    """Reads a stream, and counts what comes of it. Raises Exploded beyond `most`."""

    def __init__(self, stream: IO[bytes], most: int, extent: Extent) -> None:
        self._stream, self._extent = stream, extent
        self._left = most

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        self._extent.done += len(data)
        if self._left < 0 or self._extent.done > MOST_UNPACKED:
            raise Exploded
        return data

    def close(self) -> None:
        self._stream.close()


def members(path: Path, extent: Extent) -> Iterator[Member]:
    """Yield the JSON files of an upload, and what of it is none but should have been looked into."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] != b"PK":
        extent.total = path.stat().st_size
        yield Member("", lambda: _metered(path.open("rb"), extent.total, extent))
        return
    if is_too_long(path):
        yield Member("", problem=losses.BOMB)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        yield from _cut(path, extent)
        return
    with archive:
        found = archive.infolist()
        said = sum(info.file_size for info in found if info.filename.lower().endswith(".json"))
        extent.total = min(said, MOST_UNPACKED)  # it may say what no column holds
        for info in found:
            yield from _member(archive, info, extent)


def _metered(stream: IO[bytes], size: int, extent: Extent) -> BinaryIO:
    return cast("BinaryIO", Meter(stream, FREE + MOST_RATIO * size, extent))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, extent: Extent) -> Iterator[Member]:
    name = clean(info.filename[-LONGEST_NAME:])
    ending = info.filename.rpartition(".")[2].lower()
    if info.is_dir() or "__MACOSX/" in info.filename:
        return
    if ending == "zip":
        yield Member(name, problem=losses.NESTED)
    elif ending == "json" and info.flag_bits & 1:
        yield Member(name, problem=losses.ENCRYPTED)
    elif ending == "json":
        yield Member(name, lambda: _metered(archive.open(info), info.compress_size, extent))


def _cut(path: Path, extent: Extent) -> Iterator[Member]:
    """Yield what a ZIP without its end still holds, and last that it is cut off."""
    with path.open("rb") as file:
        for name, stream, size in salvage(file):
            if name.lower().endswith(".json") and "__MACOSX/" not in name:
                meter = _metered(cast("IO[bytes]", stream), size, extent)
                yield Member(clean(name[-LONGEST_NAME:]), lambda meter=meter: meter)  # type: ignore[misc]
    yield Member("", problem=losses.CUT_OFF)


UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged file of a ZIP raises."""
