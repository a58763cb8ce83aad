"""The one socket."""

from django.urls import path

from chat.consumers.chat import ChatConsumer

websocket_urlpatterns = [path("ws/chat/", ChatConsumer.as_asgi())]
