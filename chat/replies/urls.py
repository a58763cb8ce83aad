"""What was sent to a model, and what is done with a reply."""

from django.urls import path

from chat.replies import views

urlpatterns = [
    path("m/<uuid:message_uuid>/sent/", views.sent, name="message_sent"),
    path("m/<uuid:message_uuid>/retry/", views.retry, name="message_retry"),
    path("m/<uuid:message_uuid>/continue/", views.go_on, name="message_continue"),
    path("m/<uuid:message_uuid>/stop/", views.stop, name="message_stop"),
]
