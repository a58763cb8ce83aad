"""A model that writes what is hard to render."""

from __future__ import annotations

from tests.support.hostile_texts import KINDS, TAILS
from tests.support.scripted_essay import SCENARIOS
from tests.support.scripted_scenarios import DONE, chunk, cut, paced, scenario
from tests.support.scripted_wire import Connection, Request

__all__ = ["SCENARIOS"]

PIECES = 8


@scenario
async def hostile(connection: Connection, request: Request, kind: int = 0, kilobytes: int = 256) -> None:
    """A text of tests/support/hostile_texts.py, the `kind`-th of those with a beginning, within two seconds."""
    text = KINDS[list(TAILS)[kind % len(TAILS)]](kilobytes * 1024)
    connection.stream_head()
    await paced(connection, [chunk(piece) for piece in cut(text, len(text) // PIECES + 1)], PIECES / 2)
    connection.write(chunk(finish="stop") + DONE)
    connection.end()
