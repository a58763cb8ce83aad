"""How long a test waits for what is to come, on a machine with much else to do."""

import asyncio
from collections.abc import Callable

# Seconds; only a limit, after which a test fails
LIMIT = 30


async def until(met: Callable[[], object]) -> None:
    """Wait for something to become true. Raises TimeoutError."""
    async with asyncio.timeout(LIMIT):
        while not met():
            await asyncio.sleep(0.01)
