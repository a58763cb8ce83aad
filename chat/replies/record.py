"""What a request of a reply was: kept while it runs, written down with the reply's ending."""

import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chat.context import View
from chat.provider import End, Sending
from chat.replies.timing import milliseconds


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a request besides its messages: whom it goes to, and for how much.

    Prices are per million tokens, None where they are not known.
    """

    service: str
    price_in: Decimal | None = None
    price_out: Decimal | None = None


class Record:
    """One request, from the moment it is sent."""

    def __init__(self, terms: Terms, view: View) -> None:
        self.first_token_ms: int | None = None
        self.sending = Sending()
        self._terms, self._view = terms, view
        self._sent_at: datetime = timezone.now()
        self._started = time.monotonic()
        self._end: End | None = None

    def heard(self) -> None:
        """Something came."""
        if self.first_token_ms is None:
            self.first_token_ms = milliseconds(time.monotonic() - self._started)

    def ended(self, end: End) -> None:
        """It came whole."""
        self._end = end

    def fields(self, model: str) -> dict[str, Any]:
        """Of its row (models.ModelRequest), all but the reply; now is the end."""
        view, terms, end = self._view, self._terms, self._end
        return {
            "service": terms.service,
            "model": model,
            "system": view.system,
            "message_ids": [row.pk for row in view.rows],
            "pinned": 2 * view.pinned,
            "begun": len(view.begun),
            "dropped": view.dropped,
            "parameters": self.sending.parameters,
            "tokens_in": end.tokens_in if end else None,
            "tokens_out": end.tokens_out if end else None,
            "first_token_ms": self.first_token_ms,
            "total_ms": milliseconds(time.monotonic() - self._started),
            "price_in": terms.price_in,
            "price_out": terms.price_out,
            "sent_at": self._sent_at,
        }
