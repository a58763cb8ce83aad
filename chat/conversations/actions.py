"""What people do with their conversations, a function each. Every row is reached through its owner."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import dropwhile

from django.db import DatabaseError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from chat.conversations import temporary
from chat.conversations.listing import place_of, read_moment
from chat.core.errors import NotFound
from chat.core.fields import longest
from chat.jobs import actions as jobs
from chat.models import (
    Conversation,
    Message,
    ModelChoice,
    Persona,
    Project,
    Role,
    SavedPrompt,
    Status,
    User,
    soft_delete,
)
from chat.models.conversations import ConversationQuerySet, MessageQuerySet, Siblings
from chat.models.prepared import insert_one, update_where
from chat.provider import errors as provider_errors
from chat.provider import parameters
from chat.realtime import layer
from chat.realtime.protocol import DELETED, UNSEEN, WRITING
from chat.search import index as search

MAKE_FINDABLE, REINDEX = "conversations.make_findable", "conversations.reindex"
"""The kinds of jobs (background.py) that put what a person has brought back into the index of the search, and
that make all of it anew.
"""

EMPTY_FOR = timedelta(days=1)
"""How long a conversation may wait for its first message; after that its row is removed."""

MOST_EMPTY = 20
"""Conversations of one person that may wait for their first message; the oldest gives way."""

TITLE_LENGTH = longest(Conversation, "title")

A_PAGE = 250_000
"""Characters of the messages on one page, but for a single one that is longer."""

LONGEST_PAGE = 1_000_000
"""Characters of the messages on one page that go beyond the usual number of them."""

MOST_TOLD = 100
"""Conversations that other pages of a person take out of their lists when all are deleted at once."""

MOST_NEWS = 200
"""Conversations of one person that pages are told of as being written or not yet seen."""

MOST_EXCHANGES = 50
"""Exchanges that a model may be shown."""

_IS_STILL_CALLED = "id = %s AND title = %s AND deleted_at IS NULL"


@transaction.atomic
def start(user: User, model: int | None = None, *, is_temporary: bool = False) -> Conversation:
    """Make a conversation without messages, so that what answers can be chosen before the first.

    Until then `model` answers in it, as in ModelChoice.for_new_chat, and it is in nobody's list. Raises
    TemporaryChatsOff.
    """
    empty = Conversation.objects.of(user).filter(tip=None).order_by("-pk")
    soft_delete.remove(Conversation, tip=None, pk__in=[row.pk for row in empty[MOST_EMPTY - 1 :]])
    return begin(user, model, is_temporary=is_temporary)


def begin(user: User, model: int | None, *, is_temporary: bool) -> Conversation:
    """Make the row of a conversation. Raises TemporaryChatsOff."""
    kind = temporary.columns() if is_temporary else {}
    conversation = Conversation(owner=user, model_id=ModelChoice.for_new_chat(user.pk, model), **kind)
    insert_one(conversation)
    return conversation


def conversation_of(user: User, conversation_uuid: uuid.UUID) -> Conversation:
    """Return the person's conversation. Raises NotFound, the same for another person's as for a random id."""
    found = Conversation.objects.of(user).filter(uuid=conversation_uuid).first()
    if found is None:
        raise NotFound
    return found


def lasting_conversation_of(user: User, conversation_uuid: uuid.UUID) -> Conversation:
    """Return the person's conversation, if it may be named, shared or put in order. Raises NotFound."""
    found = conversation_of(user, conversation_uuid)
    if found.temporary:
        raise NotFound
    return found


def message_of(user: User, message_uuid: uuid.UUID) -> Message:
    """Return a message in one of the person's conversations. Raises NotFound, as `conversation_of`."""
    rows = Message.objects.of(user).select_related("conversation", "generation")
    found = rows.filter(uuid=message_uuid).first()
    if found is None:
        raise NotFound
    return found


def tip_of(conversation: Conversation) -> Message | None:
    """Return the last message of the branch in view as the database has it now."""
    tips = Conversation.objects.filter(pk=conversation.pk).values("tip_id")
    return Message.objects.select_related("generation").filter(pk__in=tips).first()


def progress(user: User) -> dict[uuid.UUID, str]:
    """Return what of the person's list is WRITING, or has a reply that is UNSEEN: the latest MOST_NEWS."""
    rows = Conversation.objects.of(user).listed().filter(reply_unseen=True).latest_first()
    states = rows.values_list("uuid", "tip__status")[:MOST_NEWS]
    return {found: WRITING if status == Status.RUNNING else UNSEEN for found, status in states}


