"""Rows that their owner deletes with a way back."""

from datetime import timedelta
from typing import ClassVar, Self, TypeVar

from django.db import models

UNDO_WINDOW = timedelta(minutes=10)
"""How long what was deleted can be brought back; after that its rows are removed."""

Row = TypeVar("Row", bound=models.Model)
PRESENT, DELETED = models.Q(deleted_at__isnull=True), models.Q(deleted_at__isnull=False)


class PresentManager(models.Manager[Row]):
    """Knows nothing of what is deleted."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(deleted_at=None)


class Deletable(models.Model):
    """`objects` are those that are there; a verb brings others back, until they are removed for good."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    objects: ClassVar[PresentManager[Self]] = PresentManager()
    with_deleted: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
