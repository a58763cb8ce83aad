"""The rows of a conversation that is taken in: what is not here yet, with its own dates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.conversations.actions import TITLE_LENGTH
from chat.conversations.errors import MOST_PINNED, MOST_PINNED_CONVERSATIONS
from chat.core.text import clean, first_words
from chat.models import Conversation, Generation, ImportedConversation, Message, Role, User
from chat.models.rows import insert
from chat.search import index as search
from chat.transfer.imports import own_facts, tally
from chat.transfer.imports.known import Known
from chat.transfer.imports.source import Found
from chat.transfer.imports.tree import Row, Tree


@dataclass(slots=True)
class Pending:
    """What is saved at the end of a transaction, for all its conversations together.

    FTS5 writes what it holds at each savepoint, and has all the more to join later: with one for each
    conversation an import took a sixth longer.
    """

    owner: User
    most: int
    """Messages that there may be."""

    generations: list[dict[str, Any]] = field(default_factory=list)
    texts: list[search.Saved] = field(default_factory=list)
    _ids: list[int] = field(default_factory=list)

    def ids(self, count: int) -> list[int]:
        """Return ids for as many messages, greater than all before."""
        if count and not self._ids:
            self._ids = allocate(self.most)[::-1]
        return [self._ids.pop() for _ in range(count)]

    def save(self) -> None:
        """Save it."""
        insert(Generation, self.generations)
        search.add_saved(self.texts, self.owner.pk)


def write(
    owner: User, found: Found, tree: Tree, known: Known, pending: Pending, *, with_deleted: bool
) -> Conversation | None:
    """Save what of a conversation is not here; return it, None when it stays deleted.

    In a transaction, at whose end what `pending` has by then is saved.
    """
    if known.outcome == tally.DELETED and not with_deleted:
        return None
    conversation = known.conversation
    link = known.link or ImportedConversation(owner=owner, source=found.source, source_id=found.id)
    if conversation is None:
        link.key = uuid.uuid4()  # the ids of a deleted conversation are taken until it is erased
    names = [
        name if name in known.there else uuid.uuid5(link.key, row.id)
        for name, row in zip(known.ids or repeat(None), tree.rows, strict=False)
    ]
    missing = [place for place, name in enumerate(names) if name not in known.there]
    fresh = dict(zip(missing, pending.ids(len(missing)), strict=True))
    ids = [fresh[place] if place in fresh else known.there[name] for place, name in enumerate(names)]
    if conversation is None:
        conversation = _new(owner, found, tree, ids[tree.tip])
    elif missing:
        _bring_into_view(conversation, tree, ids, known)
    if known.link is None or known.conversation is None:
        link.conversation = conversation
        link.save()
    _save(conversation, tree, missing, names, ids, pending)
    return conversation


def title_of(found: Found, tree: Tree) -> str:
    """Return the conversation's title on one line, else its first words."""
    title = clean(" ".join(found.title[: 8 * TITLE_LENGTH].split()))[:TITLE_LENGTH].strip()
    said = next((row.text for row in tree.rows if row.role == Role.USER and row.text.strip()), "")
    return title or first_words(said) or _("New chat")


def _new(owner: User, found: Found, tree: Tree, tip: int) -> Conversation:
    """Save a conversation. Its messages come later in this transaction, also `tip`, the one in view."""
    conversation = Conversation(
        owner=owner,
        title=title_of(found, tree),
        instructions=clean(found.instructions[:LONGEST_INSTRUCTIONS]),
        created_at=tree.created_at,
        last_activity_at=tree.last_activity_at,
        tip_id=tip,
        archived_at=tree.last_activity_at if found.is_archived else None,
        pinned_at=tree.last_activity_at if found.is_pinned else None,
    )
    if found.is_ours:
        own_facts.adjust(conversation, found.facts)
    if conversation.pinned_at and _pinned(owner) >= MOST_PINNED_CONVERSATIONS:
        conversation.pinned_at = None
    conversation.save()
    return conversation


def _pinned(owner: User) -> int:
    return Conversation.objects.of(owner).filter(pinned_at__isnull=False).count()


LONGEST_INSTRUCTIONS = 8000
"""Characters of what a conversation tells the model: as many as a project's or a persona's."""


def _save(
    conversation: Conversation,
    tree: Tree,
    missing: list[int],
    names: list[uuid.UUID],
    ids: list[int],
    pending: Pending,
) -> None:
    """Save the messages that are not here, by their places in the tree."""
    messages: list[dict[str, Any]] = []
    depths = {-1: -1}  # by place; below what was here before it is counted once that is gone on with
    for place in missing:
        row = tree.rows[place]
        parent = ids[row.parent] if row.parent >= 0 else None
        if row.parent in depths:
            depths[place] = depths[row.parent] + 1
        there = {"id": ids[place], "uuid": names[place], "parent_id": parent, "depth": depths.get(place)}
        message = _message(conversation, row)
        messages.append(message | there)
        if row.role == Role.ASSISTANT:
            facts = own_facts.of_generation(row.facts) if row.facts else {}
            pending.generations.append({"reply_id": ids[place], **facts})
        if not message.get("hidden_at"):
            pending.texts.append((ids[place], message["created_at"], row.text))
    _bound_pins(conversation, messages)
    insert(Message, messages)


def _bound_pins(conversation: Conversation, messages: Sequence[dict[str, Any]]) -> None:
    """Let no more than MOST_PINNED messages of a conversation be pinned, those that are here first."""
    if pinned := [message for message in messages if message.get("pinned_at")]:
        here = Message.objects.filter(conversation=conversation, pinned_at__isnull=False).count()
        for message in pinned[max(0, MOST_PINNED - here) :]:
            message["pinned_at"] = None


def _message(conversation: Conversation, row: Row) -> dict[str, Any]:
    """Return the fields of a message's row, but for those that tell its place."""
    written_at = row.at or conversation.created_at
    found: dict[str, Any] = {
        "conversation_id": conversation.pk,
        "author_id": conversation.owner_id,
        "role": row.role,
        "text": row.text,
        "reasoning": row.reasoning,
        "status": row.status,
        "model": row.model,
        "model_label": row.model,
        "created_at": written_at,
    }
    return found | own_facts.of_message(row.role, written_at, row.facts) if row.facts else found


def _bring_into_view(conversation: Conversation, tree: Tree, ids: list[int], known: Known) -> None:
    """Show what was in view there, unless its owner has gone on with the conversation here."""
    from_file = {known.there[name] for name in known.ids if name in known.there}
    if conversation.tip_id in {None, *from_file}:
        conversation.tip_id = ids[tree.tip]
    latest: datetime = max(conversation.last_activity_at, min(tree.last_activity_at, timezone.now()))
    conversation.last_activity_at = latest
    conversation.save(update_fields=["tip", "last_activity_at"])


def allocate(count: int) -> list[int]:
    """Return ids for messages that are to be saved in this transaction, each greater than all there are.

    A message is older than all that follow it (models/branches.py), and with their ids known beforehand a
    whole conversation is one statement instead of one for each message.
    """
    if not count:
        return []
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # which is locked by now: nobody else makes any
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
            start = found[0] if found else 0
            return list(range(start + 1, start + count + 1))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return sorted(row[0] for row in cursor.fetchall())
