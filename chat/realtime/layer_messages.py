"""What travels through the channel layer, from process to process: every message named and shaped once.

While a restart rolls over the processes of a site, those of the version before listen to the same layer. So
there a message is a plain dict of a `type` and the fields that they know, and what this version does not know
of another one's is logged once and passed over: every message is a hint, and the database knows.
"""

import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

logger = logging.getLogger(__name__)

# Things that are not understood, of which each is logged once; after so many no more
MOST_LOGGED = 100
_logged: set[str] = set()


class Frame(msgspec.Struct, tag="frame", frozen=True):
    """An event for the browsers of a group, encoded; `skip` names the channel that knows it already."""

    text: str
    skip: str = ""


class ReplyBegan(msgspec.Struct, tag="reply.began", frozen=True):
    """A reply has begun: the other tabs that look at the conversation show and watch it.

    `kind` is "next" below what was in view, "branched" beside it, or "" for one that is continued.
    """

    reply: int
    kind: str
    skip: str


class ReplyEnded(msgspec.Struct, tag="reply.ended", frozen=True):
    """A reply is final: the tabs whose sockets end in other processes than `worker_id` read it again."""

    reply: int
    worker_id: str = msgspec.field(name="instance")


class ReplyFrame(msgspec.Struct, tag="reply.frame", frozen=True):
    """A frame of a reply for a socket of another process."""

    reply: uuid.UUID
    text: str


class MessageChanged(msgspec.Struct, tag="message.changed", frozen=True):
    """A message was hidden or restored."""

    message: int
    uuid: uuid.UUID


class SessionEnded(msgspec.Struct, tag="session.ended", frozen=True):
    """A person's session was ended (None: all of them)."""

    person: int
    session: str | None


class AccountStatusChanged(msgspec.Struct, tag="standing.changed", frozen=True):
    """A person was suspended, or may send again."""


class WhoIsLooking(msgspec.Struct, tag="looking", frozen=True):
    """The sockets of pages that are in view of their person say so on `channel`."""

    channel: str


class ModelsChanged(msgspec.Struct, tag="models.changed", frozen=True):
    """The models on offer, or a provider that has them, are others."""


class WatchReply(msgspec.Struct, tag="watch", frozen=True):
    """Send a reply to a socket of another process, under its short name `handle`."""

    reply: uuid.UUID
    channel: str
    handle: int


class UnwatchReply(msgspec.Struct, tag="unwatch", frozen=True):
    """Send nothing more of a reply to a socket of another process."""

    reply: uuid.UUID
    channel: str


class AcknowledgeReply(msgspec.Struct, tag="ack", frozen=True):
    """A browser whose socket ends in another process has placed everything up to `seq`."""

    reply: uuid.UUID
    channel: str
    seq: int


class StopReply(msgspec.Struct, tag="stop", frozen=True):
    """Stop writing a reply; its text stays."""

    reply: uuid.UUID


ForReply = WatchReply | UnwatchReply | AcknowledgeReply | StopReply
ForEngine = ForReply | SessionEnded | ModelsChanged
ForSocket = (
    Frame
    | ReplyBegan
    | ReplyEnded
    | ReplyFrame
    | MessageChanged
    | SessionEnded
    | AccountStatusChanged
    | WhoIsLooking
)
Message = ForEngine | ForSocket

Handlers = Mapping[type, Callable[[Any, Any], Awaitable[None]]]
"""By the type of message, the method that takes it."""


def encode(message: Message) -> dict[str, Any]:
    """Return a message as the layer carries it."""
    encoded: dict[str, Any] = msgspec.to_builtins(message)
    return encoded


def decode(event: dict[str, Any]) -> Message | None:
    """Return what the layer brought, or None when this version does not know it."""
    try:
        message: Message = msgspec.convert(event, Message)
    except msgspec.ValidationError as problem:
        _log_once(f"{event.get('type')!r} is not understood: {problem}")
        return None
    if unknown := event.keys() - {"type", *type(message).__struct_encode_fields__}:
        _log_once(f"{event['type']!r} has unknown fields: {', '.join(sorted(unknown))}")
    return message


async def dispatch(receiver: object, handlers: Handlers, event: dict[str, Any]) -> None:
    """Let `receiver` handle what the layer brought, by a table of its methods. Raise what they raise."""
    message = decode(event)
    if message is not None:
        await hand_to(receiver, handlers, message)


async def hand_to(receiver: object, handlers: Handlers, message: Message) -> None:
    """Let `receiver` handle a message by a table of its methods. Raise what they raise."""
    if handler := handlers.get(type(message)):
        await handler(receiver, message)
    else:
        _log_once(f"{type(message).__name__} is not for a {type(receiver).__name__}")


def _log_once(problem: str) -> None:
    if problem not in _logged and len(_logged) < MOST_LOGGED:
        _logged.add(problem)
        logger.warning("channel layer: a message of another version? %s", problem)
