"""The database from the event loop, in two threads: what writes waits for a lock, what reads does not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, connections

from chat import broadcast

Result = TypeVar("Result")


async def in_database(work: Callable[..., Result], *arguments: object) -> Result:
    """Call `work`, which may write, in the thread that all such calls share, one at a time.

    Raises what it raises.
    """
    broadcast.home.set(asyncio.get_running_loop())
    return await sync_to_async(_called)(work, *arguments)


class Reader:
    """A thread for what only reads: on SQLite it goes on while somebody else holds the lock to write."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read")

    async def read(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Call `work` there, one at a time. Raises what it raises."""
        there = sync_to_async(_called, thread_sensitive=False, executor=self._thread)
        return await there(work, *arguments)

    async def close(self) -> None:
        """Give the thread and its connection back, after what was begun."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)


def _called(work: Callable[..., Result], *arguments: object) -> Result:
    """Channels' `database_sync_to_async` opens a connection for every call. SQLite's cannot go stale, and
    opening them was two thirds of that thread's processor time; PostgreSQL's goes back to its pool.
    """
    try:
        return work(*arguments)
    finally:
        if connection.vendor != "sqlite":
            close_old_connections()


def drop_connections() -> None:
    """After the database broke off: let go of this thread's connection, and of all that wait in the pool.

    They are broken too, as a rule. The pool would find out one by one, with pauses of 1, 2 and 4 s before
    it tries the next: ten seconds after a restart of PostgreSQL nothing could be saved yet.
    """
    connections.close_all()
    pool = getattr(connection, "pool", None)
    if pool is not None and not pool.closed:
        pool.drain()
