"""A reply's life. One engine a process: `start_up`, `current`, `shut_down`; the rest is its own affair."""

import asyncio
import os
import socket

from chat.realtime.socket_leases import socket_leases
from chat.replies.engine import Engine
from chat.replies.running import RunningReply

_engines: dict[asyncio.AbstractEventLoop, Engine] = {}
_starting: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}


async def start_up(listen_slot: str = "") -> Engine:
    """Return the engine of this event loop, started if it is not running yet.

    A server that holds its `listen_slot` alone (reaper.interrupt_predecessors) names it; without a name, as
    under `runserver`, it is this process's own, and what an earlier one left behind goes stale.
    """
    loop = asyncio.get_running_loop()
    async with _starting.setdefault(loop, asyncio.Lock()):
        if loop not in _engines:
            _engines[loop] = await Engine.start(listen_slot or f"{socket.gethostname()}-{os.getpid()}")
    return _engines[loop]


def current() -> Engine | None:
    """Return the engine of this event loop, if it has been started."""
    return _engines.get(asyncio.get_running_loop())


async def shut_down() -> None:
    """Write every running reply down as interrupted and stop the engine of this event loop."""
    loop = asyncio.get_running_loop()
    _starting.pop(loop, None)
    if engine := _engines.pop(loop, None):
        await engine.stop()
    await socket_leases.close()


__all__ = ["Engine", "RunningReply", "current", "shut_down", "start_up"]
