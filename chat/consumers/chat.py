"""The chat's socket: parses a command, calls one action, answers. It holds no rule and no reply."""

import asyncio
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import msgspec
from django.utils import timezone, translation

from chat.consumers.person import PersonConsumer
from chat.consumers.subscription import Subscription
from chat.conversations import actions as conversations
from chat.core.database import in_database
from chat.core.errors import ChatError, LoggedOut
from chat.core.tracing import request_id
from chat.models import Message, Status, User
from chat.moderation.actions import AccountStatus
from chat.realtime import layer, layer_messages, protocol
from chat.realtime.errors import BadFrame
from chat.replies import actions
from chat.replies.actions import ReplyRequest
from chat.replies.errors import NotRunning

# Seconds a process may take to stop a reply when it is asked; after that its row is marked
STOP_PATIENCE = 0.7


class ChatConsumer(PersonConsumer):
    """One browser tab."""

    _opened: Subscription | None = None
    _is_visible = False
    _taken_to_the_end = (protocol.Ack,)

    def _begin(self, user: User) -> None:
        self._opened = Subscription(self._engine, self.channel_name, self._language, self.send_frame)

    async def _end(self) -> None:
        subscription, self._opened = self._opened, None
        if subscription is not None:
            await subscription.close()

    def _parse(self, text: str | None, data: bytes | None) -> protocol.Command:
        if text is None:
            raise BadFrame
        return protocol.parse(text)

    def _refusal(self, problem: ChatError, text: str, command: msgspec.Struct | None) -> protocol.Refused:
        return protocol.Refused(
            problem.code,
            text,
            client_id=getattr(command, "client_id", None),
            reply=getattr(command, "reply", None),
            retry_after=problem.retry_after,
            request_id=request_id.get(),
        )

    async def _send_account_status(self, status: AccountStatus) -> None:
        await self._event(protocol.AccountStatus(status.may_send, status.text))

    # Commands

    async def _send(self, command: protocol.Send) -> None:
        await self._ask(
            actions.send,
            client_id=command.client_id,
            words=command.text,
            conversation_uuid=command.conversation,
            parent_uuid=command.parent,
            branch=command.branch,
            model=command.model,
            temporary=command.temporary,
        )

    async def _edit(self, command: protocol.Edit) -> None:
        await self._ask(
            actions.edit,
            client_id=command.client_id,
            message_uuid=command.message,
            words=command.text,
            tip=command.tip,
        )

    async def _retry(self, command: protocol.Retry) -> None:
        await self._ask(
            actions.retry,
            client_id=command.client_id,
            reply_uuid=command.reply,
            tip=command.tip or command.reply,
            model=command.model,
        )

    async def _continue(self, command: protocol.Continue) -> None:
        await self._ask(actions.continue_reply, reply_uuid=command.reply)

    async def _ask(self, action: Callable[..., ReplyRequest], **arguments: Any) -> None:
        """Save what is asked and have its reply begun, acknowledge what is saved, and follow the reply."""
        client_id: uuid.UUID | None = arguments.get("client_id")
        ask = partial(action, worker_id=self._engine.worker_id, **arguments)
        # The reply's task goes on in this context: the model is told the reader's language and day
        with translation.override(self._language), timezone.override(self._zone):
            request = await self._engine.sends.save(self._session, self._user_id, ask)
        await self._subscription.subscribe(request.conversation)
        if client_id is not None:
            await self._event(sent(request.reply, branched=request.branched))
        await self._subscription.follow(request.reply)
        if request.fresh:
            kind = "" if client_id is None else "branched" if request.branched else "next"
            await layer.announce_reply(request.conversation.pk, request.reply.pk, kind, self.channel_name)

    async def _stop(self, command: protocol.Stop) -> None:
        reply = await self._read(conversations.message_of, command.reply)
        if running := self._engine.running_reply(reply.uuid):
            running.stop()
        elif reply.status == Status.RUNNING:
            await layer.ask_engine(reply.generation.worker, layer_messages.StopReply(reply.uuid))
            self._spawn(self._stop_by_row(reply))
        else:
            raise NotRunning

    async def _stop_by_row(self, reply: Message) -> None:
        """Stop a reply whose process may be gone, or not hear us: its row is what counts."""
        await asyncio.sleep(STOP_PATIENCE)
        if await in_database(actions.stop_elsewhere, reply):
            await self._subscription.replace(reply.pk)

    async def _watch(self, command: protocol.Watch) -> None:
        if command.conversation is None:
            await self._read(lambda person: person)
            await self._subscription.unsubscribe()
            return
        await self._subscription.subscribe(
            await self._read(conversations.conversation_of, command.conversation)
        )
        await self._subscription.catch_up(command.tip, command.running)

    async def _ack(self, command: protocol.Ack) -> None:
        await self._subscription.acknowledge(command.handle, command.seq)

    async def _presence(self, command: protocol.Presence) -> None:
        self._is_visible = command.visible
        await self._event(protocol.Progress(await self._read(conversations.progress), whole=True))

    async def _seen(self, command: protocol.Seen) -> None:
        await self._act(conversations.mark_seen, conversation_uuid=command.conversation)

    _commands: ClassVar[dict[type, Callable[..., Any]]] = {
        protocol.Send: _send,
        protocol.Edit: _edit,
        protocol.Retry: _retry,
        protocol.Continue: _continue,
        protocol.Stop: _stop,
        protocol.Watch: _watch,
        protocol.Ack: _ack,
        protocol.Presence: _presence,
        protocol.Seen: _seen,
    }

    # What the channel layer brings

    def _can_take(self, message: layer_messages.Message) -> bool:
        """Events for the page, and what this socket has told the others itself, or has shown."""
        match message:
            case layer_messages.Frame():
                return True
            case layer_messages.ReplyBegan():
                return bool(message.skip == self.channel_name)
            case layer_messages.ReplyEnded():
                return self._opened is not None and self._opened.has_shown(message.reply, message.worker_id)
        return False

    async def _forward(self, message: layer_messages.Frame) -> None:
        if message.skip != self.channel_name:
            await self.send_frame(message.text)

    async def _reply_began(self, message: layer_messages.ReplyBegan) -> None:
        if message.skip == self.channel_name:
            return
        branched = message.kind == "branched"
        event_of = partial(sent, branched=branched) if message.kind else None
        await self._subscription.reply_began(message.reply, event_of)

    async def _reply_ended(self, message: layer_messages.ReplyEnded) -> None:
        await self._subscription.reply_ended(message.reply, message.worker_id)

    async def _reply_frame(self, message: layer_messages.ReplyFrame) -> None:
        await self._subscription.forward_frame(message.reply, message.text)

    async def _message_changed(self, message: layer_messages.MessageChanged) -> None:
        await self._subscription.message_changed(message.message, message.uuid)

    async def _who_is_looking(self, message: layer_messages.WhoIsLooking) -> None:
        if self._is_visible:
            await layer.answer(message.channel)

    _layer_handlers: ClassVar[layer_messages.Handlers] = {
        layer_messages.Frame: _forward,
        layer_messages.ReplyBegan: _reply_began,
        layer_messages.ReplyEnded: _reply_ended,
        layer_messages.ReplyFrame: _reply_frame,
        layer_messages.MessageChanged: _message_changed,
        layer_messages.WhoIsLooking: _who_is_looking,
        layer_messages.SessionEnded: PersonConsumer._session_ended,
        layer_messages.AccountStatusChanged: PersonConsumer._account_status_changed,
    }

    # Internal

    @property
    def _subscription(self) -> Subscription:
        """What this socket looks at. For a command that comes before the person is known there is none."""
        if self._opened is None:
            raise LoggedOut
        return self._opened


def sent(reply: Message, question: str = "", *, branched: bool) -> protocol.Sent:
    """Return that a reply is asked for, and the message it answers, which a retry has not brought.

    `question` is that message's article, for the tabs that do not show it yet.
    """
    message = reply.parent
    assert message is not None
    conversation = reply.conversation.uuid
    if reply.client_id is not None:
        return protocol.Sent(reply.client_id, conversation, reply.uuid, branched=branched)
    assert message.client_id is not None
    return protocol.Sent(
        message.client_id, conversation, reply.uuid, message.uuid, question, branched, reply.persona_name
    )
