"""Ends what nobody writes any more: exactly one party wins each conditional update."""

import logging
from datetime import timedelta

from django.db.models.functions import Now

from chat.models import Message, Status

logger = logging.getLogger(__name__)

# Ten beats of the checkpointer
COLD_AFTER = timedelta(seconds=10)


def end_cold() -> int:
    """Mark the replies whose process has not been heard of (by database time) interrupted; gives how many."""
    cold = Message.objects.running().filter(heartbeat__lt=Now() - COLD_AFTER)
    return _interrupt(cold.update(status=Status.INTERRUPTED), "their process is gone")


def end_predecessors(slot: str, instance: str) -> int:
    """Mark what an earlier process in this slot left behind interrupted; gives how many.

    A slot is a place that one process at a time can hold, such as a host's port.
    """
    left = Message.objects.running().filter(instance__startswith=f"{slot}:").exclude(instance=instance)
    return _interrupt(left.update(status=Status.INTERRUPTED), "the process before this one ended")


def _interrupt(count: int, why: str) -> int:
    if count:
        logger.warning("%d replies are marked interrupted: %s", count, why)
    return count
