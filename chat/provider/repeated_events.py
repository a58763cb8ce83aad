"""Events that are the same bytes as one before, but for their words: read without decoding each.

So are those of most providers, for a second at least. Where they carry something else that is new each time,
as OpenAI's do, looking for it is soon given up.
"""

from __future__ import annotations

import re

from chat.provider.wire_chunks import WireChoice, WireChunk, WireDelta, decode

KEY = b'"content"'
PROBE = "?"

MOST_MISSES = 32
"""Network reads in a row that were not all repetition, until it is taken for given that none will be."""

_START = re.compile(KEY + rb': ?"')
# What ends a string of JSON, begins an escape, or may not stand in it
_NO_WORDS = re.compile(r'[\x00-\x1f"\\]')


class RepeatedEvents:
    """Knows one event; reads those that are like it, and leaves all others to the decoder.

    What stands between the head and the tail of the known event is its words only where it can be nothing
    else: it has no quotation mark, so the first one that follows is the tail's.
    """

    __slots__ = ("_between", "_head", "_misses", "_tail", "model")

    def __init__(self) -> None:
        self.model: str | None = None
        """What the known event calls the model."""
        self._head = self._tail = b""
        self._between = ""
        self._misses = 0

    def learn(self, data: bytes) -> None:
        """Take the data of an event as the known one, if it has plain words and brings nothing else."""
        self._misses += 1
        start = _START.search(data)
        if self._misses > MOST_MISSES or start is None or data.count(KEY) != 1:
            return
        head = data[: start.end()]
        words, mark, rest = data[start.end() :].partition(b'"')
        if not words or b"\\" in data or b"\n" in data or b"\r" in data:
            return
        tail = mark + rest
        try:
            chunk = decode(head + PROBE.encode() + tail)
            between = f"{tail.decode()}\n\ndata: {head.decode()}"
        except ValueError:
            return
        if chunk == WireChunk([WireChoice(WireDelta(PROBE))], model=chunk.model):
            self.model = chunk.model
            self._head, self._tail, self._between = b"data: " + head, tail + b"\n\n", between

    def words(self, stream: bytes) -> str:
        """Return the words of these events; "" unless all are whole, like the known one, and have some."""
        head, tail = self._head, self._tail
        if not head or not stream.startswith(head) or not stream.endswith(tail):
            return ""
        try:
            found = stream[len(head) : len(stream) - len(tail)].decode().split(self._between)
        except UnicodeDecodeError:
            return ""
        words = "".join(found)
        if not all(found) or _NO_WORDS.search(words):
            return ""
        self._misses = 0
        return words
