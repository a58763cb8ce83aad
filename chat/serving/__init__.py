"""The server: Daphne, with the limits and the orderly end that it lacks."""

from chat.serving.server import ChatServer, open_port

__all__ = ["ChatServer", "open_port"]
