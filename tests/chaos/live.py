"""A reply that comes in patches, as a page holds it."""

import asyncio

from tests.chaos.page import Article


class Live:
    """A reply that comes in patches, under its handle."""

    def __init__(self, article: Article, seq: int) -> None:
        self.article, self.seq, self.acked = article, seq, 0
        self.lost = self.more = False
        self.timer: asyncio.TimerHandle | None = None

    def shows(self, reply: str, seq: int) -> bool:
        """Whether this is that reply, with all of it up to `seq` in view."""
        return self.article.id == reply and self.seq == seq and not (self.lost or self.more)


def apply(blocks: list[str], block: int, keep: int, html: str) -> None:
    """A patch as chat/realtime/protocol.py says it; ASCII alone comes here, whose UTF-16 units are its characters."""
    if keep < 0:
        del blocks[block:]
    elif block == len(blocks):
        blocks.append(html)
    else:
        blocks[block] = blocks[block][:keep] + html
