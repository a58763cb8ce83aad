"""Rows that their owner deletes with a way back: deleting, restoring and removing them for good."""

from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models, transaction
from django.utils import timezone

UNDO_WINDOW = timedelta(minutes=10)
"""How long what was deleted can be brought back; after that its rows are removed."""

AT_ONCE = 100
"""Rows that are removed in one transaction."""

Row = TypeVar("Row", bound=models.Model)
PRESENT, DELETED = models.Q(deleted_at__isnull=True), models.Q(deleted_at__isnull=False)


class PresentManager(models.Manager[Row]):
    """Knows nothing of what is deleted."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(deleted_at=None)


class Deletable(models.Model):
    """`objects` are those that are there; `with_deleted` are all that `restore` may still bring back."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    objects: ClassVar[PresentManager[Self]] = PresentManager()
    with_deleted: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True


def delete(row: models.Model) -> None:
    """Take a row out of view; for UNDO_WINDOW `restore` brings it back."""
    type(row)._base_manager.filter(PRESENT, pk=row.pk).update(deleted_at=timezone.now())


def restorable(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Return those of `rows` that were deleted within UNDO_WINDOW."""
    return rows.filter(deleted_at__gt=timezone.now() - UNDO_WINDOW)


def restore(rows: models.QuerySet[Row]) -> int:
    """Bring those of `rows` back that were deleted within UNDO_WINDOW, and return how many they are."""
    return restorable(rows).update(deleted_at=None)


def purge(*kinds: type[models.Model], **condition: Any) -> int:
    """Remove what can no longer be brought back, and return the number of rows removed with it."""
    past = timezone.now() - UNDO_WINDOW
    return sum(remove(kind, deleted_at__lt=past, **condition) for kind in kinds)


def remove(kind: type[models.Model], *conditions: models.Q, **condition: Any) -> int:
    """Remove such rows, AT_ONCE of them: those for which it still holds when nobody else can touch them.

    Between looking and removing a row may be put to use or brought back. Returns the number of rows removed,
    also those that go with them.
    """
    rows = kind._base_manager.filter(*conditions, **condition)
    if not rows.exists():  # so that the lock to write is taken only when there is something to do
        return 0
    with transaction.atomic():
        held = list(rows.select_for_update().values_list("pk", flat=True)[:AT_ONCE])
        return kind._base_manager.filter(pk__in=held).delete()[0]
