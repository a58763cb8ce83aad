"""What many people ask for at the same moment is saved together: one commit, and one wait for the disk.

Each has a savepoint of its own, and is acknowledged after the commit. What is refused takes nothing else
along: it is the savepoint that is undone. Where the database fails, or a limit would be passed by all of it,
nothing is saved, and each is done again in a transaction of its own, as one that comes alone is. Where no
transaction could be begun, all are told so at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, transaction

from chat.core.database import in_database
from chat.core.errors import LoggedOut
from chat.models import Status, User
from chat.replies import limits
from chat.replies.actions import ReplyRequest
from chat.replies.running import RunningReply
from chat.search import index as search
from chat.web import sessions

logger = logging.getLogger(__name__)

MOST = 32
"""Saved together at most: of more, the first would wait for the last."""

Action = Callable[[User], ReplyRequest]
Result = ReplyRequest | Exception


class NotTogether(Exception):
    """They cannot be saved in one transaction."""


@dataclass(slots=True)
class Send:
    """What somebody asks for in a session that was a person's when its socket was opened."""

    session: str
    person: int
    action: Action
    is_over: bool = False
    """Whether the session has ended meanwhile."""
    context: Context = field(default_factory=copy_context)
    saved: asyncio.Future[ReplyRequest] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Sends:
    """One an engine.

    `begin` starts what was saved, with the session it was asked for in, and raises nothing. It does so also
    where who asked is gone: a socket is given up ten seconds after its page.
    """

    def __init__(self, begin: Callable[[ReplyRequest, str], RunningReply | None]) -> None:
        self._begin = begin
        self._waiting: list[Send] = []
        self._together: list[Send] = []
        self._work: asyncio.Task[None] | None = None

    async def save(self, session: str | None, person: int, action: Action) -> ReplyRequest:
        """Call `action` for the person of this session, who is looked up anew, with all that waits meanwhile.

        The reply is begun by then. Raises LoggedOut, and what `action` raises.
        """
        send = Send(session or "", person, action)
        self._waiting.append(send)
        if self._work is None:
            self._work = asyncio.create_task(self._save_all())
        return await send.saved

    def end_session(self, person: int, session: str | None) -> None:
        """End what is being saved for this session of a person (None: for any) as soon as it is begun.

        It may have been looked up before it ended. For what still waits it will be looked up.
        """
        for send in self._together:
            send.is_over = send.is_over or (send.person == person and session in {None, send.session})

    async def settled(self) -> None:
        """Return when nothing is being saved any more."""
        while self._work is not None:
            await asyncio.wait({self._work})

    async def _save_all(self) -> None:
        try:
            while self._waiting:
                self._together, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._save(self._together)
                self._together = []
        finally:
            self._work = None

    async def _save(self, together: list[Send]) -> None:
        try:
            results = await in_database(save, together)
        except Exception as problem:
            results = [problem] * len(together)
        for send, result in zip(together, results, strict=True):
            if isinstance(result, ReplyRequest) and result.fresh:
                running = send.context.run(self._begin, result, send.session)
                if running is not None and send.is_over:
                    running.stop(Status.INTERRUPTED)
            if send.saved.done():  # who asked is gone; it is saved all the same
                continue
            if isinstance(result, Exception):
                send.saved.set_exception(result)
            else:
                send.saved.set_result(result)


def save(sends: list[Send]) -> list[Result]:
    """Return what came of each. In the database's thread."""
    if len(sends) > 1:
        is_begun = False
        try:
            with transaction.atomic():
                is_begun = True
                return _save_together(sends)
        except Exception as problem:
            if not is_begun:  # locked or away: each by itself would wait as long once more
                return [problem] * len(sends)
            level = logging.DEBUG if isinstance(problem, NotTogether) else logging.WARNING
            logger.log(level, "%d messages are saved one by one: %r", len(sends), problem)
    return [_save_alone(send) for send in sends]


def _save_together(sends: list[Send]) -> list[Result]:
    """Do them all in the transaction in course. Raise whatever keeps them from being saved in it."""
    counts: list[limits.Count] = []
    entries: list[search.Row] = []
    # All people's rows first, in one order, and what all count on last: no deadlocks with other processes
    people = sessions.persons_of({send.session: send.person for send in sends})
    results = [
        send.context.copy().run(_act, send, people.get(send.session), counts, entries) for send in sends
    ]
    search.add_noted(entries)
    if not limits.count_all(counts):
        raise NotTogether("a limit would be passed")
    if transaction.get_rollback():  # a savepoint could not be undone: Django would not say so
        raise NotTogether("the transaction is broken")
    return results


def _act(send: Send, person: User | None, counts: list[limits.Count], entries: list[search.Row]) -> Result:
    """Do what was asked for, behind the savepoint that each action's own transaction is here.

    Raise what the database itself suffers from.
    """
    limits.count_later(counts)
    search.add_later(entries)
    before = len(counts), len(entries)
    try:
        if person is None:
            raise LoggedOut
        result: Result = send.action(person)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        result = problem
    if not (isinstance(result, ReplyRequest) and result.fresh):  # nothing is new, whatever was noted
        del counts[before[0] :], entries[before[1] :]
    return result


def _save_alone(send: Send) -> Result:
    def act() -> ReplyRequest:
        person = sessions.persons_of({send.session: send.person}).get(send.session)
        if person is None:
            raise LoggedOut
        return send.action(person)

    try:
        return send.context.run(act)
    except Exception as problem:
        return problem
