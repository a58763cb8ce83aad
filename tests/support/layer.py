"""An ear at the channel layer: what was told to a group after commit."""

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


class Ear:
    """Listens to a group from the moment it is made; works in tests that are not async."""

    def __init__(self, group: str) -> None:
        self.layer = get_channel_layer()
        self.channel = async_to_sync(self.layer.new_channel)()
        async_to_sync(self.layer.group_add)(group, self.channel)

    def heard(self) -> list[Any]:
        """Everything told since the last call."""
        return async_to_sync(self._drain)()

    async def _drain(self) -> list[Any]:
        events = []
        while True:
            try:
                events.append(await asyncio.wait_for(self.layer.receive(self.channel), 0.01))
            except TimeoutError:
                return events
