"""JSON cut into the objects of its list, while it is read: never more than one of them is in memory.

An object is found by its brackets alone and is decoded on its own, so one that is broken costs no other.
`ijson` knows no such thing: what it meets first that is wrong is its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 32 * 1024 * 1024
"""Of one conversation: decoded it takes about three times that."""

A_READ = 256 * 1024

# What stands between two brackets, strings as a whole (brackets may be in them), and the bracket after it, if
# that is here. Possessive throughout: what was read once is not tried again in other ways
_NO_BRACKET = rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+'
_BRACKET = rb"([{}\[\]]?)"


def _with(held: bytes) -> bytes:
    """Return a pattern of what stands between brackets, and of those that hold no more than `held`."""
    return _NO_BRACKET + rb"(?:(?:\{%(held)s\}|\[%(held)s\])" % {b"held": held} + _NO_BRACKET + rb")*+"


_NEXT = re.compile(_NO_BRACKET + _BRACKET, re.DOTALL)
# Within an object what it holds two levels deep is passed at once: each bracket that is looked at takes 1 us,
# and three of four are in such
_NEXT_WITHIN = re.compile(_with(_with(_NO_BRACKET)) + _BRACKET, re.DOTALL)
# The list of conversations in an object: that of our own format, and of what wraps another's
_NAME = re.compile(rb'"(?:conversations|chats)"\s*:\s*$')
_OPENING, _LIST_OPENS = (b"{", b"["), ord("[")

LOOK_BACK = 80
"""Bytes before a list in which its name is looked for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The `number`th object of the file; or why it could not be had whole (`problem`, of losses.KINDS)."""

    number: int
    data: bytes = b""
    problem: str = ""


class Splitter:
    """Reads `stream` to its end. `head` is what stands before the list, where an object holds it."""

    def __init__(self, stream: BinaryIO, most: int = MOST_BYTES) -> None:
        self._stream = stream
        self._most = most
        self._buffer = bytearray()
        self._place = 0  # what is before it has been looked at
        self._start = -1  # where the object in course begins, -1 between two of them
        self._depth = 0
        self._level = -1  # the depth at which objects begin; -1 before that is known
        self._is_skipping = False
        self._number = 0
        self.head = b""

    def __iter__(self) -> Iterator[Piece]:
        wanted = A_READ
        while data := self._stream.read(wanted):
            self._buffer += data
            before = self._place
            yield from self._pieces()
            # A string that goes on beyond what is here is looked at again from its beginning
            wanted = A_READ if self._place > before else min(2 * wanted, self._most)
            self._forget()
            if len(self._buffer) > self._most:  # a string without an end: nothing after it can be told apart
                yield Piece(self._number, problem="too_large")
                return
        if self._level >= 0:
            yield Piece(self._number, problem="cut_off")

    def _pieces(self) -> Iterator[Piece]:
        while found := (_NEXT_WITHIN if self._is_within else _NEXT).match(self._buffer, self._place):
            self._place = found.end()
            if not found[1]:
                return
            if found[1] in _OPENING:
                self._open(found.start(1))
            elif (piece := self._close()) is not None:
                yield piece

    @property
    def _is_within(self) -> bool:
        """Whether what comes is in an object, where no list of conversations can begin any more."""
        return self._level >= 0 and self._depth > max(self._level, 1)

    def _open(self, place: int) -> None:
        is_list = self._buffer[place] == _LIST_OPENS
        if self._level < 0:
            self._level = 1 if is_list else 0
        if self._depth == self._level and self._start < 0 and not is_list:
            self._start = place
        elif is_list and self._level == 0 and self._depth == 1 and self._is_named(place):
            self.head = bytes(self._buffer[self._start : place]) if self._start >= 0 else b""
            self._level, self._start, self._is_skipping = 2, -1, False
        self._depth += 1

    def _is_named(self, place: int) -> bool:
        """Return whether the list that begins here is the one that holds the conversations."""
        return _NAME.search(self._buffer, max(0, place - LOOK_BACK), place) is not None

    def _close(self) -> Piece | None:
        """Go up one level; return the object that ends with it."""
        level = self._level
        self._depth = max(0, self._depth - 1)
        if self._depth == 0:
            self._level = -1
        if self._depth != level or (self._start < 0 and not self._is_skipping):
            return None
        problem = "too_large" if self._is_skipping else ""
        data = b"" if problem else bytes(self._buffer[self._start : self._place])
        self._start, self._is_skipping = -1, False
        self._number += 1
        return Piece(self._number - 1, data, problem)

    def _forget(self) -> None:
        """Let go of what has been read; of an object that is too large, too."""
        if self._start >= 0 and self._place - self._start > self._most:
            self._start, self._is_skipping = -1, True
        keep = self._start if self._start >= 0 else max(0, self._place - LOOK_BACK)
        del self._buffer[:keep]
        self._place -= keep
        if self._start >= 0:
            self._start = 0
