"""The socket: parses a command, calls one verb, answers. It holds no rule and no reply."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest
from django.utils import translation

from chat import broadcast, conversations, events, fragments, moderation, replies, sessions
from chat.conversations import Asked
from chat.errors import BadFrame, ChatError, LoggedOut, NotRunning, TooFast, for_code
from chat.models import Conversation, Message
from chat.replies import Engine, Run, in_database
from chat.tracing import new_request_id, request_id

logger = logging.getLogger(__name__)

# Close codes (design: autobahn refuses 1011 to 1013)
CLOSE_RESTART, CLOSE_LOGGED_OUT, CLOSE_ABUSE = 4012, 4401, 4403
# Seconds between two looks at the person's standing on a socket that says nothing
STANDING_INTERVAL = 60
# Commands a second, commands at once, and refusals in a row before the socket is closed
PACE, BURST, PATIENCE = 20, 60, 100


class Pace:
    """A token bucket for one socket."""

    def __init__(self) -> None:
        self._tokens, self._at, self._refused = float(BURST), time.monotonic(), 0

    def check(self) -> None:
        """Take one token. Raises TooFast; `hopeless` says when the sender does not listen."""
        now = time.monotonic()
        self._tokens, self._at = min(BURST, self._tokens + (now - self._at) * PACE), now
        if self._tokens < 1:
            self._refused += 1
            raise TooFast
        self._tokens -= 1
        self._refused = max(0, self._refused - 1)

    @property
    def hopeless(self) -> bool:
        return self._refused > PATIENCE


class ChatConsumer(AsyncWebsocketConsumer):
    """One browser tab."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Straight to the handler: Channels' own waits for the database's thread before every frame."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        self._session: str | None = self.scope["session"].session_key
        self._language = language_of(self.scope)
        self._pace = Pace()
        self._viewed: Conversation | None = None
        self._handles: dict[uuid.UUID, int] = {}
        self._withheld: set[int] = set()
        self._watchdog: asyncio.Task[None] | None = None
        await self.accept()
        self._engine: Engine = await replies.start_up()
        try:
            user = await self._verb(lambda person: person)
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
            return
        self._user_id: int = user.pk
        await broadcast.join(broadcast.person(user.pk), self.channel_name)
        self._watchdog = asyncio.create_task(self._watch_standing())
        await self._event(events.Hello())

    async def disconnect(self, code: int) -> None:
        if self._watchdog is None:
            return
        self._watchdog.cancel()
        await self._look_away()
        await broadcast.leave(broadcast.person(self._user_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        command = None
        new_request_id()
        try:
            self._pace.check()
            if text_data is None:
                raise BadFrame
            command = events.parse(text_data)
            await self._commands[type(command)](self, command)
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
        except ChatError as problem:
            await self._refuse(problem, command)
        except Exception:
            logger.exception("a command failed: %s", type(command).__name__)
            await self._refuse(ChatError(), command)

    # Commands

    async def _send(self, command: events.Send) -> None:
        asked = await self._verb(
            conversations.ask,
            command.client_id,
            command.text,
            command.conversation,
            command.parent,
            self._engine.instance,
        )
        await self._answer(command.client_id, asked)

    async def _retry(self, command: events.Retry) -> None:
        asked = await self._verb(conversations.retry, command.client_id, command.reply, self._engine.instance)
        await self._answer(command.client_id, asked)

    async def _answer(self, client_id: uuid.UUID, asked: Asked) -> None:
        """Acknowledge what is saved, and start or rejoin its reply."""
        run = self._engine.begin(asked) if asked.fresh else self._engine.run_of(asked.reply.uuid)
        again = asked.replaces is not None or asked.message.client_id != client_id
        sent = events.Sent(
            client_id,
            asked.conversation.uuid,
            asked.reply.uuid,
            message=None if again else asked.message.uuid,
            replaces=asked.replaces,
        )
        await self._look_at(asked.conversation)
        await self._event(sent)
        await self._follow(asked.reply, run)
        if asked.fresh:
            sent.message_html = "" if again else self._article(asked.message)
            await broadcast.reply_began(asked.conversation.pk, sent, asked.reply.pk, self.channel_name)

    async def _stop(self, command: events.Stop) -> None:
        reply = await self._verb(conversations.message_of, command.reply)
        if run := self._engine.run_of(reply.uuid):
            run.stop()
        elif await in_database(conversations.stop_elsewhere, reply):
            await self._replace(reply.pk)  # its process may be gone, and tell nobody
        else:
            raise NotRunning

    async def _watch(self, command: events.Watch) -> None:
        if command.conversation is None:
            await self._verb(lambda person: person)
            await self._look_away()
            return
        conversation = await self._verb(conversations.conversation_of, command.conversation)
        await self._look_at(conversation)
        # Read again after joining: what happened between the two reads is in one of them
        tip = await in_database(conversations.tip_of, conversation)
        if tip is None:
            return
        if tip.uuid != command.tip:
            await self._event(events.Stale(conversation.uuid))
        elif (run := self._engine.run_of(tip.uuid)) or command.running:
            await self._follow(tip, run)

    async def _ack(self, command: events.Ack) -> None:
        for reply, handle in self._handles.items():
            if handle == command.handle and (run := self._engine.run_of(reply)):
                await run.acknowledge(self.channel_name, command.seq)

    _commands: dict[type, Callable[..., Any]] = {  # noqa: RUF012 (a table, never changed)
        events.Send: _send,
        events.Retry: _retry,
        events.Stop: _stop,
        events.Watch: _watch,
        events.Ack: _ack,
    }

    # What the channel layer brings

    async def frame(self, event: dict[str, Any]) -> None:
        if event["skip"] != self.channel_name:
            await self.send_frame(event["text"])

    async def reply_began(self, event: dict[str, Any]) -> None:
        if event["skip"] == self.channel_name:
            return
        await self.frame(event)
        reply = uuid.UUID(event["uuid"])
        if run := self._engine.run_of(reply):
            await run.watch(self.channel_name, self, self._handle(reply))
        else:  # written elsewhere, or ended before this was heard
            await self._replace(event["reply"])

    async def reply_ended(self, event: dict[str, Any]) -> None:
        if event["instance"] != self._engine.instance or event["reply"] in self._withheld:
            self._withheld.discard(event["reply"])
            await self._replace(event["reply"])

    async def message_changed(self, event: dict[str, Any]) -> None:
        run = self._engine.run_of(uuid.UUID(event["uuid"]))
        if run:
            run.unwatch(self.channel_name)
        message = await self._replace(event["message"])
        if run and message:
            await self._watch_run(run, message)

    async def session_ended(self, event: dict[str, Any]) -> None:
        if event["session"] in {None, self._session}:
            await self.close(CLOSE_LOGGED_OUT)

    async def standing_changed(self, event: dict[str, Any]) -> None:
        try:
            standing = await self._verb(moderation.standing)
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
            return
        with translation.override(self._language):
            await self._event(events.Standing(standing.may_send, str(standing.text)))

    # What a run tells (replies.watchers.Audience)

    async def send_frame(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def send_ended(self, reply: uuid.UUID, status: str, error: str) -> None:
        with translation.override(self._language):
            text = for_code(error)().user_text() if error else ""
        await self._event(events.Ended(reply, status, text))

    # Internal

    async def _verb(self, verb: Callable[..., Any], *arguments: Any) -> Any:
        """Call a verb for the person of this socket, whose session is looked up anew each time."""

        def call() -> Any:
            return verb(sessions.person_of(self._session), *arguments)

        return await in_database(call)

    async def _look_at(self, conversation: Conversation) -> None:
        if self._viewed is not None and self._viewed.pk == conversation.pk:
            return
        await self._look_away()
        self._viewed = conversation
        await broadcast.join(broadcast.conversation(conversation.pk), self.channel_name)

    async def _look_away(self) -> None:
        for reply in self._handles:
            if run := self._engine.run_of(reply):
                run.unwatch(self.channel_name)
        if self._viewed is not None:
            await broadcast.leave(broadcast.conversation(self._viewed.pk), self.channel_name)
            self._viewed = None

    def _handle(self, reply: uuid.UUID) -> int:
        return self._handles.setdefault(reply, len(self._handles) + 1)

    async def _follow(self, reply: Message, run: Run | None) -> None:
        """Show a reply: live if it is written here, else as it is stored.

        Of one that is hidden while it is being written nothing is shown but its end.
        """
        if run is None or reply.is_hidden:
            await self._replace(reply.pk)
        if run is not None:
            await self._watch_run(run, reply)

    async def _watch_run(self, run: Run, reply: Message) -> None:
        if reply.is_hidden:
            self._withheld.add(reply.pk)
        else:
            self._withheld.discard(reply.pk)
            await run.watch(self.channel_name, self, self._handle(reply.uuid))

    async def _replace(self, message_id: int) -> Message | None:
        """Show a message as it is stored; gives it, or None when its row is gone."""

        def read() -> tuple[Message, str] | None:
            message = Message.objects.filter(pk=message_id).first()
            return (message, self._article(message)) if message else None

        found = await in_database(read)
        if found is None:
            return None
        message, article = found
        await self._event(events.Replaced(message.uuid, article))
        return message

    def _article(self, message: Message) -> str:
        with translation.override(self._language):
            return fragments.article(message)

    async def _refuse(self, problem: ChatError, command: events.Command | None) -> None:
        if self._pace.hopeless:
            await self.close(CLOSE_ABUSE)
            return
        with translation.override(self._language):
            text = problem.user_text()
        await self._event(
            events.Refused(
                problem.code,
                text,
                client_id=getattr(command, "client_id", None),
                reply=getattr(command, "reply", None),
                retry_after=problem.retry_after,
                request_id=request_id.get(),
            )
        )

    async def _event(self, event: events.Event) -> None:
        await self.send_frame(events.encode(event))

    async def _watch_standing(self) -> None:
        while True:
            await asyncio.sleep(STANDING_INTERVAL)
            try:
                await self._verb(lambda person: person)
            except LoggedOut:
                await self.close(CLOSE_LOGGED_OUT)
                return
            except Exception:
                logger.exception("the standing of an open socket could not be read")


def language_of(scope: dict[str, Any]) -> str:
    """The language of a socket's page: by its cookie or the browser's list, as for a page."""
    request = HttpRequest()
    headers = dict(scope["headers"])
    request.COOKIES = scope.get("cookies", {})
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)
