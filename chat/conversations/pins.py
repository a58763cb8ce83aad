"""Pinning: what a person wants the model to keep in view, however old it is."""

import uuid

from django.db import transaction
from django.utils import timezone

from chat.conversations import context
from chat.conversations.actions import message_of
from chat.conversations.errors import MOST_PINNED, TooManyPins
from chat.core.errors import NotFound
from chat.models import Conversation, Message, Role, User
from chat.realtime import layer


@transaction.atomic
def pin(user: User, message_uuid: uuid.UUID) -> Message:
    """Let the exchange of a message, a question or an answer, go with every later one. Return its question.

    The mark is on the question, so that another answer to it is pinned too. Raises NotFound, also for what
    the model may not see, and TooManyPins.
    """
    message = message_of(user, message_uuid)
    question = _question_of(message)
    if not (context.usable(message) and context.usable(question)):
        raise NotFound
    # Of two that come at once the second counts the first
    Conversation.objects.select_for_update().get(pk=message.conversation_id)
    others = Message.objects.filter(conversation=message.conversation_id).exclude(pinned_at=None)
    if others.exclude(pk=question.pk).count() >= MOST_PINNED:
        raise TooManyPins
    return _mark(question, pinned=True)


@transaction.atomic
def unpin(user: User, message_uuid: uuid.UUID) -> Message:
    """Undo `pin`. Raises NotFound."""
    return _mark(_question_of(message_of(user, message_uuid)), pinned=False)


def _question_of(message: Message) -> Message:
    question = message if message.role == Role.USER else message.parent
    if question is None:
        raise NotFound
    return question


def _mark(question: Message, *, pinned: bool) -> Message:
    if pinned != (question.pinned_at is not None):
        question.pinned_at = timezone.now() if pinned else None
        question.save(update_fields=["pinned_at"])
        layer.announce_stale(question.conversation_id, question.conversation.uuid)
    return question
