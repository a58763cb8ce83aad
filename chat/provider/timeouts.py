"""How long the model service may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `first` runs from the request to the first byte of the body."""

    connect: float = 5.0
    first: float = 60.0
    between: float = 30.0
    total: float = 600.0
    after_finish: float = 5.0
    """Once the reply is whole, the usage and [DONE] are only waited for this long."""
    short: float = 20.0
    """A title."""
