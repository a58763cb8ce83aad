"""The one door to the channel layer, which carries what is rare; tokens go straight to their sockets.

A layer may drop anything, so nothing here is the truth: every event is a hint to look again, and
the database is what is looked at. Events leave after the transaction that made them true.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import DEFAULT_CHANNEL_LAYER, InMemoryChannelLayer, channel_layers, get_channel_layer
from django.db import transaction

from chat.core.database import home
from chat.core.tracing import request_id
from chat.realtime import protocol

logger = logging.getLogger(__name__)

# Seconds a layer may take: verbs wait for it in the one thread that all of them share
PATIENCE = 2.0
# Seconds between two looks for messages that nobody fetched
CLEANING = 5.0

_publishing: set[asyncio.Task[None]] = set()  # asyncio holds tasks weakly


class MemoryLayer(InMemoryChannelLayer):
    """Channels' own, which looks through every queue and group of the process at every single send."""

    _cleaned = 0.0

    def _clean_expired(self) -> None:
        if time.monotonic() - self._cleaned > CLEANING:
            self._cleaned = time.monotonic()
            super()._clean_expired()


def person(user_id: int) -> str:
    """The group of all of a person's sockets."""
    return f"person.{user_id}"


def engine(instance: str) -> str:
    """The group of one process's engine, where it hears of its replies what other processes are asked."""
    return f"engine.{instance.rpartition(':')[2]}"


ENGINES = "engines"
"""The group of all engines."""


def conversation(conversation_id: int) -> str:
    """The group of the sockets that look at a conversation. The id is a row's, never a client's text."""
    return f"conversation.{conversation_id}"


async def publish(group: str, event: dict[str, Any]) -> None:
    """Send now. A layer that is down costs the hint, never the work that was done."""
    await _tried(get_channel_layer().group_send(group, event), f"{event['type']} to {group} was not sent")


async def knock() -> None:
    """Send what nobody hears, on connections of its own. Raises what the layer raises, or TimeoutError."""
    layer = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send("nobody", {"type": "knock"})
    finally:
        with suppress(Exception):
            await layer.flush()


async def join(group: str, channel: str) -> None:
    """Let a socket hear what is published to a group."""
    await _tried(get_channel_layer().group_add(group, channel), f"{group} was not joined")


async def leave(group: str, channel: str) -> None:
    """The opposite of `join`."""
    await _tried(get_channel_layer().group_discard(group, channel), f"{group} was not left")


async def _tried(work: Awaitable[None], otherwise: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await work
    except Exception as problem:
        logger.warning("channel layer: %s: %r", otherwise, problem)


def publish_on_commit(group: str, event: dict[str, Any]) -> None:
    """Send when the transaction in course commits, or now if there is none."""
    transaction.on_commit(lambda: _publish_from_thread(group, event))


def _publish_from_thread(group: str, event: dict[str, Any]) -> None:
    loop = home.get()
    if loop is None:
        async_to_sync(publish)(group, event)
        return
    with suppress(RuntimeError):  # a loop that has ended has nobody to tell
        loop.call_soon_threadsafe(_begin_to_publish, group, event)


def _begin_to_publish(group: str, event: dict[str, Any]) -> None:
    task = asyncio.ensure_future(publish(group, event))
    _publishing.add(task)
    task.add_done_callback(_publishing.discard)


def frame(event: protocol.Event, skip: str = "") -> dict[str, Any]:
    """An event for the browsers of a group, encoded once; `skip` names the channel that knows it already."""
    return {"type": "frame", "text": protocol.encode(event), "skip": skip}


# What the verbs tell, each after commit


def listed(user_id: int, conversation_uuid: uuid.UUID, title: str, *, moved: bool) -> None:
    """A conversation is new, active or renamed."""
    publish_on_commit(person(user_id), frame(protocol.Listed(conversation_uuid, title, moved)))


def unlisted(user_id: int, conversation_uuid: uuid.UUID) -> None:
    """A conversation is deleted."""
    publish_on_commit(person(user_id), frame(protocol.Unlisted(conversation_uuid)))


def standing_changed(user_id: int) -> None:
    """A person was suspended, or may send again."""
    publish_on_commit(person(user_id), {"type": "standing.changed"})


def message_changed(conversation_id: int, message_id: int, message_uuid: uuid.UUID) -> None:
    """A message was hidden or restored."""
    event = {"type": "message.changed", "message": message_id, "uuid": str(message_uuid)}
    publish_on_commit(conversation(conversation_id), event)


def session_ended(user_id: int, session_key: str | None = None) -> None:
    """A session was ended (None: all of a person's): its sockets close."""
    event = {"type": "session.ended", "person": user_id, "session": session_key}
    publish_on_commit(person(user_id), event)
    publish_on_commit(ENGINES, event)


MODELS_CHANGED = {"type": "models.changed"}
"""What engines are told when the models on offer are others."""


def models_changed() -> None:
    """The models on offer, or a service that has them, are others."""
    publish_on_commit(ENGINES, MODELS_CHANGED)


def stale(conversation_id: int, conversation_uuid: uuid.UUID) -> None:
    """Another branch has come into view."""
    publish_on_commit(conversation(conversation_id), frame(protocol.Stale(conversation_uuid)))


async def reply_began(conversation_id: int, reply_id: int, kind: str, skip: str) -> None:
    """A reply has begun: the other tabs that look at the conversation show and watch it.

    `kind` is "next" below what was in view, "branched" beside it, or "" for one that is continued.
    """
    message = {"type": "reply.began", "reply": reply_id, "kind": kind, "skip": skip}
    await publish(conversation(conversation_id), message)


async def reply_ended(conversation_id: int, reply_id: int, instance: str = "") -> None:
    """A reply is final: the tabs whose sockets end in other processes than `instance` read it again."""
    message = {"type": "reply.ended", "reply": reply_id, "instance": instance}
    await publish(conversation(conversation_id), message)


# Between the processes that write replies and those whose sockets watch them


async def ask_engine(instance: str, kind: str, **event: Any) -> None:
    """Ask the engine that writes a reply: "watch", "unwatch", "ack" or "stop"."""
    await publish(engine(instance), {"type": kind, **event})


async def tell(channel: str, reply: str, text: str) -> None:
    """A frame of a reply for a socket of another process."""
    event = {"type": "reply.frame", "reply": reply, "text": text}
    await _tried(get_channel_layer().send(channel, event), f"a frame to {channel} was not sent")


async def heard(*groups: str) -> AsyncGenerator[dict[str, Any]]:
    """What is published to these groups from now on. Raises whatever the layer raises when it is down."""
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
    """A channel that other processes may `answer` on, and what waits for that."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    try:
        yield channel, lambda: layer.receive(channel)
    finally:
        await _give_back(channel)


async def answer(channel: str) -> None:
    """Say something to a `mailbox`. Raises what the layer raises."""
    await get_channel_layer().send(channel, {"type": "answer"})


async def check() -> None:
    """A round trip through the layer. Raises whatever the layer raises when it is down."""
    async with mailbox() as (channel, receive):
        await get_channel_layer().send(channel, {"type": "check", "id": request_id.get()})
        await asyncio.wait_for(receive(), timeout=2)


async def _give_back(channel: str) -> None:
    """A layer over Redis forgets a channel only when somebody who waits at it is cancelled."""
    waiting = asyncio.ensure_future(get_channel_layer().receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=PATIENCE)
