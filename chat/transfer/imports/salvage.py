"""The files of a ZIP that is cut off: its list of files was at its end, but each has a header of its own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_HEADER = struct.Struct("<4sHHHHHLLLHH")
_SIGNATURE = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_FOLLOWS, _UTF_8 = 1, 8, 0x800
_A_READ = 64 * 1024


def salvage(file: BinaryIO) -> Iterator[tuple[str, Stream, int]]:
    """Yield the name, the content and the packed size (0: not known) of each file from the beginning on.

    The content is to be read before the next one is asked for; what is left of it is passed over. It ends
    where the ZIP does, or where it is damaged. A stored file whose size is not said ends the search.
    """
    while True:
        raw = file.read(_HEADER.size)
        if len(raw) < _HEADER.size or raw[:4] != _SIGNATURE:
            return
        _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _HEADER.unpack(raw)
        name = file.read(name_length).decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        file.seek(extra_length, 1)
        known = None if flags & _SIZE_FOLLOWS else packed
        if known is None and (method != _DEFLATED or flags & _ENCRYPTED):
            return
        place = file.tell()
        stream = Stream(file, known, method if not flags & _ENCRYPTED else -1)
        yield name, stream, packed or _size_of(file)
        if known is not None:
            file.seek(place + known)
        elif not stream.pass_over():
            return


def _size_of(file: BinaryIO) -> int:
    """Return how much of the file is left: no more of it can be packed in what follows."""
    place = file.tell()
    size = file.seek(0, 2)
    file.seek(place)
    return size - place


class Stream:
    """One file's content, as far as it is there."""

    def __init__(self, file: BinaryIO, packed: int | None, method: int) -> None:
        self._file, self._left = file, packed
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if method == _DEFLATED else None
        self._is_readable = method in (_STORED, _DEFLATED)

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if not self._is_readable:
            return b""
        if self._unpacker is None:
            return self._packed(size)
        while not self._unpacker.eof:
            data = self._unpacker.unconsumed_tail or self._packed(_A_READ)
            if not data:
                return b""
            try:
                if found := self._unpacker.decompress(data, size):
                    return found
            except zlib.error:
                self._is_readable = False
                return b""
        return b""

    def close(self) -> None:
        """Nothing: the file is the ZIP's, and goes on."""

    def pass_over(self) -> bool:
        """Go to what follows; return whether the end of this file was found."""
        while self.read(_A_READ):
            pass
        if self._unpacker is None or not self._unpacker.eof:
            return False
        self._file.seek(-len(self._unpacker.unused_data), 1)
        follows = self._file.read(4)  # the sizes, with or without a signature of their own
        self._file.seek(12 if follows == b"PK\x07\x08" else 8, 1)
        return True

    def _packed(self, size: int) -> bytes:
        data = self._file.read(size if self._left is None else min(size, self._left))
        if self._left is not None:
            self._left -= len(data)
        return data
