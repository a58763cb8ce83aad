"""The sockets."""

from django.urls import path

from chat.consumers.chat import ChatConsumer
from chat.consumers.voice import VoiceConsumer

websocket_urlpatterns = [path("ws/chat/", ChatConsumer.as_asgi()), path("ws/voice/", VoiceConsumer.as_asgi())]
