"""Rows that their owner deletes with a way back."""

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
