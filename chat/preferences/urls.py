"""The settings: other capabilities have theirs below the same address."""

from django.urls import path

from chat.preferences import views

urlpatterns = [
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("settings/", views.general, name="settings_general"),
    path("settings/personalisation/", views.personalisation, name="settings_personalisation"),
]
