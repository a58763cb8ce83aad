"""A built-in model without intelligence, so that a fresh site has something to talk to."""

from chat.demo.server import DemoServer, start_demo

__all__ = ["DemoServer", "start_demo"]
