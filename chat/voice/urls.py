"""Voice."""

from django.urls import path

from chat.voice import views

urlpatterns = [
    path("voice/", views.parts, name="voice_parts"),
    path("voice/voices/", views.voices, name="voice_voices"),
    path("voice/settings/", views.moved_settings, name="voice_settings_before"),
    path("settings/voice/", views.voice_settings, name="voice_settings"),
]
