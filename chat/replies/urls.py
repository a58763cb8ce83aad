"""What was sent to a model."""

from django.urls import path

from chat.replies import views

urlpatterns = [
    path("m/<uuid:message_uuid>/sent/", views.sent, name="message_sent"),
]
