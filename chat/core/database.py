"""The database from the event loop, in two threads: what writes waits for a lock, what reads does not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connection, connections

Result = TypeVar("Result")

# The event loop that called the code in course into a thread: events are handed to it, not waited for
main_loop: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("main_loop", default=None)


async def in_database(work: Callable[..., Result], *arguments: object) -> Result:
    """Call `work`, which may write, in the thread that all such calls share, one at a time.

    Raises what it raises.
    """
    main_loop.set(asyncio.get_running_loop())
    return await sync_to_async(_call)(work, *arguments)


class Reader:
    """A thread for what only reads: on SQLite it goes on while somebody else holds the lock to write."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read")

    async def read(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Call `work` there, one at a time. Raises what it raises."""
        there = sync_to_async(_call, thread_sensitive=False, executor=self._thread)
        return await there(work, *arguments)

    async def close(self) -> None:
        """Give the thread and its connection back, after what was begun."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)


def _call(work: Callable[..., Result], *arguments: object) -> Result:
    """Call `work`, and keep this thread's connection only where it is SQLite's.

    Channels' `database_sync_to_async` opens a connection for every call. SQLite's cannot go stale, and
    opening them was two thirds of that thread's processor time; PostgreSQL's goes back to its pool.
    """
    try:
        return work(*arguments)
    finally:
        if connection.vendor != "sqlite":
            close_old_connections()


def keep_own_connection(lock_patience: str = "") -> None:
    """Let a thread that never gives its connection back make that itself from now on, without the pool.

    It waits for the lock of a row as long as `lock_patience` says ("1s"), where it says anything.
    The pool tests a connection before it hands it out, and rests for 1, 2 and 4 s after each that is broken:
    when PostgreSQL had cut them all, nothing was written for up to ten seconds.
    """
    options = connection.settings_dict["OPTIONS"]
    if "pool" in options:
        own = {name: value for name, value in options.items() if name != "pool"}
        if lock_patience:
            own["options"] = f"{own.get('options', '')} -c lock_timeout={lock_patience}".strip()
        connection.settings_dict = connection.settings_dict | {"OPTIONS": own}


def is_lock_timeout(problem: BaseException) -> bool:
    """Return whether somebody else held a row for too long (PostgreSQL); the connection is none the worse."""
    return getattr(problem.__cause__, "sqlstate", None) == "55P03"


def drop_connections() -> None:
    """Let go of this thread's connection and of all that wait in the pool, after the database broke off.

    They are broken too, as a rule, and the pool would find out one by one (`keep_own_connection`): ten
    seconds after a restart of PostgreSQL nothing could be saved yet.
    """
    connections.close_all()
    pool = _pool()
    if pool is not None and not pool.closed:
        pool.drain()


def _pool() -> Any:
    """Return the pool of all threads, if the database has one; this one may do without."""
    return getattr(connections.create_connection(DEFAULT_DB_ALIAS), "pool", None)
