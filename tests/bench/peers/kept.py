"""What is left of replies when their server is killed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bench.reading import STAMP

# Seconds from the first token to the kill; and the most for anything
AFTER, LIMIT = 4.0, 60
SHORT, LONG = (f"Please. [[scenario:stamped tokens={tokens} rate=50]]" for tokens in (20, 600))


def share(shown: str, found: str) -> float:
    """Of the tokens that were shown, how many are found."""
    stamps = set(STAMP.findall(shown))
    return len(stamps & set(STAMP.findall(found))) / len(stamps) if stamps else 0.0


async def kept(
    page: Callable[[int, Any], Any],
    port: int,
    people: list[Any],
    kill_and_start: Callable[[], Awaitable[None]],
) -> tuple[float, float]:
    """The shares of a reply that had ended and of one that had not."""
    ended, running = (page(port, person) for person in people)
    for each, text in ((ended, SHORT), (running, LONG)):
        await each.open()
        each.ask(text)
        if each is ended:
            await asyncio.wait_for(each.ended.wait(), LIMIT)
    await asyncio.sleep(AFTER)
    shown = ended.text, running.text
    await kill_and_start()
    shares = [share(text, await each.stored()) for text, each in zip(shown, (ended, running), strict=True)]
    for each in (ended, running):
        each.close()
    return shares[0], shares[1]
