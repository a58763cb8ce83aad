"""The socket: parses a command, calls one action, answers. It holds no rule and no reply."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from chat import replies
from chat.consumers.errors import TooManySockets
from chat.consumers.subscription import Subscription
from chat.conversations import actions as conversations
from chat.core import limits
from chat.core.database import in_database
from chat.core.errors import ChatError, LoggedOut, StorageDown
from chat.core.tracing import new_request_id, request_id
from chat.models import Message, Status
from chat.moderation import actions as moderation
from chat.moderation.actions import AccountStatus
from chat.realtime import layer, layer_messages, protocol
from chat.realtime.errors import BadFrame
from chat.realtime.places import places
from chat.realtime.protocol import CLOSE_ABUSE, CLOSE_CROWDED, CLOSE_LOGGED_OUT, CLOSE_RESTART
from chat.replies import Engine, actions
from chat.replies.actions import ReplyRequest
from chat.replies.errors import NotRunning
from chat.web import sessions
from chat.web.middleware import TIME_ZONE_COOKIE, language_of, zone_named
from chat.web.rate_limit import TokenBucket

logger = logging.getLogger(__name__)

# The status of errors about a limit
TOO_MUCH = 429
# Seconds between two looks at the person's standing on a socket that says nothing
STANDING_INTERVAL = 60
# Seconds a process may take to stop a reply when it is asked; after that its row is marked
STOP_PATIENCE = 0.7


class ChatConsumer(AsyncWebsocketConsumer):
    """One browser tab."""

    _opened: Subscription | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler straight: Channels' own waits for the database's thread before every frame.

        What the layer brings is a hint: if it cannot be followed, the socket lives on.
        """
        if message["type"].startswith("websocket."):
            await getattr(self, get_handler_name(message))(message)
            return
        try:
            await layer_messages.dispatch(self, self._layer_handlers, message)
        except Exception:
            logger.exception("a message of the channel layer could not be followed: %s", message["type"])

    async def __call__(self, *arguments: Any) -> None:
        try:
            await super().__call__(*arguments)
        finally:  # also of a consumer that was killed, and never heard of its end
            await self._clean_up()

    async def connect(self) -> None:
        self._session: str | None = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        self._language = language_of(self.scope)
        self._zone = zone_named(self.scope.get("cookies", {}).get(TIME_ZONE_COOKIE, ""))
        limits.client_address.set(limits.network_of((self.scope.get("client") or [""])[0]))
        self._pace = TokenBucket()
        self._noted: set[str] = set()
        self._account_status = AccountStatus(True)
        self._tasks: set[asyncio.Task[None]] = set()
        await self.accept()
        self._engine: Engine = await replies.start_up()
        try:
            user = await self._read(lambda person: person)
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
            return
        if self._session:
            sessions.remember(self._session, user.pk)  # so that the next socket counts as theirs
        if not await places.take(user.pk, self.channel_name):
            logger.warning("refused person %s: %s", user.pk, TooManySockets.code)
            await self.close(CLOSE_CROWDED)
            return
        self._user_id: int = user.pk
        self._opened = Subscription(self._engine, self.channel_name, self._language, self.send_frame)
        await layer.join(layer.person_group(user.pk), self.channel_name)
        self._spawn(self._watch_standing())
        await self._event(protocol.Hello())
        if user.is_suspended:
            await self._standing_changed()

    async def _clean_up(self) -> None:
        subscription, self._opened = self._opened, None
        if subscription is None:
            return
        for task in self._tasks:
            task.cancel()
        await subscription.close()
        await places.give_back(self._user_id, self.channel_name)
        await layer.leave(layer.person_group(self._user_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        command = None
        new_request_id()
        try:
            try:
                command = protocol.parse(text_data) if text_data is not None else None
            finally:
                self._pace.check()  # after it is known what is refused: the page must find it again
            if command is None:
                raise BadFrame
            if self._engine.is_draining and not isinstance(command, protocol.Ack):
                await self.close(CLOSE_RESTART)  # the browser asks the next process
                return
            await self._commands[type(command)](self, command)
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
        except ChatError as problem:
            await self._refuse(problem, command)
        except (OperationalError, InterfaceError) as problem:
            logger.warning("the database refused a command: %s: %r", type(command).__name__, problem)
            await self._refuse(StorageDown(), command)
        except Exception:
            logger.exception("a command failed: %s", type(command).__name__)
            await self._refuse(ChatError(), command)

    # Commands

    async def _send(self, command: protocol.Send) -> None:
        await self._ask(
            actions.send,
            client_id=command.client_id,
            words=command.text,
            conversation_uuid=command.conversation,
            parent_uuid=command.parent,
            branch=command.branch,
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
        tip = command.tip or command.reply
        await self._ask(actions.retry, client_id=command.client_id, reply_uuid=command.reply, tip=tip)

    async def _continue(self, command: protocol.Continue) -> None:
        await self._ask(actions.continue_reply, reply_uuid=command.reply)

    async def _ask(self, action: Callable[..., ReplyRequest], **arguments: Any) -> None:
        """Save it, acknowledge what is saved, and start or rejoin its reply."""
        client_id: uuid.UUID | None = arguments.get("client_id")
        async with self._engine.send_semaphore:
            asked = await self._act(action, worker_id=self._engine.worker_id, **arguments)
        if asked.fresh:
            # The reply's task goes on in this context: the model is told the reader's language and day
            with translation.override(self._language), timezone.override(self._zone):
                self._engine.begin(asked, self._session)
        await self._subscription.subscribe(asked.conversation)
        if client_id is not None:
            await self._event(sent(asked.reply, branched=asked.branched))
        await self._subscription.follow(asked.reply)
        if asked.fresh:
            kind = "" if client_id is None else "branched" if asked.branched else "next"
            await layer.announce_reply(asked.conversation.pk, asked.reply.pk, kind, self.channel_name)

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
        """The process that writes a reply may be gone, or not hear us: its row is what counts."""
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

    _commands: ClassVar[dict[type, Callable[..., Any]]] = {
        protocol.Send: _send,
        protocol.Edit: _edit,
        protocol.Retry: _retry,
        protocol.Continue: _continue,
        protocol.Stop: _stop,
        protocol.Watch: _watch,
        protocol.Ack: _ack,
    }

    # What the channel layer brings

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

    async def _session_ended(self, message: layer_messages.SessionEnded) -> None:
        if message.session in {None, self._session}:
            await self.close(CLOSE_LOGGED_OUT)

    async def _standing_changed(self, message: layer_messages.StandingChanged | None = None) -> None:
        try:
            await self._tell_standing()
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)

    _layer_handlers: ClassVar[layer_messages.Handlers] = {
        layer_messages.Frame: _forward,
        layer_messages.ReplyBegan: _reply_began,
        layer_messages.ReplyEnded: _reply_ended,
        layer_messages.ReplyFrame: _reply_frame,
        layer_messages.MessageChanged: _message_changed,
        layer_messages.SessionEnded: _session_ended,
        layer_messages.StandingChanged: _standing_changed,
    }

    # Internal

    async def send_frame(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    @property
    def _subscription(self) -> Subscription:
        """What this socket looks at. For a command that comes before the person is known there is none."""
        if self._opened is None:
            raise LoggedOut
        return self._opened

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # asyncio holds tasks weakly
        task.add_done_callback(self._tasks.discard)

    async def _act(self, action: Callable[..., Any], **arguments: Any) -> Any:
        """Call an action for the person of this socket, whose session is looked up anew each time."""
        return await in_database(self._for_person, partial(action, **arguments))

    async def _read(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """The same for one that writes nothing: no lock is in its way."""
        return await self._engine.reader.read(self._for_person, action, *arguments)

    def _for_person(self, action: Callable[..., Any], *arguments: Any) -> Any:
        return action(sessions.person_of(self._session), *arguments)

    async def _refuse(self, problem: ChatError, command: protocol.Command | None) -> None:
        if self._pace.hopeless:
            logger.warning("a socket of person %s does not slow down; it is closed", self._user_id)
            await self.close(CLOSE_ABUSE)
            return
        if problem.status == TOO_MUCH and problem.code not in self._noted:  # once: this is no way to fill it
            self._noted.add(problem.code)
            logger.warning("refused person %s: %s", self._user_id, problem.code)
        with translation.override(self._language), timezone.override(self._zone):
            text = problem.user_text()
        await self._event(
            protocol.Refused(
                problem.code,
                text,
                client_id=getattr(command, "client_id", None),
                reply=getattr(command, "reply", None),
                retry_after=problem.retry_after,
                request_id=request_id.get(),
            )
        )

    async def _event(self, event: protocol.Event) -> None:
        await self.send_frame(protocol.encode(event))

    async def _watch_standing(self) -> None:
        while True:
            await asyncio.sleep(STANDING_INTERVAL)
            try:
                await places.renew(self._user_id, self.channel_name)
                await self._tell_standing()
            except LoggedOut:
                await self.close(CLOSE_LOGGED_OUT)
                return
            except Exception:
                logger.exception("the standing of an open socket could not be read")

    async def _tell_standing(self) -> None:
        """Tell it if the page knows another: a suspension also ends by itself. Raises LoggedOut."""
        with translation.override(self._language), timezone.override(self._zone):
            standing = await self._read(moderation.account_status)
        if standing != self._account_status:
            self._account_status = standing
            await self._event(protocol.Standing(standing.may_send, standing.text))


def sent(reply: Message, question: str = "", *, branched: bool) -> protocol.Sent:
    """That a reply is asked for, and the message it answers, which a retry has not brought.

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
