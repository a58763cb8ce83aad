"""Rows that their owner deletes with a way back."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


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

    @classmethod
    def remove_deleted(cls, before: datetime) -> int:
        """Those that were deleted before that, a hundred at once; gives the number of rows removed."""
        rows = cls.with_deleted.all()
        old = list(rows.filter(deleted_at__lt=before).values_list("pk", flat=True)[:100])
        return rows.filter(pk__in=old).delete()[0] if old else 0
