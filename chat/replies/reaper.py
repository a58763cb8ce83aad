"""Ends what nobody writes any more: exactly one party wins each conditional update."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from chat.models import Message, Status

logger = logging.getLogger(__name__)

# Ten beats of the checkpointer
COLD_AFTER = timedelta(seconds=10)


# Ids of the conversation and of the reply, which the tabs that wait for it are told
Ended = list[tuple[int, int]]


def reap_stale(alive: Sequence[int] = ()) -> Ended:
    """Mark the replies whose process has not been heard of (by database time) interrupted; return them.

    `alive` are the ids of this process's own: a database that was locked for long has not heard of it.
    """
    cold = Message.objects.running().filter(heartbeat__lt=Now() - COLD_AFTER).exclude(pk__in=alive)
    return _interrupt(cold, "their process is gone")


def interrupt_predecessors(listen_slot: str, worker_id: str) -> Ended:
    """Mark what an earlier process in this slot left behind interrupted; return it.

    A slot is an address that one process at a time can listen at, such as a host's port.
    """
    of_slot = Message.objects.running().filter(instance__startswith=f"{listen_slot}:")
    return _interrupt(of_slot.exclude(instance=worker_id), "the process before this one ended")


def _interrupt(replies: QuerySet[Message], why: str) -> Ended:
    found = list(replies.values_list("conversation_id", "pk"))
    ended = [ids for ids in found if replies.filter(pk=ids[1]).update(status=Status.INTERRUPTED)]
    if ended:
        logger.warning("%d replies are marked interrupted: %s", len(ended), why)
    return ended
