"""Daphne's server with our protocols, on a socket that is ours, ending in good order."""

import asyncio
import logging
import os
import resource
import signal
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from asgiref.typing import ASGI3Application
from daphne.server import Server
from twisted.internet import defer, reactor
from twisted.logger import globalLogBeginner

from chat.realtime.protocol import CLOSE_RESTART
from chat.serving.http import Factory
from chat.serving.sockets import SocketFactory

logger = logging.getLogger(__name__)

Hook = Callable[[], Awaitable[Any]]

# Seconds. The end: replies first, then sockets and requests, then what is written but not sent;
# whatever still hangs after END_LIMIT is left behind
DRAIN_LIMIT = 3.5
GOODBYE_LIMIT = 1.0
END_LIMIT = 8.0
FLUSH_TIME = 0.05
# Seconds until a page that is not ready is given up, a day for a socket, 20 for its answer to a handshake
REQUEST_LIMIT = 60
SOCKET_LIMIT = 24 * 3600
CONNECT_LIMIT = 20
BACKLOG = 1024
# Seconds between two pings of a socket; one that does not answer (sockets.PING_TIMEOUT) is gone
PING_INTERVAL = 20
# Seconds between two looks whether the loop still turns, and how late one may be before it is told
LOOK = 0.5
LATE = 1.0


class ChatServer(Server):
    """Serves `application` on `listening`.

    `start_up` is awaited in the server's loop before the first connection is taken (they wait in the
    meantime), `drain` after the last one. SIGTERM and SIGINT end it, as often as they come.
    """

    def __init__(
        self, application: ASGI3Application, listening: socket.socket, *, start_up: Hook, drain: Hook
    ) -> None:
        super().__init__(
            application,
            endpoints=["adopted"],
            signal_handlers=False,
            http_timeout=REQUEST_LIMIT,
            websocket_timeout=SOCKET_LIMIT,
            websocket_connect_timeout=CONNECT_LIMIT,
            ping_interval=PING_INTERVAL,
            server_name="",
        )
        self.listening = listening
        self.start_up = start_up
        self.drain = drain
        self.failure: BaseException | None = None
        self.connections: dict[Any, dict[str, Any]] = {}
        self._port: Any = None
        self._ending: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop

    def run(self) -> None:
        """Serve until a signal comes. Raise what `start_up` raised."""
        globalLogBeginner.beginLoggingTo([lambda _: None], redirectStandardIO=False, discardBuffer=True)
        take_file_descriptors()
        self.http_factory = Factory(self)
        self.ws_factory = SocketFactory(self)
        asyncio.set_event_loop(self._loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.end)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        tasks = [self._loop.create_task(self._start()), self._loop.create_task(tell_of_blocks())]
        reactor.run(installSignalHandlers=False)
        for task in tasks:
            task.cancel()
        if self.failure:
            raise self.failure

    async def _start(self) -> None:
        try:
            await self.start_up()
        except Exception as problem:
            self.failure = problem
            reactor.stop()
            return
        if self._ending is None:
            self._port = reactor.adoptStreamPort(
                self.listening.fileno(), self.listening.family, self.http_factory
            )
        self.listening.close()

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """Hand on what the application answers. Of what goes on it waits for the reader (Channel.drained)."""
        await super().handle_reply(protocol, message)
        if message.get("more_body") and (channel := protocol.channel) is not None:
            await channel.drained()

    # The end

    def end(self) -> None:
        """Begin to end; again makes no difference (make passes its SIGTERM on, so it comes twice)."""
        if self._ending is None:
            hard_end = threading.Timer(END_LIMIT, os._exit, args=[1])
            hard_end.daemon = True
            hard_end.start()
            self._ending = self._loop.create_task(self._end())

    async def _end(self) -> None:
        if self._port is not None:
            self._port.stopListening()
        try:
            await asyncio.wait_for(self.drain(), DRAIN_LIMIT)
        except Exception:
            logger.exception("not everything was put away in %s s", DRAIN_LIMIT)
        await self._say_goodbye()
        reactor.stop()

    async def _say_goodbye(self) -> None:
        """Close every socket, and let the requests that are being answered finish."""
        for protocol in list(self.connections):
            if getattr(protocol, "is_established", False):
                protocol.serverClose(code=CLOSE_RESTART)
        if pending := self._pending():
            await asyncio.wait(pending, timeout=GOODBYE_LIMIT)
        await asyncio.sleep(FLUSH_TIME)

    def _pending(self) -> list[asyncio.Future[Any]]:
        """Return the application's tasks that are not done; a request still arriving has none."""
        tasks = [details.get("application_instance") for details in self.connections.values()]
        return [task for task in tasks if task is not None and not task.done()]

    def kill_all_applications(self) -> defer.Deferred[Any]:
        """Cancel what is left. Daphne's own fails on requests that have not reached the application."""
        pending = self._pending()
        for task in pending:
            task.cancel()
        gathered = asyncio.gather(*pending, return_exceptions=True) if pending else self._nothing()
        return defer.Deferred.fromFuture(gathered)

    def _nothing(self) -> asyncio.Future[None]:
        done = self._loop.create_future()
        done.set_result(None)
        return done


async def tell_of_blocks() -> None:
    """Log it when something has held up the event loop, and with it every socket of this process."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOK
        await asyncio.sleep(LOOK)
        if (late := loop.time() - due) > LATE:
            logger.warning("the event loop stood still for %.1f s", late)


def take_file_descriptors() -> None:
    """Raise the number of files this process may open to what the system allows it: each socket is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems allow less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def open_port(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`. Raise OSError with a reason fit to be read."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(found, key=lambda info: info[0] != socket.AF_INET)
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening
