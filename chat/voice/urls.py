"""Voice."""

from django.urls import path

from chat.voice import views

urlpatterns = [
    path("voice/", views.parts, name="voice_parts"),
    path("voice/settings/", views.voice_settings, name="voice_settings"),
]
