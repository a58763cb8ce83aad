"""How long a reply takes, by its parts: summed over the requests of one that was continued."""

import time

from chat.models import Generation
from chat.provider import Delta, ReasoningDelta, TextDelta, TextWasReasoning


class Timing:
    """Keeps the times of a running reply in its generation, in milliseconds, from the moment it is made."""

    def __init__(self, row: Generation) -> None:
        self.started = self._last_delta = time.monotonic()
        self._row = row
        self._before = row.thinking_ms or 0
        self._first: float | None = None
        self._thinking_since: float | None = None

    def note(self, delta: Delta) -> None:
        """Note that something came. Thinking lasts from its first word to the answer's."""
        now = self._last_delta = time.monotonic()
        self._first = self._first or now
        if self._row.first_token_ms is None:
            self._row.first_token_ms = milliseconds(now - self.started)
        if isinstance(delta, TextWasReasoning):  # it has been thinking since its first word
            self._thinking_since = self._first
        if isinstance(delta, ReasoningDelta) and self._thinking_since is None:
            self._thinking_since = now
        if self._thinking_since is not None:
            self._row.thinking_ms = self._before + milliseconds(now - self._thinking_since)
        if isinstance(delta, TextDelta) and self._thinking_since is not None:
            self._before, self._thinking_since = self._row.thinking_ms or 0, None

    def idle_ms(self) -> int:
        """Return for how long nothing has come, in milliseconds."""
        return milliseconds(time.monotonic() - self._last_delta)

    def end(self) -> None:
        """Note that the reply is over."""
        elapsed = milliseconds(time.monotonic() - self.started)
        self._row.total_ms = (self._row.total_ms or 0) + elapsed


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
