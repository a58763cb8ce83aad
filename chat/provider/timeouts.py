"""How long the provider may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Slow is not broken: a peer that is gone is found by its socket (chat/provider/keepalive.py).

    `first` runs from the request to the first word, of the answer or of the thinking before it: neither
    headers nor a role, an empty piece or a comment is one. `between` runs from one read to the next once
    there is a word, so that whoever sends signs of life meanwhile may take longer.
    """

    connect: float = 5.0
    first: float = 600.0
    between: float = 300.0
    total: float = 3600.0
    after_finish: float = 10.0
    """Once the reply is said to be whole and nothing more comes, [DONE] is only waited for this long: some
    providers say so after each part."""
    short: float = 20.0
    """A list of models."""
