"""What a request of a reply was: kept while it runs, written down with the reply's ending."""

import time
from datetime import datetime
from typing import Any

from django.utils import timezone

from chat.catalog.registry import ResolvedModel
from chat.conversations.context import PromptContext
from chat.models import Conversation
from chat.provider import End, RequestAttempt
from chat.replies.timing import milliseconds


class Record:
    """One request, from the moment it is sent."""

    def __init__(self, by: ResolvedModel, context: PromptContext, conversation: Conversation) -> None:
        self.first_token_ms: int | None = None
        self.attempt = RequestAttempt()
        self._by, self._context = by, context
        self._is_open = conversation.instructions_are_open
        self._sent_at: datetime = timezone.now()
        self._started = time.monotonic()
        self._end: End | None = None

    def note_delta(self) -> None:
        """Note that something came."""
        if self.first_token_ms is None:
            self.first_token_ms = milliseconds(time.monotonic() - self._started)

    def note_end(self, end: End) -> None:
        """Note that the answer came whole."""
        self._end = end

    def fields(self, model: str) -> dict[str, Any]:
        """Return the fields of its row (models.ModelRequest), all but the reply; now is the end."""
        context, end, row = self._context, self._end, self._by.row
        return {
            "provider": self._by.provider.endpoint.label,
            "model": model,
            "system": context.system,
            "system_is_open": self._is_open,
            "system_is_folded": bool(context.instructions) and self.attempt.folds,
            "personal": context.personal,
            "project": context.project,
            "message_ids": [row.pk for row in context.rows],
            "pinned": 2 * context.pinned,
            "partial": len(context.partial),
            "truncated_exchanges": context.truncated_exchanges,
            "parameters": self.attempt.parameters,
            "tokens_in": end.tokens_in if end else None,
            "tokens_out": end.tokens_out if end else None,
            "tokens_cached": end.tokens_cached if end else None,
            "first_token_ms": self.first_token_ms,
            "total_ms": milliseconds(time.monotonic() - self._started),
            "price_in": row.price_in if row else None,
            "price_out": row.price_out if row else None,
            "price_cached": row.price_cached if row else None,
            "sent_at": self._sent_at,
        }
