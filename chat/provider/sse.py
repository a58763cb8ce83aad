"""Server-sent events, from bytes to the data of each event.

The grammar is the HTML standard's, section 9.2.6 "Interpreting an event stream": `id`, `retry`, comments and
unknown fields say nothing, and an event whose data is empty is none. Two things that it would throw away are
kept, since providers tell their errors so: a field called `error`, and JSON outside of any field.
"""

from __future__ import annotations

MAX_EVENT = 1024 * 1024
"""Bytes one line, or the data of one event, may take. Peers broke on 64 and 128 KiB lines."""

BOM = b"\xef\xbb\xbf"


class ErrorData(bytes):
    """The data of an event that is called `error`, or the value of a field of that name."""


class BareLine(bytes):
    """JSON that stands in no field: a line of its own, or several up to the next blank one."""


class EventSplitter:
    """Split a byte stream, cut anywhere, into the data of its events.

    Feeding byte by byte gives the same events as feeding at once.
    """

    __slots__ = ("_bare", "_data", "_is_error", "_size", "_started", "_tail", "_tail_size", "overflow")

    def __init__(self) -> None:
        self.overflow = False
        """A line or an event was over MAX_EVENT; what came before it is still returned."""
        self._tail: list[bytes] = []  # the unfinished line, in pieces: joined once, so a drip stays linear
        self._tail_size = 0
        self._data: list[bytes] = []
        self._bare: list[bytes] = []
        self._size = 0  # of both
        self._is_error = False
        self._started = False

    @property
    def is_between_events(self) -> bool:
        """Whether nothing is kept of what came: the next byte begins an event."""
        return self._started and not (self._tail or self._data or self._bare or self._is_error)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes and return the data of each event they complete."""
        if self._tail:
            held_cr = self._tail[-1].endswith(b"\r")
            if not held_cr and b"\n" not in chunk and b"\r" not in chunk:
                self._keep(chunk)
                return []
            chunk = b"".join((*self._tail, chunk))
            self._tail.clear()
            self._tail_size = 0
        # A \r at the very end stays: it may be the first half of a CRLF.
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r", 0, -1)) + 1
        if end < len(chunk):
            self._keep(chunk[end:])
        return self._events(chunk[:end]) if end else []

    def flush(self) -> list[bytes]:
        """Return what an ended stream left without its last line end."""
        rest = b"".join((*self._tail, b"\n\n"))
        self._tail.clear()
        return self._events(rest)

    def _keep(self, piece: bytes) -> None:
        self._tail.append(piece)
        self._tail_size += len(piece)
        self.overflow = self.overflow or self._tail_size > MAX_EVENT

    def _events(self, lines: bytes) -> list[bytes]:
        if not self._started:
            self._started = True
            lines = lines.removeprefix(BOM)
        events: list[bytes] = []
        for line in lines.splitlines():  # of bytes: at \n, \r and \r\n alone, as the standard has it
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
                self._size += len(line)
            elif line:
                self._other(line, events)
            elif len(self._data) == 1 and self._data[0] and not (self._bare or self._is_error):
                events.append(self._data.pop())
                self._size = 0
            else:
                self._dispatch(events)
            if self._size > MAX_EVENT:
                self.overflow = True
                break
        return events

    def _dispatch(self, events: list[bytes]) -> None:
        """End an event, as a blank line does."""
        if self._bare:
            events.append(BareLine(b"\n".join(self._bare)))
            self._bare.clear()
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            if data:
                events.append(ErrorData(data) if self._is_error else data)
            self._data.clear()
        self._is_error = False
        self._size = 0

    def _other(self, line: bytes, events: list[bytes]) -> None:
        """Take a line that is no data."""
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(b"")
            self._size += len(line)
        elif name == b"event":
            self._is_error = value.strip() == b"error"
        elif name == b"error":
            self._is_error = True
            self._data.append(value.strip())
            self._size += len(line)
        elif self._bare:
            self._bare.append(line)
            self._size += len(line)
        elif line.startswith((b"{", b"[")):
            if line.rstrip().endswith((b"}", b"]")):
                events.append(BareLine(line))
            else:
                self._bare.append(line)
                self._size += len(line)
