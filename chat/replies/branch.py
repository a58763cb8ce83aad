"""What a message may follow: the conversation it goes into, and the end of the branch in view."""

import uuid

from chat.core.errors import NotFound
from chat.models import Conversation, Message, Role, Status, User
from chat.models.prepared import Selection, loaded, prepared
from chat.replies.errors import NewerMessages, ReplyRunning

# With the last message of the branch in view and the one before it, of which little is asked
_CONVERSATION = Selection(
    Conversation,
    """
    SELECT {columns}, tip.id, tip.uuid, tip.client_id, tip.status, tip.depth, tip.parent_id, before.client_id
    FROM chat_conversation c
    LEFT JOIN chat_message tip ON tip.id = c.tip_id LEFT JOIN chat_message before ON before.id = tip.parent_id
    WHERE c.uuid = %s AND c.owner_id = %s AND c.deleted_at IS NULL {lock}
    """,
    "c",
    "FOR UPDATE OF c",
)


def locked(user: User, conversation_uuid: uuid.UUID) -> Conversation:
    """Return the person's conversation, held until the end of the transaction. Raise NotFound."""
    found = _CONVERSATION.first([prepared(Conversation, "uuid", conversation_uuid), user.pk])
    if found is None:
        raise NotFound
    conversation, (tip_id, tip_uuid, client_id, status, depth, before_id, client_id_before) = found
    if tip_id is not None:
        tip = loaded(
            Message,
            id=tip_id,
            uuid=tip_uuid,
            client_id=client_id,
            status=status,
            depth=depth,
            parent_id=before_id,
        )
        if before_id is not None:
            tip.parent = loaded(Message, id=before_id, client_id=client_id_before)
        conversation.tip = tip
    return conversation


def check_not_running(conversation: Conversation) -> None:
    """Raise ReplyRunning while the last answer of the branch in view is being written."""
    if conversation.tip is not None and conversation.tip.status == Status.RUNNING:
        raise ReplyRunning


def check_is_tip(conversation: Conversation, shown: uuid.UUID | None) -> None:
    """Raise NewerMessages unless the page shows the end of the branch in view; ReplyRunning as above."""
    check_not_running(conversation)
    tip = conversation.tip
    if tip is None:
        return
    queued_before = tip.parent.client_id if tip.parent else None
    if shown is None or shown not in {tip.uuid, tip.client_id, queued_before}:
        raise NewerMessages


def answer_in(conversation: Conversation, message_uuid: uuid.UUID | None) -> Message:
    """Return the answer that a branch starts from."""
    answers = Message.objects.filter(conversation=conversation, role=Role.ASSISTANT)
    found = answers.exclude(status=Status.RUNNING).filter(uuid=message_uuid).first() if message_uuid else None
    if found is None:
        raise NotFound
    return found
