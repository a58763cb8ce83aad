"""What people do with their conversations, a function each. Every row is reached through its owner."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chat import broadcast, context, text, usage
from chat.errors import (
    BadText,
    EmptyMessage,
    MessageTooLong,
    NewerMessages,
    NotFound,
    ReplyRunning,
)
from chat.models import Conversation, Message, Role, Status, User

UNDO_WINDOW = timedelta(minutes=10)
"""How long a deleted conversation can be brought back; after that its rows are removed."""

TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """A saved question and its empty reply. `fresh` is False when the same client_id came before.

    `replaces` is the answer that the reply takes the place of in view, after a retry.
    """

    conversation: Conversation
    message: Message
    reply: Message
    fresh: bool
    replaces: uuid.UUID | None = None


def conversation_of(user: User, conversation_uuid: uuid.UUID) -> Conversation:
    """The person's conversation. Raises NotFound, the same for another person's as for a random id."""
    found = Conversation.objects.of(user).filter(uuid=conversation_uuid).first()
    if found is None:
        raise NotFound
    return found


def message_of(user: User, message_uuid: uuid.UUID) -> Message:
    """A message in one of the person's conversations. Raises NotFound, as `conversation_of`."""
    found = Message.objects.of(user).select_related("conversation").filter(uuid=message_uuid).first()
    if found is None:
        raise NotFound
    return found


def tip_of(conversation: Conversation) -> Message | None:
    """The last message of the branch in view as the database has it now."""
    tips = Conversation.objects.filter(pk=conversation.pk).values("tip_id")
    return Message.objects.filter(pk__in=tips).first()


def check_text(words: str) -> str:
    """A person's text, fit to be saved. Raises EmptyMessage, MessageTooLong or BadText."""
    if len(words) > text.MAX_MESSAGE:
        raise MessageTooLong
    if text.find_bad(words):
        raise BadText
    if text.is_blank(words):
        raise EmptyMessage
    return words


def ask(
    user: User,
    client_id: uuid.UUID,
    words: str,
    conversation_uuid: uuid.UUID | None,
    parent_uuid: uuid.UUID | None,
    instance: str,
) -> Asked:
    """Save a person's message and the empty reply that `instance` will write.

    The same `client_id` again gives the same rows. `parent_uuid` is the message it follows, or the
    client_id of one sent before. Raises what `check_text` and `usage.check_may_ask` raise, NotFound,
    ReplyRunning, or NewerMessages when the parent is no longer the tip.
    """
    check_text(words)
    try:
        with transaction.atomic():
            if known := _asked_before(user, client_id):
                return known
            usage.check_may_ask(user)
            conversation = _conversation_to_extend(user, conversation_uuid, words)
            _check_is_tip(conversation, parent_uuid)
            message = Message.objects.create(
                conversation=conversation,
                parent_id=conversation.tip_id,
                author=user,
                client_id=client_id,
                role=Role.USER,
                text=words,
            )
            return _begin_reply(conversation, message, instance)
    except IntegrityError:
        # Another process saved the same client_id between our look and our insert
        if known := _asked_before(user, client_id):
            return known
        raise


def retry(user: User, client_id: uuid.UUID, reply_uuid: uuid.UUID, instance: str) -> Asked:
    """Save an empty sibling of an ended answer, which takes its place on the branch in view.

    Raises NotFound, ReplyRunning, NewerMessages (the answer is not the tip), Suspended,
    TooManyMessages or TooManyReplies.
    """
    try:
        with transaction.atomic():
            if known := _asked_before(user, client_id):
                return known
            old = message_of(user, reply_uuid)
            # A hidden question has left the model's context, and a retry would send it again
            if old.role != Role.ASSISTANT or old.parent is None or old.parent.is_hidden:
                raise NotFound
            usage.check_may_ask(user)
            conversation = Conversation.objects.select_for_update().get(pk=old.conversation_id)
            _check_is_tip(conversation, reply_uuid)
            return _begin_reply(conversation, old.parent, instance, user, client_id, replaces=reply_uuid)
    except IntegrityError:
        if known := _asked_before(user, client_id):
            return known
        raise


def _asked_before(user: User, client_id: uuid.UUID) -> Asked | None:
    rows = Message.objects.filter(author=user, client_id=client_id)
    if not rows.exists():  # as a rule; to build the other query costs a millisecond
        return None
    found = rows.select_related("conversation", "parent").get()
    if found.conversation.deleted_at is not None:
        raise NotFound
    if found.role == Role.ASSISTANT and found.parent is not None:
        return Asked(found.conversation, found.parent, found, fresh=False)
    reply = found.children.filter(role=Role.ASSISTANT).latest("id")
    return Asked(found.conversation, found, reply, fresh=False)


def _conversation_to_extend(user: User, conversation_uuid: uuid.UUID | None, words: str) -> Conversation:
    if conversation_uuid is None:
        return Conversation.objects.create(owner=user, title=text.first_words(words))
    found = Conversation.objects.of(user).select_for_update().filter(uuid=conversation_uuid).first()
    if found is None:
        raise NotFound
    return found


