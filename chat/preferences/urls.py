"""The settings: other capabilities have theirs below the same address."""

from django.urls import path

from chat.preferences import views

urlpatterns = [
    path("settings/", views.general, name="settings_general"),
    path("settings/personalisation/", views.personalisation, name="settings_personalisation"),
]
