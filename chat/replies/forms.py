"""What pages without a script ask for, by the actions that the socket calls, from the thread of a view."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.http import QueryDict

from chat import replies
from chat.conversations.actions import message_of, show
from chat.core import limits
from chat.core.database import in_database
from chat.core.errors import NotFound
from chat.models import Message, Status
from chat.realtime import layer, layer_messages
from chat.replies import actions
from chat.replies.actions import ReplyRequest
from chat.replies.errors import NotRunning
from chat.web.decorators import MemberRequest, row_id

# Seconds that a reply may take to end when it is told to, before the page is shown all the same
STOP_PATIENCE = 0.7


def send(request: MemberRequest, conversation_uuid: uuid.UUID | None) -> ReplyRequest:
    """Send the message of a form: text, client_id, parent, model; `?temporary=1` begins a chat of that kind.

    Raises what `actions.send` raises.
    """
    return _ask(
        request,
        actions.send,
        client_id=_identifier(request.POST, "client_id") or uuid.uuid4(),
        words=_lines(request.POST.get("text", "")),
        conversation_uuid=conversation_uuid,
        parent_uuid=_identifier(request.POST, "parent"),
        model=row_id(request.POST.get("model", "")),
        temporary=request.GET.get("temporary") == "1",
    )


def retry(request: MemberRequest, message_uuid: uuid.UUID) -> ReplyRequest:
    """Have another reply written in the place of this one. Raises what `actions.retry` raises."""
    form = request.POST
    client_id = _identifier(form, "client_id") or uuid.uuid4()
    tip = _identifier(form, "tip") or message_uuid
    return _ask(request, actions.retry, client_id=client_id, reply_uuid=message_uuid, tip=tip)


def continue_reply(request: MemberRequest, message_uuid: uuid.UUID) -> ReplyRequest:
    """Let a reply be written on. Raises what `actions.continue_reply` raises."""
    return _ask(request, actions.continue_reply, reply_uuid=message_uuid, is_new=False)


def stop(request: MemberRequest, message_uuid: uuid.UUID) -> Message:
    """Stop a reply, wherever it is written, and return it. Raises NotFound or NotRunning."""
    reply = message_of(request.user, message_uuid)
    if reply.status != Status.RUNNING:
        raise NotRunning
    async_to_sync(_stop)(reply)
    return reply


# Internal


def _ask(
    request: MemberRequest, action: Callable[..., ReplyRequest], *, is_new: bool = True, **arguments: Any
) -> ReplyRequest:
    """Save what is asked, and have its reply, a new one or one that is continued, begun on the event loop.

    What is done on a `branch` that its page alone showed brings that into view.
    """
    if branch := _identifier(request.POST, "branch"):
        show(request.user, branch)
    limits.client_address.set(limits.network_of(request.META.get("REMOTE_ADDR", "")))
    ask = partial(action, **arguments)
    return async_to_sync(_save)(request.session.session_key, request.user.pk, ask, is_new=is_new)


async def _save(
    session: str | None, person: int, ask: Callable[..., ReplyRequest], *, is_new: bool
) -> ReplyRequest:
    """Save it as the socket does, in the language and time zone of the request, and tell the pages."""
    engine = await replies.start_up()
    asked = await engine.sends.save(session, person, partial(ask, worker_id=engine.worker_id))
    if asked.fresh:
        kind = "branched" if asked.branched else "next" if is_new else ""
        await layer.announce_reply(asked.conversation.pk, asked.reply.pk, kind, "")
    return asked


async def _stop(reply: Message) -> None:
    engine = await replies.start_up()
    if running := engine.running_reply(reply.uuid):
        running.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(running.is_over.wait(), STOP_PATIENCE)
        return
    await layer.ask_engine(reply.generation.worker, layer_messages.StopReply(reply.uuid))
    await asyncio.sleep(STOP_PATIENCE)
    await in_database(actions.stop_elsewhere, reply)


def _lines(text: str) -> str:
    """Return a text with the ends of its lines as a script sends them: forms send a carriage return too."""
    return text.replace("\r\n", "\n")


def _identifier(form: QueryDict, name: str) -> uuid.UUID | None:
    """Return the UUID of a field, None without one. Raises NotFound for what is none."""
    text = form.get(name, "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError as problem:
        raise NotFound from problem
