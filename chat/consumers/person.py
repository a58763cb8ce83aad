"""What every socket of a person has in common: who it is, what they may, and how a command is refused."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

import msgspec
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from chat import replies
from chat.consumers.errors import TooManySockets
from chat.core import limits
from chat.core.database import in_database
from chat.core.errors import ChatError, LoggedOut, StorageDown
from chat.core.tracing import new_request_id
from chat.models import Preferences, User
from chat.moderation import actions as moderation
from chat.moderation.actions import AccountStatus
from chat.realtime import layer, layer_messages, protocol
from chat.realtime.protocol import CLOSE_ABUSE, CLOSE_CROWDED, CLOSE_LOGGED_OUT, CLOSE_RESTART
from chat.realtime.socket_leases import socket_leases
from chat.replies import Engine
from chat.web import sessions
from chat.web.middleware import language_of, zone_of_browser
from chat.web.rate_limit import TokenBucket

logger = logging.getLogger(__name__)

# The status of errors about a limit
TOO_MUCH = 429
# Messages of the layer that may wait for the end of a command
MOST_LATER = 100
# Seconds between two looks at the status of the person's account on a socket that says nothing
ACCOUNT_STATUS_INTERVAL = 60


class PersonConsumer(AsyncWebsocketConsumer):
    """One socket of somebody who is logged in, until that ends.

    A kind of socket parses its frames (`_parse`), has a method for each command (`_commands`) and for what
    the channel layer brings (`_layer_handlers`), and says in its words what is refused (`_refusal`). It is
    told who is there (`_begin`), when they may send no more or again (`_send_account_status`), and when the
    socket is gone (`_end`).
    """

    _commands: ClassVar[dict[type, Callable[..., Any]]]
    _layer_handlers: ClassVar[layer_messages.Handlers]
    _taken_to_the_end: ClassVar[tuple[type, ...]] = ()
    """Commands that are carried out while the process ends."""

    _is_known = _is_at_work = _is_closed = False
    _user_id = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._later: deque[layer_messages.Message] = deque()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler straight: Channels' own waits for the database's thread before every frame."""
        self._is_at_work = True
        try:
            if message["type"].startswith("websocket."):
                await getattr(self, get_handler_name(message))(message)
            elif (known := layer_messages.decode(message)) is not None:
                await self._follow(known)
        finally:
            while self._later and self._is_known:  # what comes meanwhile comes after these
                await self._follow(self._later.popleft())
            self._is_at_work = False

    async def take(self, event: dict[str, Any]) -> bool:
        """Follow what the layer brings at once, if that asks nothing of the database (layer.attach).

        What comes while a command is carried out waits for its end, as it would in the queue.
        """
        message = layer_messages.decode(event)
        if message is None or not self._can_take(message):
            return False
        if not self._is_at_work:
            await self._follow(message)
        elif len(self._later) < MOST_LATER:
            self._later.append(message)
        return True

    async def _follow(self, message: layer_messages.Message) -> None:
        """Do what the layer's message is about. It is a hint: if it cannot be, the socket lives on."""
        try:
            await layer_messages.hand_to(self, self._layer_handlers, message)
        except Exception:
            logger.exception(
                "a message of the channel layer could not be followed: %s", type(message).__name__
            )

    async def __call__(self, *arguments: Any) -> None:
        try:
            await super().__call__(*arguments)
        finally:  # also of a consumer that was killed, and never heard of its end
            await self._clean_up()

    async def connect(self) -> None:
        self._session: str | None = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        self._language = language_of(self.scope)
        self._zone = zone_of_browser(self.scope["cookies"])
        limits.client_address.set(limits.network_of((self.scope.get("client") or [""])[0]))
        self._pace = TokenBucket()
        self._noted: set[str] = set()
        self._account_status = AccountStatus(True)
        self._tasks: set[asyncio.Task[None]] = set()
        await self.accept()
        self._engine: Engine = await replies.start_up()
        try:
            user, chosen, language = await self._join()
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)
            return
        if not await socket_leases.take(user.pk, self.channel_name):
            logger.warning("refused person %s: %s", user.pk, TooManySockets.code)
            await self.close(CLOSE_CROWDED)
            return
        self._zone = chosen.zone or self._zone
        self._language = language or self._language
        self._is_known = True
        self._begin(user)
        self._spawn(self._watch_account_status())
        await self._event(protocol.Hello(user.pk))
        if user.is_suspended:
            await self._account_status_changed()

    async def _join(self) -> tuple[User, Preferences, str]:
        """Join what is told to the person of the session, and return `reader_of` it. Raises LoggedOut.

        It is read after joining: a session that ends meanwhile, or a suspension that begins, is told or seen.
        """
        read, session = self._engine.reader.read, self._session or ""
        known = sessions.known_person(session)
        self._user_id = await read(sessions.id_in, session) if known is None else known
        self._engine.session_ends.add(self._follow)  # in the socket's queue it would wait for a command
        layer.attach(self.channel_name, self.take)
        await layer.join(layer.person_group(self._user_id), self.channel_name)
        found = await read(sessions.reader_of, session)
        if found[0].pk != self._user_id:
            raise LoggedOut
        sessions.remember(session, self._user_id)  # so that the next socket counts as theirs
        return found

    async def close(self, code: int | bool | None = None, reason: str | None = None) -> None:
        """Close it once. Whatever is under way to it then is sent no more."""
        if not self._is_closed:
            self._is_closed = True
            await super().close(code, reason)

    async def _clean_up(self) -> None:
        if not self._user_id:
            return
        self._engine.session_ends.discard(self._follow)
        layer.detach(self.channel_name)
        if self._is_known:
            self._is_known = False
            for task in self._tasks:
                task.cancel()
            await self._end()
            await socket_leases.give_back(self._user_id, self.channel_name)
        await layer.leave(layer.person_group(self._user_id), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        command = None
        if self._is_closed:
            return
        if bytes_data is None:  # a frame of sound belongs to the command before it
            new_request_id()
        try:
            try:
                command = self._parse(text_data, bytes_data)
            finally:
                self._check_pace(command)  # after it is known what is refused: the page must find it again
            if self._engine.is_draining and not isinstance(command, self._taken_to_the_end):
                await self.close(CLOSE_RESTART)  # the browser asks the next process
                return
            if not self._is_known:  # it came before the person is known
                raise LoggedOut
            await self._commands[type(command)](self, command)
        except Exception as problem:
            await self._failed(problem, command)

    async def _failed(self, problem: Exception, command: msgspec.Struct | None) -> None:
        """Say what went wrong with a command."""
        match problem:
            case LoggedOut():
                await self.close(CLOSE_LOGGED_OUT)
            case ChatError():
                await self._refuse(problem, command)
            case OperationalError() | InterfaceError():
                logger.warning("the database refused a command: %s: %r", type(command).__name__, problem)
                await self._refuse(StorageDown(), command)
            case _:
                logger.error("a command failed: %s", type(command).__name__, exc_info=problem)
                await self._refuse(ChatError(), command)

    # What a kind of socket does its own way

    def _parse(self, text: str | None, data: bytes | None) -> msgspec.Struct:
        """Return the command in a frame. Raise BadFrame and its like."""
        raise NotImplementedError

    def _check_pace(self, command: msgspec.Struct | None) -> None:
        """Raise TooFast when commands come too fast; None is a frame that holds none."""
        self._pace.check()

    def _refusal(self, problem: ChatError, text: str, command: msgspec.Struct | None) -> msgspec.Struct:
        """Return the event that tells of a refusal; `text` is the sentence."""
        raise NotImplementedError

    def _begin(self, user: User) -> None:
        """The person is known."""

    async def _end(self) -> None:
        """The socket is gone."""

    def _can_take(self, message: layer_messages.Message) -> bool:
        """Whether to follow it asks nothing of the database, and may be done in any task."""
        return False

    async def _send_account_status(self, status: AccountStatus) -> None:
        """The person may send no more, or again."""

    # What the channel layer brings to all of them

    async def _session_ended(self, message: layer_messages.SessionEnded) -> None:
        if message.person == self._user_id and message.session in {None, self._session}:
            await self.close(CLOSE_LOGGED_OUT)

    async def _account_status_changed(
        self, message: layer_messages.AccountStatusChanged | None = None
    ) -> None:
        try:
            await self._check_account_status()
        except LoggedOut:
            await self.close(CLOSE_LOGGED_OUT)

    # Internal

    async def send_frame(self, frame: str | bytes) -> None:
        """Send it, unless the socket has closed, which those who still send to it hear of a little later."""
        if not self._is_closed:
            kind = "text" if isinstance(frame, str) else "bytes"
            await self.base_send({"type": "websocket.send", kind: frame})

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # asyncio holds tasks weakly
        task.add_done_callback(self._tasks.discard)
        return task

    async def _act(self, action: Callable[..., Any], **arguments: Any) -> Any:
        """Call an action for the person of this socket, whose session is looked up anew each time."""
        return await in_database(self._for_person, partial(action, **arguments))

    async def _read(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """Call an action that writes nothing for the person of this socket: no lock is in its way."""
        return await self._engine.reader.read(self._for_person, action, *arguments)

    def _for_person(self, action: Callable[..., Any], *arguments: Any) -> Any:
        return action(sessions.person_of(self._session), *arguments)

    async def _refuse(self, problem: ChatError, command: msgspec.Struct | None) -> None:
        if self._pace.hopeless:
            logger.warning("a socket of person %s does not slow down; it is closed", self._user_id)
            await self.close(CLOSE_ABUSE)
            return
        if problem.status == TOO_MUCH and problem.code not in self._noted:  # once: this is no way to fill it
            self._noted.add(problem.code)
            logger.warning("refused person %s: %s", self._user_id, problem.code)
        with translation.override(self._language), timezone.override(self._zone):
            text = problem.user_text()
        await self._event(self._refusal(problem, text, command))

    async def _event(self, event: msgspec.Struct) -> None:
        await self.send_frame(protocol.encode(event))

    async def _watch_account_status(self) -> None:
        while True:
            await asyncio.sleep(ACCOUNT_STATUS_INTERVAL)
            try:
                await socket_leases.renew(self._user_id, self.channel_name)
                await self._check_account_status()
            except LoggedOut:
                await self.close(CLOSE_LOGGED_OUT)
                return
            except Exception:
                logger.exception("the account status behind an open socket could not be read")

    async def _check_account_status(self) -> None:
        """Tell it if it is another than was told: a suspension also ends by itself. Raises LoggedOut."""
        with translation.override(self._language), timezone.override(self._zone):
            status = await self._read(moderation.account_status)
        if status != self._account_status:
            self._account_status = status
            await self._send_account_status(status)
