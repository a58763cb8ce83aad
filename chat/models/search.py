"""Which messages can be found, and for PostgreSQL by what (chat/search)."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from chat.models.conversations import Message


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

    class Meta:
        default_permissions = ()  # nobody works on these by hand
        indexes: ClassVar = [
            models.Index(fields=["owner", "-message"], include=["signature"], name="findable_messages"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