def tell_progress(user: User) -> None:
    """Tell the person's pages `progress` anew: what has come back may have a reply to be seen."""
    layer.announce_all_progress(user.pk, progress(user))


def mark_seen(user: User, conversation_uuid: uuid.UUID) -> None:
    """Note that a page has shown its person the reply, if it has ended; tell all pages. Raises NotFound."""
    conversation = conversation_of(user, conversation_uuid)
    unseen = Conversation.objects.filter(pk=conversation.pk, reply_unseen=True)
    if unseen.exclude(tip__status=Status.RUNNING).update(reply_unseen=False):
        layer.announce_progress(user.pk, {conversation.uuid: ""})


@transaction.atomic
def show(user: User, message_uuid: uuid.UUID) -> Conversation:
    """Bring the branch of a message into view, at the latest of what follows it. Raises NotFound.

    Nothing else changes: a reply that is being written on the branch that was in view goes on.
    """
    message = message_of(user, message_uuid)
    conversation = Conversation.objects.select_for_update().get(pk=message.conversation_id)
    conversation.tip_id = Message.latest_below(message.pk)
    conversation.save(update_fields=["tip"])
    layer.announce_stale(conversation.pk, conversation.uuid)
    return conversation


def versions(
    user: User, message_uuid: uuid.UUID, other_uuid: uuid.UUID | None
) -> list[tuple[Message, Siblings]]:
    """Return two versions of a reply, the earlier one first, each with its place; one if there is no other.

    Without `other_uuid` the other one is the version before, or after the first. Raises NotFound, also for a
    question, and for an `other_uuid` that is no version of the same reply. Three queries.
    """
    message = message_of(user, message_uuid)
    if message.role != Role.ASSISTANT:
        raise NotFound
    place = Message.siblings_of([message])[message.pk]
    wanted = other_uuid or place.before or place.after
    if wanted is None or wanted == message_uuid:
        return [(message, place)]
    beside = Message.objects.filter(conversation=message.conversation_id, parent=message.parent_id)
    other = beside.select_related("conversation", "generation").filter(uuid=wanted).first()
    if other is None:
        raise NotFound
    pair = [(message, place), (other, Message.siblings_of([other])[other.pk])]
    return sorted(pair, key=lambda version: version[0].pk)


def rename(user: User, conversation_uuid: uuid.UUID, title: str) -> None:
    """Give a conversation a title (1 to TITLE_LENGTH characters, checked by the form).

    Raises NotFound, also for a temporary one.
    """
    conversation = lasting_conversation_of(user, conversation_uuid)
    Conversation.objects.filter(pk=conversation.pk).update(title=title)
    conversation.title = title
    layer.announce_listed(conversation, moved=False)


def adjust(
    user: User, conversation_uuid: uuid.UUID, values: Mapping[str, object], exchanges: int | None
) -> Conversation:
    """Set the parameters of a conversation's requests, all of them, and how many exchanges the model sees.

    None is the site's number. It holds from the next reply on. Raises NotFound or BadParameter.
    """
    conversation = conversation_of(user, conversation_uuid)
    if exchanges is not None and not 0 <= exchanges <= MOST_EXCHANGES:
        raise provider_errors.BadParameter
    conversation.parameters, conversation.exchanges = parameters.check(values), exchanges
    conversation.save(update_fields=["parameters", "exchanges"])
    return conversation


def set_made_titles(titles: Sequence[tuple[Conversation, str]]) -> None:
    """Put the model's titles in the place of the first words, unless an owner has renamed it since.

    All in one transaction, or each in its own where the database refuses one; then that is raised.
    """
    try:
        with transaction.atomic():
            saved = [pair for pair in titles if _has_taken(*pair)]
            # What is told of them: behind the commit nothing is asked that could fail for one of them
            prefetch_related_objects([conversation for conversation, _ in saved], "project")
    except DatabaseError:
        if len(titles) == 1:
            raise
        _set_each(titles)
        return
    for conversation, title in saved:
        conversation.title = title
        layer.announce_listed(conversation, moved=False)


def _set_each(titles: Sequence[tuple[Conversation, str]]) -> None:
    """Set each by itself, and raise the first `DatabaseError` once all have been tried."""
    problems = []
    for pair in titles:
        try:
            set_made_titles([pair])
        except DatabaseError as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


