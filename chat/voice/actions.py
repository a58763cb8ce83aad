"""What people do by voice. Every row is reached through its owner."""

import uuid

import msgspec
from django.db.models import Exists, OuterRef

from chat.conversations.actions import message_of
from chat.core.errors import NotFound
from chat.models import Message, Role, User, VoiceSettings
from chat.models.heard import HeardMark
from chat.realtime import layer
from chat.voice import limits


def reply_to_read(user: User, message_uuid: uuid.UUID) -> Message:
    """Return an answer that is to be read aloud, its conversation and its generation.

    Raise NotFound, also for a hidden one, Suspended, or what limits refuse.
    """
    limits.check_may_read(user)
    reply = message_of(user, message_uuid)
    if reply.role != Role.ASSISTANT or reply.is_hidden:
        raise NotFound
    return reply


def voice_settings(user: User) -> VoiceSettings:
    """Return how somebody wants to be read to, by default as everybody is."""
    return VoiceSettings.of(user.pk)


def mark_heard(user: User, *, message_uuid: uuid.UUID, mark: HeardMark | None) -> None:
    """Note how far an answer was heard that its person interrupted; None: they hear more. Raise NotFound.

    Only while nothing follows it: the model is told with the next message, and what it was told stays true.
    Pages that show it show the mark at once.
    """
    reply = message_of(user, message_uuid)
    if reply.role != Role.ASSISTANT:
        raise NotFound
    follows = Message.objects.filter(parent=OuterRef("pk"))
    rows = Message.objects.filter(~Exists(follows), pk=reply.pk)
    if rows.update(heard=None if mark is None else msgspec.to_builtins(mark)):
        layer.announce_message(reply.conversation_id, reply.pk, reply.uuid)
