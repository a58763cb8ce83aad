"""How far an answer that was read aloud was heard."""

from typing import Any

import msgspec


class HeardMark(msgspec.Struct, frozen=True):
    """Where somebody interrupted: the last `words` they heard, "" for none at all.

    That is at `offset` of block `block` of the answer, in UTF-16 units of the block's text; no offset means
    the block as a whole.
    """

    words: str
    block: int | None = None
    offset: int | None = None


def read(stored: Any) -> HeardMark | None:
    """Return the mark that a row holds; None without one, or for one that a newer version has written."""
    if stored is None:
        return None
    try:
        return msgspec.convert(stored, HeardMark)
    except msgspec.ValidationError:
        return None
