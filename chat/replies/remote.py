"""A reply's subscriber whose socket ends in another process."""

import uuid

from chat.models import Message
from chat.realtime import layer
from chat.replies.subscribers import ReplyEnd


class Remote:
    """The recipient (subscribers.Recipient) behind a channel: every frame goes there through the layer.

    The end is not sent: every process hears of it in the conversation's group, and reads the row.
    """

    def __init__(self, channel: str, reply: uuid.UUID) -> None:
        self._channel = channel
        self._reply = reply

    async def send_frame(self, text: str) -> None:
        await layer.send_frame(self._channel, self._reply, text)

    async def send_ended(self, reply: Message, end: ReplyEnd, seq: int) -> None:
        return
