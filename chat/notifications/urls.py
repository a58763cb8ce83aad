"""Notifications."""

from django.urls import path

from chat.notifications import views

urlpatterns = [
    path("settings/notifications/", views.notifications, name="settings_notifications"),
    path("push/subscribe/", views.subscribe, name="push_subscribe"),
    path("push/unsubscribe/", views.unsubscribe, name="push_unsubscribe"),
]