def _check_is_tip(conversation: Conversation, parent_uuid: uuid.UUID | None) -> None:
    tip = conversation.tip
    if tip is None:
        return
    if tip.status == Status.RUNNING:
        raise ReplyRunning
    queued_before = tip.parent.client_id if tip.parent else None
    if parent_uuid is None or parent_uuid not in {tip.uuid, tip.client_id, queued_before}:
        raise NewerMessages


def _begin_reply(
    conversation: Conversation,
    message: Message,
    instance: str,
    author: User | None = None,
    client_id: uuid.UUID | None = None,
    replaces: uuid.UUID | None = None,
) -> Asked:
    reply = Message.objects.create(
        conversation=conversation,
        parent=message,
        author=author,
        client_id=client_id,
        role=Role.ASSISTANT,
        status=Status.RUNNING,
        instance=instance,
        heartbeat=Now(),
    )
    conversation.tip = reply
    conversation.updated_at = timezone.now()
    conversation.save(update_fields=["tip", "updated_at"])
    broadcast.listed(conversation.owner_id, conversation.uuid, conversation.title, moved=True)
    return Asked(conversation, message, reply, fresh=True, replaces=replaces)


def prompt_for(reply: Message) -> context.Prompt:
    """What the model is to see for this reply: one bounded query."""
    rows = Message.context_rows(reply.parent_id or reply.pk, settings.CONTEXT_EXCHANGES)
    return context.prompt(settings.SYSTEM_PROMPT, rows, settings.CONTEXT_EXCHANGES)


def stop_elsewhere(reply: Message) -> bool:
    """End a reply that another process writes; it notices within a second. Gives whether it still ran."""
    return bool(Message.objects.running().filter(pk=reply.pk).update(status=Status.STOPPED))


def rename(user: User, conversation_uuid: uuid.UUID, title: str) -> None:
    """Give a conversation a title (1 to TITLE_LENGTH characters, checked by the form). Raises NotFound."""
    conversation = conversation_of(user, conversation_uuid)
    Conversation.objects.filter(pk=conversation.pk).update(title=title)
    broadcast.listed(user.pk, conversation.uuid, title, moved=False)


def set_made_title(conversation_id: int, provisional: str, title: str) -> None:
    """Put the model's title in the place of the first words, unless its owner has renamed it since."""
    rows = Conversation.objects.filter(pk=conversation_id, title=provisional, deleted_at=None)
    if rows.update(title=title):
        conversation = Conversation.objects.get(pk=conversation_id)
        broadcast.listed(conversation.owner_id, conversation.uuid, title, moved=False)


def delete(user: User, conversation_uuid: uuid.UUID) -> None:
    """Take a conversation out of view; `restore` brings it back for UNDO_WINDOW. Raises NotFound.

    A reply that is being written in it stops with the next checkpoint.
    """
    conversation = conversation_of(user, conversation_uuid)
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=timezone.now())
    broadcast.unlisted(user.pk, conversation.uuid)


def restore(user: User, conversation_uuid: uuid.UUID) -> None:
    """Bring a deleted conversation back. Raises NotFound."""
    rows = Conversation.objects.filter(owner=user, uuid=conversation_uuid)
    rows.filter(deleted_at__gt=timezone.now() - UNDO_WINDOW).update(deleted_at=None)
    conversation = conversation_of(user, conversation_uuid)
    broadcast.listed(user.pk, conversation.uuid, conversation.title, moved=True)


def latest(user: User, before: str, count: int) -> tuple[list[Conversation], str]:
    """`count` conversations, the latest activity first, from after the cursor `before` ("" for the first).

    Gives them and the cursor of the next page, "" when there is none. A cursor that is not one of
    ours raises NotFound.
    """
    rows = Conversation.objects.of(user).latest_first()
    if before:
        when, pk = _read_cursor(before)
        rows = rows.filter(updated_at__lte=when).exclude(updated_at=when, pk__gte=pk)
    found = list(rows[: count + 1])
    more = f"{found[count - 1].updated_at.isoformat()}_{found[count - 1].pk}" if len(found) > count else ""
    return found[:count], more


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    when, _, pk = cursor.rpartition("_")
    try:
        moment, number = datetime.fromisoformat(when), int(pk)
        if moment.tzinfo is None or not 0 < number < 2**63:
            raise NotFound
        return moment.astimezone(UTC), number
    except (ValueError, OverflowError) as problem:
        raise NotFound from problem


def page(user: User, conversation: Conversation, before: uuid.UUID | None, count: int) -> list[Message]:
    """The last `count` messages in view, oldest first, up to the tip or to just before message `before`.

    Raises NotFound when `before` is not a message of this conversation.
    """
    last = conversation.tip_id
    if before is not None:
        message = message_of(user, before)
        if message.conversation_id != conversation.pk:
            raise NotFound
        last = message.parent_id
    return Message.branch_to(last, count) if last else []


def purge_deleted() -> int:
    """Remove the conversations that can no longer be brought back; gives the number of rows removed."""
    old = Conversation.objects.filter(deleted_at__lt=timezone.now() - UNDO_WINDOW)
    removed, _ = Conversation.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()
    return removed
