"""The sockets."""

from importlib import import_module
from typing import Any

from django.urls import path

from chat.consumers.chat import ChatConsumer


async def voice(scope: Any, receive: Any, send: Any) -> None:
    """Serve a voice socket. Its code is loaded with the first: 0.5 MB of a server that nobody speaks to."""
    await import_module("chat.consumers.voice").VoiceConsumer.as_asgi()(scope, receive, send)


websocket_urlpatterns = [path("ws/chat/", ChatConsumer.as_asgi()), path("ws/voice/", voice)]  # type: ignore[arg-type]
