"""How fast one socket may send commands, or one person open sockets."""

import time

from chat.web.errors import TooFast

# Commands a second, commands at once, and refusals in a row before the socket is closed
PACE, BURST, PATIENCE = 20, 60, 100


class TokenBucket:
    """A token bucket: `burst` at once, and then `rate` a second."""

    def __init__(self, rate: float | None = None, burst: int = BURST) -> None:
        self._rate, self._burst = PACE if rate is None else rate, burst
        self._tokens, self._at, self._refused = float(burst), time.monotonic(), 0

    def check(self) -> None:
        """Take one token. Raises TooFast; `hopeless` says when the sender does not listen."""
        now = time.monotonic()
        self._tokens, self._at = min(self._burst, self._tokens + (now - self._at) * self._rate), now
        if self._tokens < 1:
            self._refused += 1
            raise TooFast
        self._tokens -= 1
        self._refused = max(0, self._refused - 1)

    @property
    def hopeless(self) -> bool:
        return self._refused > PATIENCE
