"""A snapshot in parts, for a reply that is too long to be under way to one browser all at once."""

from dataclasses import dataclass

from chat.markdown import utf16_length
from chat.realtime.protocol import Snapshot

# Characters of one part: at four bytes each, the most of UTF-8, it stays below WINDOW_BYTES of subscribers.py
PART = 60_000


@dataclass(frozen=True, slots=True)
class Piece:
    """What comes next of some blocks: it goes on after the first `keep` UTF-16 units of block `first`."""

    first: int
    keep: int
    blocks: list[str]
    is_last: bool


class Blocks:
    """What a page has been sent of a list of blocks, which may grow and change between two parts."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def after(self, whole: list[str], room: int) -> Piece:
        """Return what comes next, in at most `room` characters."""
        first = self._first_changed(whole)
        kept = self._kept(first, whole)
        pieces, is_cut = cut(whole[first:], len(kept), room)
        self.sent[first:] = [kept + pieces[0], *pieces[1:]] if pieces else []
        return Piece(first, utf16_length(kept), pieces, not is_cut)

    def _first_changed(self, blocks: list[str]) -> int:
        """Return where to go on: the last block that was sent may not be whole yet."""
        index = 0
        for known, now in zip(self.sent[:-1], blocks, strict=False):
            if known != now:
                break
            index += 1
        return index

    def _kept(self, block: int, blocks: list[str]) -> str:
        """Return the beginning of a block that the page has."""
        known = self.sent[block] if block < len(self.sent) else ""
        return known if block < len(blocks) and blocks[block].startswith(known) else ""


class SnapshotChunker:
    """What a page has been sent of a reply: its thinking first."""

    def __init__(self) -> None:
        self._thoughts, self._answer = Blocks(), Blocks()

    def after(self, whole: Snapshot) -> Snapshot:
        """Return what comes next for a page that has the parts before.

        Its `more` says that it is not the last.
        """
        thoughts = self._thoughts.after(whole.thoughts, PART)
        answer = self._answer.after(whole.blocks, PART - sum(map(len, thoughts.blocks)))
        return Snapshot(
            whole.reply,
            whole.handle,
            whole.seq,
            answer.blocks,
            thoughts.blocks,
            whole.thinking_ms,
            answer.first,
            answer.keep,
            thoughts.first,
            thoughts.keep,
            not (thoughts.is_last and answer.is_last),
        )


def cut(blocks: list[str], start: int, room: int) -> tuple[list[str], bool]:
    """Return what has room (characters) of `blocks`, from `start` in the first, and whether any is left."""
    pieces: list[str] = []
    for block in blocks:
        piece = block[start : start + room]
        pieces.append(piece)
        if start + len(piece) < len(block):
            return pieces, True
        room -= len(piece)
        start = 0
    return pieces, False
