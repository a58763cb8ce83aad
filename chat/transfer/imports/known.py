"""Which conversations and messages of a file are here already."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from chat.models import Conversation, ImportedConversation, Message, User
from chat.transfer.imports import own, tally
from chat.transfer.imports.source import Found
from chat.transfer.imports.tree import Tree


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation of a file and what it is here: `outcome` is one of tally.OUTCOMES.

    `link` notes that it was imported, None before the first time. `ids` are the messages' here, by their
    place in the tree, and `there` those that are here already, with their rows.
    """

    outcome: str
    link: ImportedConversation | None
    conversation: Conversation | None
    ids: list[uuid.UUID]
    there: dict[uuid.UUID, int]

    @property
    def added(self) -> int:
        """How many of its messages are not here."""
        return sum(name not in self.there for name in self.ids)


def look_up(owner: User, found: Found, tree: Tree) -> Known:
    """Return what a conversation is here, among its owner's: another's may have the same ids."""
    link = (
        ImportedConversation.objects.filter(owner=owner, source=found.source, source_id=found.id)
        .select_related("conversation")
        .first()
    )
    conversation = _conversation(link)
    if conversation is None and found.source == own.SOURCE:
        conversation = _native(owner, found.id)
    if conversation is None or conversation.deleted_at is not None:
        is_deleted = link is not None or conversation is not None
        key = uuid.uuid4()  # that of a new link
        ids = [uuid.uuid5(key, row.id) for row in tree.rows]
        return Known(tally.DELETED if is_deleted else tally.NEW, link, None, ids, {})
    there = dict(Message.objects.filter(conversation=conversation).values_list("uuid", "pk"))
    ids = [_here(row.id, link, there) for row in tree.rows]
    is_whole = all(name in there for name in ids)
    return Known(tally.SAME if is_whole else tally.GROWN, link, conversation, ids, there)


def _conversation(link: ImportedConversation | None) -> Conversation | None:
    """Return the conversation that was made then; its row may be gone by a version that knows no links."""
    if link is None or link.conversation_id is None:
        return None
    return Conversation.objects.filter(pk=link.conversation_id).first()


def _native(owner: User, name: str) -> Conversation | None:
    """Return the conversation of this site that a file of ours was written of, if it is still there."""
    try:
        return Conversation.objects.lasting().filter(owner=owner, uuid=uuid.UUID(name)).first()
    except ValueError:
        return None


def _here(name: str, link: ImportedConversation | None, there: dict[uuid.UUID, int]) -> uuid.UUID:
    """Return the id that a message of a file has here: its own, where this site wrote the file."""
    try:
        if (its_own := uuid.UUID(name)) in there:
            return its_own
    except ValueError:
        pass
    return uuid.uuid5(link.key, name) if link is not None else uuid.uuid4()
