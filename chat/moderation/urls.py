"""Reporting an answer."""

from django.urls import path

from chat.moderation import views

urlpatterns = [
    path("m/<uuid:message_uuid>/report/", views.report, name="message_report"),
]
