"""Conversations and their messages."""

from django.urls import path

from chat.conversations import list_views, views

urlpatterns = [
    path("c/", views.start, name="conversation_start"),
    path("c/<uuid:conversation_uuid>/rename/", views.rename, name="conversation_rename"),
    path(
        "c/<uuid:conversation_uuid>/settings/",
        views.conversation_settings,
        name="conversation_settings",
    ),
    path("conversations/arrange/", list_views.arrange, name="conversations_arrange"),
    path("settings/chats/", views.settings_chats, name="settings_chats"),
    path("settings/chats/delete/", views.delete_all, name="conversations_delete"),
    path("settings/chats/restore/", views.restore_all, name="conversations_restore"),
    path("m/<uuid:message_uuid>/text/", views.message_text, name="message_text"),
    path("m/<uuid:message_uuid>/show/", views.show, name="message_show"),
    path("m/<uuid:message_uuid>/versions/", views.versions, name="message_versions"),
    path("m/<uuid:message_uuid>/pin/", views.pin, name="message_pin"),
]
