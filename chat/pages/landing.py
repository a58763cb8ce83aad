"""Where a link to a message leads: to its branch, without a change of the one in view."""

import uuid
from dataclasses import dataclass, field

from chat.conversations import actions as conversations
from chat.core.errors import NotFound
from chat.models import Conversation, Message, User
from chat.pages.messages import MESSAGES_A_PAGE, MESSAGES_AT_MOST

CONTEXT = 20
"""Messages below one that is led to that its page shows, where it is far above the latest."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What a page shows: the messages `above` a gap, if it has one, and the last ones.

    Of `conversation` the tip is that of the branch shown. `branch` is the message led to where that is
    not the branch in view, None else: nothing is saved before something is done there.
    """

    conversation: Conversation
    rows: list[Message]
    above: list[Message] = field(default_factory=list)
    branch: uuid.UUID | None = None


def at(user: User, conversation_uuid: uuid.UUID, message_uuid: uuid.UUID) -> Landing:
    """Return what shows a message where it is in its conversation. Raises NotFound."""
    found = conversations.message_of(user, message_uuid)
    conversation, branch = found.conversation, None
    if conversation.uuid != conversation_uuid:
        raise NotFound
    below = Message.ids_below(found.pk, conversation.tip_id)
    if below is None:
        conversation.tip_id, branch = Message.latest_below(found.pk), found.uuid
        below = Message.ids_below(found.pk, conversation.tip_id) or []
    if rows := conversations.since(user, conversation, found.uuid, MESSAGES_AT_MOST):
        return Landing(conversation, rows, branch=branch)
    rows = conversations.page(user, conversation, None, MESSAGES_A_PAGE)
    above = [row for row in _around(user, found, below) if row.pk < rows[0].pk]
    if above[-1].pk == rows[0].parent_id:
        return Landing(conversation, above + rows, branch=branch)
    return Landing(conversation, rows, above, branch)


def _around(user: User, found: Message, below: list[int]) -> list[Message]:
    """Return a page that has what was found: with CONTEXT messages below it, if they are short."""
    near, far = below[0], below[min(CONTEXT, len(below)) - 1]
    uuids = dict(Message.objects.filter(pk__in=[near, far]).values_list("pk", "uuid"))
    page = conversations.page(user, found.conversation, uuids[far], MESSAGES_A_PAGE)
    if found.pk in [message.pk for message in page]:
        return page
    return conversations.page(user, found.conversation, uuids[near], MESSAGES_A_PAGE)
