"""Choosing a model."""

from django.urls import path

from chat.catalog import views

urlpatterns = [
    path("c/<uuid:conversation_uuid>/model/", views.conversation_model, name="conversation_model"),
    path("models/", views.model_options, name="model_options"),
]
