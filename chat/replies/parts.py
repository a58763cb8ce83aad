"""A snapshot in parts, for a reply that is too long to be under way to one browser all at once."""

from chat.events import Snapshot
from chat.markdown import utf16_length

# Characters of one part: at four bytes each, the most of UTF-8, it stays below WINDOW_BYTES of watchers.py
PART = 60_000


class Parts:
    """What a page has been sent of a reply, which may grow and change between two parts."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._reasoning = ""

    def after(self, whole: Snapshot) -> Snapshot:
        """What comes next for a page that has the parts before; `more` says that it is not the last."""
        thought, block = len(self._reasoning), self._first_changed(whole.blocks)
        reasoning = whole.reasoning[thought : thought + PART]
        kept = self._kept(block, whole.blocks)
        pieces, is_cut = cut(whole.blocks[block:], len(kept), PART - len(reasoning))
        self._blocks[block:] = [kept + pieces[0], *pieces[1:]] if pieces else []
        self._reasoning += reasoning
        return Snapshot(
            whole.reply,
            whole.handle,
            whole.seq,
            pieces,
            reasoning,
            whole.thinking_ms,
            block,
            utf16_length(kept),
            utf16_length(whole.reasoning[:thought]),
            is_cut or len(self._reasoning) < len(whole.reasoning),
        )

    def _first_changed(self, blocks: list[str]) -> int:
        """Where to go on: the last block that was sent may not be whole yet."""
        index = 0
        for known, now in zip(self._blocks[:-1], blocks, strict=False):
            if known != now:
                break
            index += 1
        return index

    def _kept(self, block: int, blocks: list[str]) -> str:
        """The beginning of a block that the page has."""
        known = self._blocks[block] if block < len(self._blocks) else ""
        return known if block < len(blocks) and blocks[block].startswith(known) else ""


def cut(blocks: list[str], start: int, room: int) -> tuple[list[str], bool]:
    """What has room (characters) of `blocks`, of the first from `start` on, and whether anything is left."""
    pieces: list[str] = []
    for block in blocks:
        piece = block[start : start + room]
        pieces.append(piece)
        if start + len(piece) < len(block):
            return pieces, True
        room -= len(piece)
        start = 0
    return pieces, False
