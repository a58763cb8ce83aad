"""The rows of a conversation that is taken in: what is not here yet, with its own dates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.conversations.actions import TITLE_LENGTH
from chat.conversations.errors import MOST_PINNED, MOST_PINNED_CONVERSATIONS
from chat.core.text import clean, first_words
from chat.models import Conversation, Generation, ImportedConversation, Message, Role, User
from chat.search import index as search
from chat.transfer.imports import own_facts, tally
from chat.transfer.imports.known import Known
from chat.transfer.imports.source import Found
from chat.transfer.imports.tree import Row, Tree


def write(owner: User, found: Found, tree: Tree, known: Known, *, with_deleted: bool) -> Conversation | None:
    """Save what of a conversation is not here; return it, None when it stays deleted. In a transaction."""
    if known.outcome == tally.DELETED and not with_deleted:
        return None
    conversation, key = known.conversation, None
    if conversation is None:
        conversation = _new(owner, found, tree)
    if known.link is None or known.conversation is None:
        key = _linked(owner, found, known, conversation)
    if known.outcome == tally.SAME:
        return conversation
    ids = known.ids if key is None else _ids(tree, known, key)
    rows = _save(owner, conversation, tree, ids, known.there)
    _bring_into_view(conversation, tree, rows, known)
    return conversation


def title_of(found: Found, tree: Tree) -> str:
    """Return the conversation's title on one line, else its first words."""
    title = clean(" ".join(found.title[: 8 * TITLE_LENGTH].split()))[:TITLE_LENGTH].strip()
    said = next((row.text for row in tree.rows if row.role == Role.USER and row.text.strip()), "")
    return title or first_words(said) or _("New chat")


def _new(owner: User, found: Found, tree: Tree) -> Conversation:
    conversation = Conversation(
        owner=owner,
        title=title_of(found, tree),
        instructions=clean(found.instructions[:LONGEST_INSTRUCTIONS]),
        created_at=tree.created_at,
        last_activity_at=tree.last_activity_at,
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


def _linked(owner: User, found: Found, known: Known, conversation: Conversation) -> uuid.UUID:
    """Note which conversation elsewhere this one is; return the key of its messages' ids."""
    link = known.link or ImportedConversation(owner=owner, source=found.source, source_id=found.id)
    if known.conversation is None:
        link.key = uuid.uuid4()  # those of a deleted conversation are taken until it is erased
    link.conversation = conversation
    link.save()
    return link.key


def _ids(tree: Tree, known: Known, key: uuid.UUID) -> list[uuid.UUID]:
    return [
        name if name in known.there else uuid.uuid5(key, row.id)
        for name, row in zip(known.ids, tree.rows, strict=True)
    ]


def _save(
    owner: User, conversation: Conversation, tree: Tree, ids: list[uuid.UUID], there: dict[uuid.UUID, int]
) -> list[int]:
    """Save the messages that are not here; return the rows of all, by their place in the tree."""
    missing = [place for place, name in enumerate(ids) if name not in there]
    fresh = dict(zip(missing, allocate(len(missing)), strict=True))
    rows = [fresh[place] if place in fresh else there[name] for place, name in enumerate(ids)]
    messages: list[Message] = []
    generations: list[Generation] = []
    for place in missing:
        row = tree.rows[place]
        parent = rows[row.parent] if row.parent >= 0 else None
        message = _message(owner, conversation, row, ids[place], rows[place], parent)
        messages.append(message)
        if message.role == Role.ASSISTANT:
            generations.append(own_facts.generation(message, row.facts))
    _bound_pins(conversation, messages)
    insert(messages)
    insert(generations)
    search.add_saved(messages, owner.pk)
    return rows


def _bound_pins(conversation: Conversation, messages: Sequence[Message]) -> None:
    """Let no more than MOST_PINNED messages of a conversation be pinned, those that are here first."""
    if pinned := [message for message in messages if message.pinned_at]:
        here = Message.objects.filter(conversation=conversation, pinned_at__isnull=False).count()
        for message in pinned[max(0, MOST_PINNED - here) :]:
            message.pinned_at = None


def _message(
    owner: User, conversation: Conversation, row: Row, name: uuid.UUID, pk: int, parent: int | None
) -> Message:
    message = Message(
        pk=pk,
        uuid=name,
        conversation=conversation,
        parent_id=parent,
        author=owner,
        role=row.role,
        text=row.text,
        reasoning=row.reasoning,
        status=row.status,
        model=row.model,
        model_label=row.model,
        created_at=row.at or conversation.created_at,
    )
    if row.facts:
        own_facts.complete(message, row.facts)
    return message


def _bring_into_view(conversation: Conversation, tree: Tree, rows: list[int], known: Known) -> None:
    """Show what was in view there, unless its owner has gone on with the conversation here."""
    went_on = known.conversation is not None and conversation.tip_id not in {None, *known_rows(known)}
    if not went_on:
        conversation.tip_id = rows[tree.tip]
    latest: datetime = max(conversation.last_activity_at, min(tree.last_activity_at, timezone.now()))
    conversation.last_activity_at = latest
    conversation.save(update_fields=["tip", "last_activity_at"])


def known_rows(known: Known) -> set[int]:
    """Return the rows of the messages that came from the file, or are in it."""
    return {known.there[name] for name in known.ids if name in known.there}


def insert(rows: Sequence[Model]) -> None:
    """Save new rows of one model, whose fields are all set: a third of the time of Django's bulk_create."""
    if not rows:
        return
    here = connections[
        DEFAULT_DB_ALIAS
    ]  # asked for once: for each of 400 values of a conversation it is dear
    fields = rows[0]._meta.concrete_fields
    columns = ", ".join(here.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [[field.get_db_prep_save(getattr(row, field.attname), here) for field in fields] for row in rows]
    with here.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {rows[0]._meta.db_table} ({columns}) VALUES ({places})", values)


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
