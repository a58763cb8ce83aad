"""How many pages are made at once for one person, and how many sockets one address has open.

Django makes each page in a thread of its own: fifty slow ones of one person would take the processor, and on
PostgreSQL every connection, from everybody else. Here they wait for their turn outside, where waiting costs
nothing. Whoever is not known yet counts by their address, and a proxy's visitors by the one that it names.
"""

import asyncio
import logging
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings
from django.http.cookie import parse_cookie

from chat.core import limits
from chat.core.limits import MINUTE
from chat.realtime.protocol import CLOSE_CROWDED
from chat.web import error_views, sessions
from chat.web.errors import TooFast, TooManyPages
from chat.web.rate_limit import TokenBucket

logger = logging.getLogger(__name__)

# For each page that may be made at once, so many may wait, and for so many seconds
WAITING_EACH = 5
PATIENCE = 20.0
# An address is as many people: a household, a class
PEOPLE_AT_AN_ADDRESS = 4
# Seconds that who is refused should wait
AGAIN = 5.0
# Sockets that a person may open at once, and in each minute, for each that may be open: a connection that
# comes and goes opens those of all pages again and again. An address may open as many as it may have
OPENED = 6
# People and addresses whose bucket is kept
MOST_BUCKETS = 20_000
# Seconds between two lines of the log about the same
TELL_AGAIN = 60.0


class TurnQueue:
    """Who waits for a turn of `most` that may be taken at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.told_at = -TELL_AGAIN

    @property
    def is_empty(self) -> bool:
        return not self._taken and not self._waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn. Raises TooManyPages when too many wait already, and after PATIENCE."""
        if self._taken >= self.most:
            await self._wait()
        else:
            self._taken += 1
        try:
            yield
        finally:
            self._give_up()

    async def _wait(self) -> None:
        if len(self._waiting) >= WAITING_EACH * self.most:
            raise TooManyPages(retry_after=AGAIN)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(PATIENCE):
                await place
        except BaseException as problem:
            if place.done() and not place.cancelled():  # it was given the turn just then
                self._give_up()
            else:
                with suppress(ValueError):  # passed over just then
                    self._waiting.remove(place)
            if isinstance(problem, TimeoutError):
                raise TooManyPages(retry_after=AGAIN) from problem
            raise

    def _give_up(self) -> None:
        """Hand the turn to who waits longest, or back."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._taken -= 1


class PagesPerPerson:
    """Before the pages: one person is answered PAGES_AT_ONCE at a time, and waits for the others."""

    def __init__(self, app: ASGI3Application) -> None:
        self.app = app
        self._queues: dict[str, TurnQueue] = {}

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not settings.PAGES_AT_ONCE:
            await self.app(scope, receive, send)
            return
        who, most = _counted_as(dict(scope))
        queue = self._queues.setdefault(who, TurnQueue(most))
        try:
            async with queue.turn():
                await self.app(scope, receive, send)
        except TooManyPages as problem:
            self._tell(queue, who)
            await _refuse(dict(scope), send, problem)
        finally:
            if queue.is_empty and self._queues.get(who) is queue:
                del self._queues[who]

    def _tell(self, queue: TurnQueue, who: str) -> None:
        if time.monotonic() - queue.told_at >= TELL_AGAIN:
            queue.told_at = time.monotonic()
            logger.warning("refused %s: %s", who, TooManyPages.code)


class SocketsPerAddress:
    """Before the sockets: one address may have CONNECTIONS_PER_ADDRESS open, by whatever proxy they come.

    And nobody opens and closes one after the other for ever: each asks the database who it is.
    """

    def __init__(self, app: ASGI3Application) -> None:
        self.app = app
        self._open: Counter[str] = Counter()
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()
        self._told_at = -TELL_AGAIN

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        address, most = address_of(dict(scope)), settings.CONNECTIONS_PER_ADDRESS
        if most and self._open[address] >= most:
            self._tell(address, f"{most} sockets are open from there")
            await close_at_once(receive, send)
            return
        if not self._may_open(dict(scope), address):
            self._tell(address, "sockets are opened too fast")
            await close_at_once(receive, send)
            return
        self._open[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def _may_open(self, scope: dict[str, Any], address: str) -> bool:
        """Return whether whoever it is, a known person or an address, has not opened too many lately."""
        person = sessions.known_person(cookies_of(scope).get(settings.SESSION_COOKIE_NAME, ""))
        who = f"address {address}" if person is None else f"person {person}"
        most = settings.CONNECTIONS_PER_ADDRESS if person is None else OPENED * settings.SOCKETS_PER_PERSON
        if not most:
            return True
        bucket = self._buckets.setdefault(who, TokenBucket(most / MINUTE, most))
        self._buckets.move_to_end(who)
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        try:
            bucket.check()
        except TooFast:
            return False
        return True

    def _tell(self, address: str, why: str) -> None:
        if time.monotonic() - self._told_at >= TELL_AGAIN:
            self._told_at = time.monotonic()
            logger.warning("refused %s: %s", address, why)


async def close_at_once(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Open a socket only to close it with a code that its page understands: of a refusal it sees none."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    await send({"type": "websocket.close", "code": CLOSE_CROWDED, "reason": None})


def _counted_as(scope: dict[str, Any]) -> tuple[str, int]:
    """Return as whom a request counts, and how many of theirs are answered at once."""
    person = sessions.known_person(cookies_of(scope).get(settings.SESSION_COOKIE_NAME, ""))
    if person is not None:
        return f"person {person}", settings.PAGES_AT_ONCE
    return f"address {address_of(scope)}", settings.PAGES_AT_ONCE * PEOPLE_AT_AN_ADDRESS


def address_of(scope: dict[str, Any]) -> str:
    """Return where a request comes from (Edge has found out), by its network."""
    return limits.network_of((scope.get("client") or [""])[0])


def cookies_of(scope: dict[str, Any]) -> dict[str, str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(lines))


async def _refuse(scope: dict[str, Any], send: ASGISendCallable, problem: TooManyPages) -> None:
    # In a thread: where a language is asked for first, its page is made from its templates
    response = await asyncio.to_thread(error_views.answer_before_django, scope, problem)
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    status = response.status_code
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": response.content, "more_body": False})