def _has_taken(conversation: Conversation, title: str) -> bool:
    """Return whether a conversation has got a title, which it has only where it is called as it was."""
    values = [conversation.pk, conversation.title]
    return bool(update_where(Conversation, {"title": title}, _IS_STILL_CALLED, values))


def count(user: User) -> int:
    """Return how many conversations a person has, with those that are archived."""
    return Conversation.objects.of(user).started().count()


def delete_all(user: User) -> tuple[int, str]:
    """Take all conversations of a person out of view; `restore_all` brings them back for UNDO_WINDOW.

    Return how many, and what `restore_all` knows them by. Pages that are open hear of the MOST_TOLD latest.
    """
    now = timezone.now()
    return delete_among(user, Conversation.objects.of(user).started(), now), now.isoformat()


@transaction.atomic
def delete_among(user: User, rows: ConversationQuerySet, now: datetime) -> int:
    """Take `rows`, which are this person's, out of view in the moment `now`; return how many.

    Pages that are open hear of the MOST_TOLD latest.
    """
    told = list(rows.latest_first().values_list("uuid", flat=True)[:MOST_TOLD])
    number = rows.update(deleted_at=now)
    search.remove(Message.objects.filter(conversation__owner=user, conversation__deleted_at=now))
    if told:
        layer.announce_arranged(user.pk, dict.fromkeys(told, DELETED))
    return number


def restore_all(user: User, moment: str) -> None:
    """Bring back what one `delete_all` took. Raises NotFound when there is nothing, or no longer."""
    if not restore_among(user, Conversation.objects.filter(deleted_at=read_moment(moment))):
        raise NotFound


def restore_among(user: User, rows: ConversationQuerySet) -> int:
    """Bring back those of `rows` that this person deleted within UNDO_WINDOW; return how many.

    Pages that are open show the MOST_TOLD latest again.
    """
    back = soft_delete.restorable(rows.filter(owner=user))
    told = list(back.order_by("-last_activity_at").values_list("pk", flat=True)[:MOST_TOLD])
    number = back.update(deleted_at=None)
    make_findable(user, Message.objects.of(user))
    tell_places(user, Conversation.objects.of(user).started().filter(pk__in=told))
    tell_progress(user)
    return number


def tell_places(user: User, rows: ConversationQuerySet) -> None:
    """Have open pages show the MOST_TOLD latest of `rows`, this person's, where they are now."""
    if places := {row.uuid: place_of(row) for row in rows.latest_first()[:MOST_TOLD]}:
        layer.announce_arranged(user.pk, places)


def make_findable(user: User, rows: MessageQuerySet) -> None:
    """Put messages of this person that are back into the index: what takes longer in the background.

    To put 50,000 in takes 9 s, for which nobody should wait, or hold a thread.
    """
    if search.add(rows) >= search.AT_ONCE:
        jobs.enqueue(MAKE_FINDABLE, {"person": user.pk})


def page(user: User, conversation: Conversation, before: uuid.UUID | None, count: int) -> list[Message]:
    """Return the last `count` messages in view, oldest first, up to the tip or to just before `before`.

    They are fewer when they are long (A_PAGE), but always one.
    Raises NotFound when `before` is not a message of this conversation.
    """
    last = conversation.tip_id
    if before is not None:
        last = _message_in(user, conversation, before).parent_id
    return Message.branch_to(last, count, A_PAGE) if last else []


def since(user: User, conversation: Conversation, first: uuid.UUID, most: int) -> list[Message]:
    """Return the messages in view from `first` on, oldest first.

    There are none when it is not among the last `most` in view, or when they have more than LONGEST_PAGE
    characters.
    Raises NotFound when `first` is not a message of this conversation.
    """
    pk = _message_in(user, conversation, first).pk
    branch = Message.branch_to(conversation.tip_id, most, LONGEST_PAGE) if conversation.tip_id else []
    return list(dropwhile(lambda message: message.pk != pk, branch))


def _message_in(user: User, conversation: Conversation, message_uuid: uuid.UUID) -> Message:
    message = message_of(user, message_uuid)
    if message.conversation_id != conversation.pk:
        raise NotFound
    return message


def purge() -> int:
    """Remove what can no longer be brought back, what was temporary, and the conversations nobody began.

    Returns the number of rows removed.
    """
    unbegun = soft_delete.remove(Conversation, tip=None, created_at__lt=timezone.now() - EMPTY_FOR)
    deleted = soft_delete.purge(Conversation, recorded=False)
    deleted += soft_delete.purge(Persona, Project, SavedPrompt)
    return unbegun + deleted + temporary.sweep()
