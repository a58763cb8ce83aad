"""How long a reply takes, by its parts: summed over the requests of one that was continued."""

import time

from chat.models import Message
from chat.provider import Delta, ReasoningDelta, TextDelta, TextWasReasoning


class Timing:
    """Keeps the times of a running reply on its row's object, in milliseconds, from the moment it is made."""

    def __init__(self, reply: Message) -> None:
        self.started = self._heard = time.monotonic()
        self._reply = reply
        self._before = reply.thinking_ms or 0
        self._first: float | None = None
        self._thinking_since: float | None = None

    def note(self, delta: Delta) -> None:
        """Something came. Thinking lasts from its first word to the answer's."""
        now = self._heard = time.monotonic()
        self._first = self._first or now
        if self._reply.first_token_ms is None:
            self._reply.first_token_ms = milliseconds(now - self.started)
        if isinstance(delta, TextWasReasoning):  # it has been thinking since its first word
            self._thinking_since = self._first
        if isinstance(delta, ReasoningDelta) and self._thinking_since is None:
            self._thinking_since = now
        if self._thinking_since is not None:
            self._reply.thinking_ms = self._before + milliseconds(now - self._thinking_since)
        if isinstance(delta, TextDelta) and self._thinking_since is not None:
            self._before, self._thinking_since = self._reply.thinking_ms or 0, None

    def quiet(self) -> int:
        """How long nothing has come, in milliseconds."""
        return milliseconds(time.monotonic() - self._heard)

    def end(self) -> None:
        """The reply is over."""
        elapsed = milliseconds(time.monotonic() - self.started)
        self._reply.total_ms = (self._reply.total_ms or 0) + elapsed


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
