"""What one socket looks at: a conversation, and the replies in it that are being written, here or elsewhere.

A reply that another process writes is asked for through the channel layer: its engine sends a snapshot
and patches to this socket's channel. The stored text is shown first and stands if nobody answers, and a
look at the row every `POLL_INTERVAL` seconds finds the end that the layer did not bring.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import count
from typing import Any

from django.db import DatabaseError
from django.utils import translation

from chat.conversations import actions as conversations
from chat.conversations import temporary
from chat.conversations.presenter import AssistantMessage, outline
from chat.core.database import in_database
from chat.models import Conversation, Message, Status
from chat.pages import messages
from chat.realtime import layer, layer_messages, protocol
from chat.replies import Engine, RunningReply
from chat.replies.request_log import context_starts_at
from chat.replies.subscribers import WINDOW_BYTES, ReplyEnd, size

logger = logging.getLogger(__name__)

# Seconds
POLL_INTERVAL = 2.0


class Subscription:
    """One per socket. It is also where the replies it reads are sent (replies.subscribers.Recipient)."""

    def __init__(self, engine: Engine, channel: str, language: str, send: Callable[[str], Any]) -> None:
        self._engine = engine
        self._channel = channel
        self._language = language
        self.send_frame = send
        self._conversation: Conversation | None = None
        self._handles: dict[uuid.UUID, int] = {}
        self._new_handles = count(1)
        self._withheld: set[int] = set()
        # Replies that other processes write, and the worker that does
        self._remote: dict[uuid.UUID, str] = {}
        self._polling: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None

    # What the socket asks for

    async def subscribe(self, conversation: Conversation) -> None:
        """Hear what is told about a conversation, and no longer about another one."""
        if self._conversation is not None and self._conversation.pk == conversation.pk:
            return
        await self.unsubscribe()
        self._conversation = conversation
        await layer.join(layer.conversation_group(conversation.pk), self._channel)
        if conversation.temporary:
            self._keeping = asyncio.create_task(self._keep(conversation))

    async def unsubscribe(self) -> None:
        """Watch nothing any more."""
        for reply in list(self._handles):
            if running := self._engine.running_reply(reply):
                running.audience.unsubscribe(self._channel)
        for reply in list(self._remote):
            await self._forget_remote(reply)
        conversation, self._conversation = self._conversation, None
        if conversation is None:
            return
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
            await self._note_seen(conversation)
        await layer.leave(layer.conversation_group(conversation.pk), self._channel)

    async def close(self) -> None:
        """Leave the conversation: the socket is gone."""
        if self._polling is not None:
            self._polling.cancel()
        await self.unsubscribe()

    async def catch_up(self, tip: uuid.UUID | None, running: bool) -> None:
        """Bring a page up to date that shows `tip` as the last message, and whether it is being written.

        Read after joining: what happened between the page's making and now is in one of the two.
        """
        assert self._conversation is not None
        now = await self._engine.reader.read(conversations.tip_of, self._conversation)
        if now is None:
            return
        if now.uuid != tip:
            await self._event(protocol.Stale(self._conversation.uuid))
        elif running or now.status == Status.RUNNING:
            await self.follow(now)

    async def follow(self, reply: Message) -> None:
        """Show a reply: live if it is being written, else as it is stored.

        Of one that is hidden while it is being written nothing is shown but its end.
        """
        running = self._engine.running_reply(reply.uuid)
        if running is None or reply.is_hidden:
            shown = await self.replace(reply.pk)
            if running is None and shown is not None and shown.status == Status.RUNNING:
                await self._follow_remote(shown)
        if running is not None:
            await self._follow_here(running, reply)

    async def acknowledge(self, handle: int, seq: int) -> None:
        """Note that the browser has placed everything of a reply up to `seq`."""
        reply = next((reply for reply, known in self._handles.items() if known == handle), None)
        if reply is None:
            return
        if running := self._engine.running_reply(reply):
            await running.audience.acknowledge(self._channel, seq)
        elif worker_id := self._remote.get(reply):
            message = layer_messages.AcknowledgeReply(reply, self._channel, seq)
            await layer.ask_engine(worker_id, message)

    async def replace(self, message_id: int) -> Message | None:
        """Show a message as it is stored; return it, or None when its row is gone.

        Of one too long to be under way to a browser at once only the end is told; the page fetches it.
        """

        def read() -> tuple[Message, str] | None:
            message = Message.objects.select_related("generation").filter(pk=message_id).first()
            return (message, self.article(message)) if message else None

        found = await self._engine.reader.read(read)
        if found is None:
            return None
        message, article = found
        if size(article) <= WINDOW_BYTES:
            await self._event(protocol.Replaced(message.uuid, article))
        elif message.status != Status.RUNNING:
            start = await self._engine.reader.read(context_starts_at, message)
            await self._tell_end(replace(outline(message), context_starts_at=start))
        return message

    def article(self, message: Message) -> str:
        """Return the message as this socket's page shows it. Runs in the database's thread."""
        with translation.override(self._language):
            return messages.article(message)

    # What the channel layer brings

    async def reply_began(
        self, message_id: int, event_of: Callable[[Message, str], protocol.Sent] | None
    ) -> None:
        """Show a reply that was asked for in another tab.

        `event_of` makes the event that tells of it, if it is new.
        """

        def read() -> tuple[Message, str] | None:
            rows = Message.objects.select_related("conversation", "parent", "generation")
            reply = rows.filter(pk=message_id).first()
            return (reply, self.article(reply.parent)) if reply is not None and reply.parent else None

        found = await self._engine.reader.read(read)
        if found is None:
            return
        reply, question = found
        if event_of is not None:
            await self._event(event_of(reply, question))
        await self.follow(reply)

    async def reply_ended(self, message_id: int, worker_id: str) -> None:
        """Read a final reply again, if it was not watched here."""
        if self.has_shown(message_id, worker_id):
            return
        if self._engine.is_writing(
            message_id
        ):  # taken for dead: it will notice, and hand in what it has shown
            return
        self._withheld.discard(message_id)
        if message := await self.replace(message_id):
            self._remote.pop(message.uuid, None)

    def has_shown(self, message_id: int, worker_id: str) -> bool:
        """Whether the end of a reply was told to this socket by the engine that wrote it, the one here."""
        return worker_id == self._engine.worker_id and message_id not in self._withheld

    async def message_changed(self, message_id: int, message_uuid: uuid.UUID) -> None:
        """Show a message that was hidden or restored as it is now."""
        running = self._engine.running_reply(message_uuid)
        if running is not None:
            running.audience.unsubscribe(self._channel)
        elif message_uuid in self._remote:
            await self._forget_remote(message_uuid)
        message = await self.replace(message_id)
        if message is None or message.status != Status.RUNNING:
            return
        if running is not None:
            await self._follow_here(running, message)
        else:
            await self._follow_remote(message)

    async def forward_frame(self, reply: uuid.UUID, text: str) -> None:
        """Pass on a frame of a reply that another process writes."""
        if reply in self._remote:
            await self.send_frame(text)

    # What a reply that is written here tells

    async def send_ended(self, reply: Message, end: ReplyEnd, seq: int) -> None:
        await self._tell_end(replace(outline(reply), **asdict(end), seq=seq))

    # Internal

    async def _keep(self, conversation: Conversation) -> None:
        """Note that a temporary chat is shown, for as long as it is."""
        while True:
            await self._note_seen(conversation)
            await asyncio.sleep(temporary.BEAT.total_seconds())

    async def _note_seen(self, conversation: Conversation) -> None:
        try:
            await in_database(temporary.note_seen, conversation)
        except DatabaseError as problem:  # the next beat tries again
            logger.warning("a page of a temporary chat is not noted: %r", problem)

    async def _tell_end(self, reply: AssistantMessage) -> None:
        with translation.override(self._language):
            event = ended(reply)
        await self._event(event)

    async def _event(self, event: protocol.Event) -> None:
        await self.send_frame(protocol.encode(event))

    def _handle(self, reply: uuid.UUID) -> int:
        """Return a reply's short name. Those of ended replies are forgotten, and never given again."""
        if reply not in self._handles:
            kept = {known: handle for known, handle in self._handles.items() if self._is_followed(known)}
            self._handles = kept | {reply: next(self._new_handles)}
        return self._handles[reply]

    def _is_followed(self, reply: uuid.UUID) -> bool:
        return reply in self._remote or self._engine.running_reply(reply) is not None

    async def _follow_here(self, running: RunningReply, reply: Message) -> None:
        if reply.is_hidden:
            self._withheld.add(reply.pk)
        else:
            self._withheld.discard(reply.pk)
            await running.audience.subscribe(self._channel, self, self._handle(reply.uuid))

    async def _follow_remote(self, reply: Message) -> None:
        if reply.is_hidden:
            return
        self._remote[reply.uuid] = reply.generation.worker
        message = layer_messages.WatchReply(reply.uuid, self._channel, self._handle(reply.uuid))
        await layer.ask_engine(reply.generation.worker, message)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll_rows())

    async def _forget_remote(self, reply: uuid.UUID) -> None:
        worker_id = self._remote.pop(reply, None)
        if worker_id is not None:
            await layer.ask_engine(worker_id, layer_messages.UnwatchReply(reply, self._channel))

    async def _poll_rows(self) -> None:
        """Look for the end of replies in their rows: the layer may drop the news of it, the row does not."""
        while self._remote:
            await asyncio.sleep(POLL_INTERVAL)
            try:
                await self._drop_ended()
            except Exception:
                logger.exception("the replies that other processes write could not be looked at")

    async def _drop_ended(self) -> None:
        watched = list(self._remote)
        rows = Message.objects.filter(uuid__in=watched).values_list("uuid", "pk", "status")
        states = {row[0]: row[1:] for row in await self._engine.reader.read(lambda: list(rows))}
        for reply in watched:
            pk, status = states.get(reply, (0, ""))
            if status != Status.RUNNING and self._remote.pop(reply, None) is not None:
                await self.replace(pk)


def ended(reply: AssistantMessage) -> protocol.Ended:
    """Return the event that tells of an answer's end, in the active language."""
    return protocol.Ended(
        uuid.UUID(reply.uuid),
        reply.status,
        text=reply.error_line,
        request=reply.request_line,
        model=reply.model_label or reply.model,
        instead=reply.substitution_line,
        dropped=reply.truncated_exchanges,
        note=reply.truncated_line,
        seq=reply.seq,
        began=reply.context_starts_at if reply.status != Status.FAILED else None,
        finish=reply.finish_reason if reply.status == Status.COMPLETE else "",
        lang=reply.language,
    )
