"""How a provider ends its replies, as far as it has shown: at once, standing open, or with more words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chat.provider.timeouts import Timeouts

STANDING_OPEN, TIMES_OPEN = 2.0, 3
"""Seconds for which more is waited after the end of a reply, where the provider let the connection stand so
many times without another word, and has never added one: each reply would look unfinished for long."""


@dataclass(slots=True)
class EndingHabits:
    """Of one provider, for as long as the process lives."""

    times_open: int = 0
    adds_words: bool = False

    def limits(self, timeouts: Timeouts) -> Timeouts:
        """Return the timeouts of its next reply."""
        if self.adds_words or self.times_open < TIMES_OPEN:
            return timeouts
        return replace(timeouts, after_finish=min(timeouts.after_finish, STANDING_OPEN))
