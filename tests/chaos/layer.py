"""Channel layers that can be told to lose, double and reorder what they carry.

They do while the file that LAYER_FAULTS names exists; so it can begin and end while servers run.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

from chat.broadcast import MemoryLayer

FLAG = "LAYER_FAULTS"
SHARE = 0.2
# Seconds by which a reordered message comes late
LATE = 0.5

_late: set[asyncio.Task[None]] = set()  # asyncio holds tasks weakly


def is_on() -> bool:
    return Path(os.environ[FLAG]).exists()


class _Unreliable:
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if not is_on():
            await self._carry(group, message)
            return
        luck = random.random()
        if luck < SHARE:
            return
        if luck < 3 * SHARE:  # a second one, or the only one, comes late
            task = asyncio.ensure_future(self._carry_late(group, message))
            _late.add(task)
            task.add_done_callback(_late.discard)
        if not 2 * SHARE < luck < 3 * SHARE:
            await self._carry(group, message)

    async def _carry_late(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(LATE * random.random())
        await self._carry(group, message)

    async def _carry(self, group: str, message: dict[str, Any]) -> None:
        raise NotImplementedError


class UnreliableMemory(_Unreliable, MemoryLayer):
    async def _carry(self, group: str, message: dict[str, Any]) -> None:
        await MemoryLayer.group_send(self, group, message)


class UnreliableRedis(_Unreliable, RedisPubSubChannelLayer):
    async def _carry(self, group: str, message: dict[str, Any]) -> None:
        await self._get_layer().group_send(group, message)
