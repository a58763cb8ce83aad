"""The channel layer, which only this module uses: it carries what is rare, tokens go straight to sockets.

A layer may drop anything, so nothing here is the truth: every event is a hint to look again, and
the database is what is looked at. Events leave after the transaction that made them true.
"""

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import DEFAULT_CHANNEL_LAYER, InMemoryChannelLayer, channel_layers, get_channel_layer
from django.db import transaction

from chat.core.database import main_loop
from chat.core.tracing import request_id
from chat.realtime import layer_messages, protocol
from chat.realtime.layer_messages import Message, encode

if TYPE_CHECKING:
    from chat.models import Conversation

logger = logging.getLogger(__name__)

# Seconds a layer may take: actions wait for it in the one thread that all of them share
PATIENCE = 2.0
# Seconds between two looks for messages that nobody fetched
CLEANING = 5.0

Taker = Callable[[dict[str, Any]], Awaitable[bool]]
"""What takes a message at once, or returns False to find it in its queue."""

_publishing: set[asyncio.Task[None]] = set()  # asyncio holds tasks weakly
# What threads have handed to a loop, which has not begun to publish it
_waiting: dict[asyncio.AbstractEventLoop, list[tuple[str, Message]]] = {}
_handing_over = threading.Lock()


class MemoryLayer(InMemoryChannelLayer):
    """Channels' own, which looks through every queue and group of the process at every single send.

    And makes a task for each socket of a group: 23 µs for one of them, of which 5 are left. What a socket
    `attached` to it can take at once goes there straight, not through its queue and its consumer's tasks.
    """

    _cleaned = 0.0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.attached: dict[str, Taker] = {}

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        take = self.attached.get(channel)
        if take is None or not await take(message):
            await super().send(channel, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Send to all of a group. A socket that takes nothing any more misses it."""
        self._clean_expired()
        for channel in list(self.groups.get(group, ())):
            with suppress(ChannelFull):
                await self.send(channel, message)

    def _clean_expired(self) -> None:
        if time.monotonic() - self._cleaned > CLEANING:
            self._cleaned = time.monotonic()
            super()._clean_expired()


def person_group(user_id: int) -> str:
    """Return the group of all of a person's sockets."""
    return f"person.{user_id}"


def engine_group(worker_id: str) -> str:
    """Return the group of one process's engine, which other processes ask things of its replies."""
    return f"engine.{worker_id.rpartition(':')[2]}"


ENGINES = "engines"
"""The group of all engines."""


def conversation_group(conversation_id: int) -> str:
    """Return the group of the sockets that look at a conversation, by its row's id, never a client's text."""
    return f"conversation.{conversation_id}"


async def publish(group: str, message: Message) -> None:
    """Send to a group now. A layer that is down costs the hint, never the work that was done."""
    event = encode(message)
    await _tried(get_channel_layer().group_send(group, event), f"{event['type']} to {group} was not sent")


async def probe() -> None:
    """Send what nobody hears, on connections of its own. Raise what the layer raises, or TimeoutError."""
    layer = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send("nobody", {"type": "probe"})
    finally:
        with suppress(Exception):
            await layer.flush()


def attach(channel: str, take: Taker) -> None:
    """Let a socket take at once what it can, where the layer is this process's own."""
    layer = get_channel_layer()
    if isinstance(layer, MemoryLayer):
        layer.attached[channel] = take


def detach(channel: str) -> None:
    """Let a socket take nothing at once any more."""
    layer = get_channel_layer()
    if isinstance(layer, MemoryLayer):
        layer.attached.pop(channel, None)


async def join(group: str, channel: str) -> None:
    """Let a socket hear what is published to a group."""
    await _tried(get_channel_layer().group_add(group, channel), f"{group} was not joined")


async def leave(group: str, channel: str) -> None:
    """Let a socket hear no more of a group."""
    await _tried(get_channel_layer().group_discard(group, channel), f"{group} was not left")


async def _tried(work: Awaitable[None], otherwise: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await work
    except Exception as problem:
        logger.warning("channel layer: %s: %r", otherwise, problem)


def publish_on_commit(group: str, message: Message) -> None:
    """Send when the transaction in course commits, or now if there is none."""
    transaction.on_commit(lambda: _publish_from_thread(group, message))


def _publish_from_thread(group: str, message: Message) -> None:
    loop = main_loop.get()
    if loop is None:
        async_to_sync(publish)(group, message)
        return
    with _handing_over:
        waiting = _waiting.setdefault(loop, [])
        waiting.append((group, message))
        is_first = len(waiting) == 1
    if is_first:  # the loop is woken once for all that a transaction tells
        try:
            loop.call_soon_threadsafe(_begin_to_publish, loop)
        except RuntimeError:  # a loop that has ended has nobody to tell
            _waiting.pop(loop, None)


def _begin_to_publish(loop: asyncio.AbstractEventLoop) -> None:
    with _handing_over:
        messages = _waiting.pop(loop, [])
    task = asyncio.ensure_future(_publish_all(messages))
    _publishing.add(task)
    task.add_done_callback(_publishing.discard)


async def _publish_all(messages: list[tuple[str, Message]]) -> None:
    if isinstance(get_channel_layer(), MemoryLayer):
        for group, message in messages:
            await publish(group, message)
    else:  # each waits for the layer
        await asyncio.gather(*(publish(group, message) for group, message in messages))


# What actions announce, each after commit


def announce_listed(conversation: "Conversation", *, moved: bool) -> None:
    """Tell its owner's pages that a conversation is new, active, renamed or in another project."""
    project = conversation.current_project
    is_pinned, in_project = conversation.pinned_at is not None, project.uuid if project else None
    listed = protocol.Listed(conversation.uuid, conversation.title, moved, is_pinned, in_project)
    _send_event(person_group(conversation.owner_id), listed)


def announce_projects(user_id: int) -> None:
    """Tell a person's pages that their projects are others, or have other names."""
    _send_event(person_group(user_id), protocol.Projects())


def announce_arranged(user_id: int, places: dict[uuid.UUID, str]) -> None:
    """Tell a person's pages that conversations were pinned, archived, deleted, or the opposite."""
    _send_event(person_group(user_id), protocol.Arranged(places))


def announce_progress(user_id: int, states: dict[uuid.UUID, str]) -> None:
    """Tell a person's pages which of their conversations are being written, or have a reply to be seen."""
    _send_event(person_group(user_id), protocol.Progress(states))


def announce_all_progress(user_id: int, states: dict[uuid.UUID, str]) -> None:
    """Tell the same of all of their conversations: nothing else is being written, or to be seen."""
    _send_event(person_group(user_id), protocol.Progress(states, whole=True))


def announce_stale(conversation_id: int, conversation_uuid: uuid.UUID) -> None:
    """Tell the pages of a conversation that another branch has come into view."""
    _send_event(conversation_group(conversation_id), protocol.Stale(conversation_uuid))


def announce_account_status(user_id: int) -> None:
    """Tell a person's sockets that they were suspended, or may send again."""
    publish_on_commit(person_group(user_id), layer_messages.AccountStatusChanged())


def announce_message(conversation_id: int, message_id: int, message_uuid: uuid.UUID) -> None:
    """Tell the sockets of a conversation that a message was hidden or restored."""
    message = layer_messages.MessageChanged(message_id, message_uuid)
    publish_on_commit(conversation_group(conversation_id), message)


def announce_session_end(user_id: int, session_key: str | None = None) -> None:
    """Close the sockets of a session that was ended (None: all of a person's), and end its replies."""
    message = layer_messages.SessionEnded(user_id, session_key)
    publish_on_commit(person_group(user_id), message)
    publish_on_commit(ENGINES, message)


def announce_models() -> None:
    """Tell all engines that the models on offer, or a provider that has them, are others."""
    publish_on_commit(ENGINES, layer_messages.ModelsChanged())


def _send_event(group: str, event: protocol.Event) -> None:
    """Send an event to the browsers of a group, encoded once."""
    publish_on_commit(group, layer_messages.Frame(protocol.encode(event)))


# What engines and sockets tell each other at once


async def announce_reply(conversation_id: int, reply_id: int, kind: str, skip: str) -> None:
    """Let the other tabs that look at the conversation show a reply that has begun (ReplyBegan)."""
    message = layer_messages.ReplyBegan(reply_id, kind, skip)
    await publish(conversation_group(conversation_id), message)


async def announce_end(conversation_id: int, reply_id: int, worker_id: str = "") -> None:
    """Let the tabs whose sockets end in other processes than `worker_id` read a final reply again."""
    message = layer_messages.ReplyEnded(reply_id, worker_id)
    await publish(conversation_group(conversation_id), message)


async def announce_unseen(user_id: int, conversation_uuid: uuid.UUID) -> None:
    """Tell a person's pages that a reply has ended which waits to be seen."""
    event = protocol.Progress({conversation_uuid: protocol.UNSEEN})
    await publish(person_group(user_id), layer_messages.Frame(protocol.encode(event)))


async def ask_engine(worker_id: str, message: layer_messages.ForReply) -> None:
    """Ask the engine that writes a reply."""
    await publish(engine_group(worker_id), message)


async def send_frame(channel: str, reply: uuid.UUID, text: str) -> None:
    """Send a frame of a reply to a socket of another process."""
    event = encode(layer_messages.ReplyFrame(reply, text))
    await _tried(get_channel_layer().send(channel, event), f"a frame to {channel} was not sent")


async def listen(*groups: str) -> AsyncGenerator[dict[str, Any]]:
    """Yield what is published to these groups from now on. Raise whatever the layer raises."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    try:
        for group in groups:
            await layer.group_add(group, channel)
        while True:
            yield await layer.receive(channel)
    finally:
        for group in groups:
            await leave(group, channel)
        await _give_back(channel)


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[str, Callable[[], Awaitable[dict[str, Any]]]]]:
    """Yield a channel that other processes may `answer` on, and what waits for that."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    try:
        yield channel, lambda: layer.receive(channel)
    finally:
        await _give_back(channel)


async def answer(channel: str) -> None:
    """Say something to a `mailbox`. Raise what the layer raises."""
    await get_channel_layer().send(channel, {"type": "answer"})


async def is_looking(user_id: int, patience: float) -> bool:
    """Return whether a page of the person is in view: that one says so within `patience` seconds."""
    async with mailbox() as (channel, receive):
        await publish(person_group(user_id), layer_messages.WhoIsLooking(channel))
        try:
            async with asyncio.timeout(patience):  # wait_for of Python 3.11 may pass over a cancellation
                await receive()
        except TimeoutError:
            return False
    return True


async def check() -> None:
    """Make a round trip through the layer. Raise whatever it raises when it is down."""
    async with mailbox() as (channel, receive):
        await get_channel_layer().send(channel, {"type": "check", "id": request_id.get()})
        async with asyncio.timeout(2):
            await receive()


async def _give_back(channel: str) -> None:
    """Have the layer forget a channel: one over Redis does so only when who waits at it is cancelled."""
    waiting = asyncio.ensure_future(get_channel_layer().receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=PATIENCE)
