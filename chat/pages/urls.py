"""The pages of the chat."""

from django.urls import path

from chat.pages import views

urlpatterns = [
    path("", views.new_chat, name="chat"),
    path("conversations/", views.conversation_list, name="conversation_list"),
    path("notices/dismiss/", views.dismiss_notice, name="dismiss_notice"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("c/<uuid:conversation_uuid>/", views.conversation, name="conversation"),
    path("c/<uuid:conversation_uuid>/older/", views.older, name="conversation_older"),
    path("m/<uuid:message_uuid>/more/", views.more, name="message_more"),
]
