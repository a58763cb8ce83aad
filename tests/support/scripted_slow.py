"""Scenarios of a service that is slow, and well."""

from __future__ import annotations

import asyncio

from tests.support.scripted_refusals import SCENARIOS
from tests.support.scripted_scenarios import DONE, chunk, scenario
from tests.support.scripted_wire import Connection, Request

__all__ = ["SCENARIOS"]

LATE, LATE_THOUGHT = "One two.", "two."
"""What `late` says, and what is left of it when its first word is thought."""

SIGNS: dict[str, bytes] = {
    "role": chunk("", role="assistant"),
    "bare_role": chunk(role="assistant"),
    "empty": chunk(""),
    "comment": b": PROCESSING\n\n",
    "event": b"event: ping\ndata: {}\n\n",
}
"""What a service sends that is at work and has no word yet."""


@scenario
async def late(
    connection: Connection,
    request: Request,
    sign: str = "",
    signs: int = 1,
    first: float = 0,
    pause: float = 0,
    thinks: bool = False,
) -> None:
    """Answer "One two." late: `first` seconds to its first word, `pause` between both.

    With a `sign` (see SIGNS) the headers come at once, and so many of them spread over each wait. With
    `thinks` the first word is one of its thinking.
    """
    if sign:
        connection.stream_head()
    await _wait(connection, first, sign, signs)
    if not sign:
        connection.stream_head()
    connection.write(chunk(reasoning_content="Hm. ") if thinks else chunk("One "))
    await _wait(connection, pause, sign, signs)
    connection.write(chunk("two.") + chunk(finish="stop") + DONE)
    connection.end()


@scenario
async def late_list(connection: Connection, request: Request, names: str, wait: float) -> None:
    """A list of models that takes a while: the service is at work on an answer."""
    await asyncio.sleep(wait)
    connection.json(200, {"data": [{"id": name} for name in names.split()]})


async def _wait(connection: Connection, seconds: float, sign: str, signs: int) -> None:
    for _ in range(signs if sign and seconds else 0):
        connection.write(SIGNS[sign])
        await asyncio.sleep(seconds / signs)
    if not sign:
        await asyncio.sleep(seconds)
