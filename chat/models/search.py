"""Which messages can be found, and for PostgreSQL by what (chat/search)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from chat.models.conversations import Message

Place = tuple[datetime, int]
"""When a message was written, and its id: the order of what is found; an import is as old as it says."""


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Entries, asked for in the words of the search."""

    def latest_first(self, owner_id: int, before: Place | None) -> SearchEntryQuerySet:
        """Return a person's entries before a place, the latest first: in the order of their index."""
        rows = self.filter(owner=owner_id).order_by("-written_at", "-message")
        if before is None:
            return rows
        when, pk = before
        # Not "earlier, or of the same time with a smaller id": with OR neither database begins at the place
        return rows.filter(written_at__lte=when).exclude(written_at=when, message__gte=pk)


class SearchEntry(models.Model):
    """A message that is in the index of what can be found.

    `signature` is PostgreSQL's index (chat/search/signatures.py), None on SQLite, which has a virtual table
    beside this one (chat/search/fts5.py).
    """

    # Without constraints: a version that does not know this table yet may remove what they refer to
    message = models.OneToOneField(
        Message, models.CASCADE, primary_key=True, related_name="search_entry", db_constraint=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    signature = models.BinaryField(null=True)
    written_at = models.DateTimeField(db_default=Now())
    """The message's `created_at`, which does not change: here the index has it."""

    objects: ClassVar = SearchEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # nobody works on these by hand
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "-written_at", "-message"], include=["signature"], name="findable_by_date"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
