"""The database from the event loop: in one thread, whose connection stays open where it can."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from chat import broadcast

Result = TypeVar("Result")


async def in_database(work: Callable[..., Result], *arguments: object) -> Result:
    """Call `work` in the thread that all such calls share, one at a time. Raises what it raises.

    Channels' `database_sync_to_async` opens a connection for every call. SQLite's cannot go stale, and
    opening them was two thirds of that thread's processor time; PostgreSQL's goes back to its pool.
    """

    def call() -> Result:
        try:
            return work(*arguments)
        finally:
            if connection.vendor != "sqlite":
                close_old_connections()

    broadcast.home.set(asyncio.get_running_loop())
    return await sync_to_async(call)()
