"""Channel layers that can be told to lose, double and reorder what they carry.

They do while the file that LAYER_FAULTS names exists; so it can begin and end while servers run.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

from chat.realtime.layer import MemoryLayer

FLAG = "LAYER_FAULTS"
SHARE = 0.2
# Seconds by which a reordered message comes late
LATE = 0.5

Carry = Callable[[], Awaitable[None]]
_late: set[asyncio.Task[None]] = set()  # asyncio holds tasks weakly


def is_on() -> bool:
    return Path(os.environ[FLAG]).exists()


async def unreliably(carry: Carry) -> None:
    """Carry a message: or not, or twice, or late."""
    luck = random.random() if is_on() else 1
    if luck < SHARE:
        return
    if luck < 3 * SHARE:  # a second one, or the only one, comes late
        task = asyncio.ensure_future(_late_by_some(carry))
        _late.add(task)
        task.add_done_callback(_late.discard)
    if not 2 * SHARE < luck < 3 * SHARE:
        await carry()


async def _late_by_some(carry: Carry) -> None:
    await asyncio.sleep(LATE * random.random())
    await carry()


class UnreliableMemory(MemoryLayer):
    """To a group it sends to each channel in turn."""

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await unreliably(partial(MemoryLayer.send, self, channel, message))


class UnreliableRedis(RedisPubSubChannelLayer):
    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await unreliably(partial(self._get_layer().send, channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await unreliably(partial(self._get_layer().group_send, group, message))
