"""A built-in model without intelligence, so that a fresh site has something to talk to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class DemoServer:
    """A running demo: the base URL that a client of it is given, and what closes it with every connection."""

    base_url: str
    stop: Callable[[], Awaitable[None]]


async def start_demo() -> DemoServer:
    """Start the demo model in this event loop."""
    # Not imported at the top: aiohttp's server and the demo's prose are 2 MB that a real model never needs
    server: DemoServer = await import_module("chat.demo.server").start_demo()
    return server
