"""Channel layers that break the promises of one: a fifth of what they carry is lost, or doubled and late."""

import asyncio
import random
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

SHARE = 0.2
# Seconds by which the second of two comes late
LATE = 0.3

_chance = random.Random(11)
_late: set[asyncio.Task[None]] = set()  # asyncio holds tasks weakly


class Losing(RedisPubSubChannelLayer):
    async def send(self, channel: str, message: dict[str, Any]) -> None:
        if _chance.random() > SHARE:
            await self._get_layer().send(channel, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if _chance.random() > SHARE:
            await self._get_layer().group_send(group, message)


class Doubling(RedisPubSubChannelLayer):
    """A fifth comes twice, and a fifth late, after what was sent later."""

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._carry("send", channel, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._carry("group_send", group, message)

    async def _carry(self, how: str, where: str, message: dict[str, Any]) -> None:
        luck = _chance.random()
        if luck < 2 * SHARE:
            task = asyncio.ensure_future(self._carry_late(how, where, message))
            _late.add(task)
            task.add_done_callback(_late.discard)
        if luck > SHARE:
            await getattr(self._get_layer(), how)(where, message)

    async def _carry_late(self, how: str, where: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(LATE * _chance.random())
        await getattr(self._get_layer(), how)(where, message)
