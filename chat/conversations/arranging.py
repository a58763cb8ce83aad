"""What people do with the order of their list: pin, archive and delete, one conversation or a choice of them.

A choice is a list of ids; those that are not the person's are passed over like random ones, and so is what is
already as it is to be. What was changed is returned, with its place: given to the opposite it undoes the
whole choice. All raise NotFound when nothing of it is the person's, and TooManyChosen.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.conversations.actions import make_findable, tell_progress
from chat.conversations.errors import (
    MOST_CHOSEN,
    MOST_PINNED_CONVERSATIONS,
    TooManyChosen,
    TooManyPinnedConversations,
)
from chat.conversations.listing import place_of
from chat.core.errors import NotFound
from chat.models import Conversation, Message, User, soft_delete
from chat.realtime import layer
from chat.search import index as search

Choice = Sequence[uuid.UUID]
Places = dict[uuid.UUID, str]
"""Where what was changed belongs now, as pages are told of it."""


@transaction.atomic
def pin(user: User, chosen: Choice) -> Places:
    """Keep conversations on top of the list; return those that were not.

    Raises TooManyPinnedConversations.
    """
    # Of two that come at once the second counts the first
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    changed = _change(user, chosen, Q(pinned_at=None), lambda rows: _set(rows, pinned_at=timezone.now()))
    pinned = Conversation.objects.of(user).exclude(pinned_at=None)
    if pinned.count() > MOST_PINNED_CONVERSATIONS:
        pinned.exclude(archived_at=None).update(pinned_at=None)  # nobody sees these to unpin them
        if pinned.count() > MOST_PINNED_CONVERSATIONS:
            raise TooManyPinnedConversations
    return changed


def unpin(user: User, chosen: Choice) -> Places:
    """Undo `pin`; return those that were pinned."""
    return _change(user, chosen, ~Q(pinned_at=None), lambda rows: _set(rows, pinned_at=None))


def archive(user: User, chosen: Choice) -> Places:
    """Take conversations out of the list, and keep them; return those that were in it."""
    return _change(user, chosen, Q(archived_at=None), lambda rows: _set(rows, archived_at=timezone.now()))


def unarchive(user: User, chosen: Choice) -> Places:
    """Bring archived conversations back to where they were in the list; return them."""
    changed = _change(user, chosen, ~Q(archived_at=None), lambda rows: _set(rows, archived_at=None))
    tell_progress(user)
    return changed


def delete(user: User, chosen: Choice) -> Places:
    """Take conversations out of view; return them, for `restore` within UNDO_WINDOW."""

    def take(rows: list[Conversation]) -> None:
        _set(rows, deleted_at=timezone.now())
        search.remove(Message.objects.filter(conversation__in=rows))

    return _change(user, chosen, Q(), take)


def restore(user: User, chosen: Choice) -> Places:
    """Bring deleted conversations back to where they were; return them."""
    with transaction.atomic():
        deleted = soft_delete.restorable(
            Conversation.objects.lasting().filter(owner=user)
        ).select_for_update()
        rows = list(_chosen(deleted, chosen))
        if not rows:
            raise NotFound
        _set(rows, deleted_at=None)
        places = _announced(user, rows)
    make_findable(user, Message.objects.filter(conversation__in=rows))
    tell_progress(user)
    return places


@transaction.atomic
def _change(user: User, chosen: Choice, condition: Q, change: Callable[[list[Conversation]], None]) -> Places:
    """Change what is chosen and fits, and tell the person's pages; return what was changed."""
    mine = _chosen(Conversation.objects.of(user).lasting(), chosen)
    rows = list(mine.select_for_update().filter(condition))
    if not rows and not mine.exists():
        raise NotFound
    change(rows)
    return _announced(user, rows)


def _chosen(rows: QuerySet[Conversation], chosen: Choice) -> QuerySet[Conversation]:
    if len(chosen) > MOST_CHOSEN:
        raise TooManyChosen
    return rows.filter(uuid__in=chosen)


def _set(rows: list[Conversation], **values: Any) -> None:
    Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(**values)
    for row in rows:
        vars(row).update(values)


def _announced(user: User, rows: list[Conversation]) -> Places:
    places = {row.uuid: place_of(row) for row in rows}
    if places:
        layer.announce_arranged(user.pk, places)
    return places
