"""Rating a reply."""

from django.urls import path

from chat.feedback import views

urlpatterns = [
    path("m/<uuid:message_uuid>/feedback/", views.rate, name="message_feedback"),
]
