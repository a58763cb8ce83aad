"""Which conversations and messages of a file are here already."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from chat.models import Conversation, ImportedConversation, Message, User
from chat.transfer.imports import own, tally
from chat.transfer.imports.source import Found
from chat.transfer.imports.tree import Tree


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation of a file and what it is here: `outcome` is one of tally.OUTCOMES.

    `link` notes that it was imported, None before the first time. `ids` are the messages' here, by their
    place in the tree, none where the conversation is not here; `there` those that are here already, with
    their rows. `added` is how many are not.
    """

    outcome: str
    link: ImportedConversation | None
    conversation: Conversation | None
    ids: list[uuid.UUID]
    there: dict[uuid.UUID, int]
    added: int


class Lookup:
    """What is here of some conversations of a file, asked for together: one by one that is half of a preview.

    Only its owner's is: another's conversations may have the same ids.
    """

    def __init__(self, owner: User, conversations: Iterable[Found]) -> None:
        self._owner = owner
        self._links: dict[tuple[str, str], ImportedConversation | None] = {}
        self._natives: dict[uuid.UUID, Conversation] = {}
        self._ask(list(conversations))

    def _ask(self, conversations: list[Found]) -> None:
        self._links |= {(found.source, found.id): None for found in conversations}
        sources, ids = {found.source for found in conversations}, {found.id for found in conversations}
        theirs = ImportedConversation.objects.filter(owner=self._owner, source__in=sources, source_id__in=ids)
        for link in theirs.select_related("conversation"):
            self._links[link.source, link.source_id] = link
        ids_of_ours = (_uuid(found.id) for found in conversations if found.source == own.SOURCE)
        if ours := {name for name in ids_of_ours if name}:
            rows = Conversation.objects.lasting().filter(owner=self._owner, uuid__in=ours)
            self._natives |= {row.uuid: row for row in rows}

    def find(self, found: Found, tree: Tree) -> Known:
        """Return what a conversation is here; asked for anew the second time: it may have come."""
        key = found.source, found.id
        if key not in self._links:
            self._ask([found])
        link = self._links.pop(key)
        # A version that knows no links may have removed its row
        conversation = link.conversation if link is not None else None
        if conversation is None and found.source == own.SOURCE and (name := _uuid(found.id)):
            conversation = self._natives.get(name)
        if conversation is None or conversation.deleted_at is not None:
            is_deleted = link is not None or conversation is not None
            return Known(tally.DELETED if is_deleted else tally.NEW, link, None, [], {}, len(tree.rows))
        there = dict(Message.objects.filter(conversation=conversation).values_list("uuid", "pk"))
        ids = [_here(row.id, link, there) for row in tree.rows]
        missing = sum(name not in there for name in ids)
        return Known(tally.GROWN if missing else tally.SAME, link, conversation, ids, there, missing)


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _here(name: str, link: ImportedConversation | None, there: dict[uuid.UUID, int]) -> uuid.UUID:
    """Return the id that a message of a file has here: its own, where this site wrote the file."""
    if (its_own := _uuid(name)) in there:
        return its_own
    return uuid.uuid5(link.key, name) if link is not None else uuid.uuid4()
