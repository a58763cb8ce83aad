"""Who reads a reply while it is written: its subscribers here, and through the layer those elsewhere."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chat.models import Message
from chat.realtime import layer
from chat.replies.subscribers import Recipient, ReplyEnd, Subscriber
from chat.replies.writer import Writer

logger = logging.getLogger(__name__)


class Audience:
    """The subscribers of one reply, by channel: each gets a snapshot, then patches, then the end.

    `idle_ms` tells for how many milliseconds nothing has come of the reply.
    """

    def __init__(self, reply: Message, writer: Writer, idle_ms: Callable[[], int]) -> None:
        self._reply = reply
        self._writer = writer
        self._idle_ms = idle_ms
        self._subscribers: dict[str, Subscriber] = {}
        self._is_open = asyncio.Event()
        self._end: ReplyEnd | None = None

    def open(self) -> None:
        """Let subscribers in: what the reply has already is rendered."""
        self._is_open.set()

    async def subscribe(self, channel: str, recipient: Recipient, handle: int) -> None:
        """Send this reply to a socket from now on, under its short name `handle`."""
        await self._is_open.wait()
        subscriber = Subscriber(recipient, self._reply, self._writer, handle, self._idle_ms)
        self._subscribers[channel] = subscriber
        await subscriber.catch_up()
        if self._end:  # it ended before this socket came
            await subscriber.end(self._end)

    def unsubscribe(self, channel: str) -> None:
        """Send nothing more to a socket."""
        self._subscribers.pop(channel, None)

    async def acknowledge(self, channel: str, seq: int) -> None:
        """Note that a socket's browser has placed everything up to `seq`."""
        if subscriber := self._subscribers.get(channel):
            await subscriber.acknowledge(seq)

    async def flush(self) -> None:
        """Render what has come and send it. Raise whatever the renderer raises."""
        await self._send(await self._writer.flush())

    async def close(self) -> None:
        """Render to the end and send it. A fault of the renderer costs the view, never the text."""
        try:
            await self.flush()
            await self._send(await self._writer.close())
        except Exception:
            logger.exception("reply %s: its text is kept, but it could not be rendered", self._reply.uuid)
        self._writer.count_what_is_missing()

    async def announce_end(self, end: ReplyEnd, worker: str) -> None:
        """Say how the reply ended, here and to the sockets of other processes than `worker`."""
        self._end = end
        self.open()
        for channel, subscriber in list(self._subscribers.items()):
            await self._unless_broken(channel, subscriber.end(end))
        await layer.announce_end(self._reply.conversation_id, self._reply.pk, worker)

    async def _send(self, tail: str) -> None:
        if tail:
            for channel, subscriber in list(self._subscribers.items()):
                await self._unless_broken(channel, subscriber.send_patches(self._writer.seq, tail))

    async def _unless_broken(self, channel: str, sending: Awaitable[None]) -> None:
        """Do something with a socket, and drop it if it breaks: the reply and the other sockets go on.

        None of them blocks (subscribers.Recipient). A time limit for each frame took 3 % of all processor
        time.
        """
        try:
            await sending
        except Exception as problem:
            # One that has merely closed (a reload) is news to nobody; its consumer hears of it any moment
            level = logging.DEBUG if isinstance(problem, ConnectionError) else logging.WARNING
            logger.log(level, "reply %s: a socket is dropped: %r", self._reply.uuid, problem)
            self.unsubscribe(channel)
