"""Ends what nobody writes any more: exactly one party wins each conditional update."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from chat.models import Generation, Message, Status
from chat.models.generations import GenerationQuerySet
from chat.search import index as search

logger = logging.getLogger(__name__)

# Ten beats of the checkpointer
STALE_AFTER = timedelta(seconds=10)


# Ids of the conversation and of the reply, which the tabs that wait for it are told
Ended = list[tuple[int, int]]


def reap_stale(alive: Sequence[int] = ()) -> Ended:
    """Mark the replies whose process has not been heard of (by database time) interrupted; return them.

    `alive` are the ids of this process's own: a database that was locked for long has not heard of it.
    """
    stale = _running().filter(heartbeat__lt=Now() - STALE_AFTER).exclude(pk__in=alive)
    return _interrupt(stale, "their process is gone")


def interrupt_predecessors(listen_slot: str, worker_id: str) -> Ended:
    """Mark what an earlier process in this slot left behind interrupted; return it.

    A slot is an address that one process at a time can listen at, such as a host's port.
    """
    of_slot = _running().filter(worker__startswith=f"{listen_slot}:")
    return _interrupt(of_slot.exclude(worker=worker_id), "the process before this one ended")


def _running() -> GenerationQuerySet:
    return Generation.objects.filter(reply__status=Status.RUNNING)


def _interrupt(generations: GenerationQuerySet, why: str) -> Ended:
    found = list(generations.values_list("reply__conversation_id", "pk"))
    ended = [ids for ids in found if _interrupt_one(generations.filter(pk=ids[1]))]
    if ended:
        logger.warning("%d replies are marked interrupted: %s", len(ended), why)
    return ended


@transaction.atomic
def _interrupt_one(generation: GenerationQuerySet) -> bool:
    """Return whether it was one still, now that nobody else can change it, and its reply is ended by this."""
    held = Message.objects.filter(pk__in=list(generation.locked().values_list("pk", flat=True)))
    is_ended = bool(held.running().update(status=Status.INTERRUPTED))
    search.add(held)
    return is_ended
