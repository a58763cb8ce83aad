"""Choosing a model."""

from django.urls import path

from chat.catalog import views

urlpatterns = [
    path("c/<uuid:conversation_uuid>/model/", views.conversation_model, name="conversation_model"),
    path("models/", views.models, name="models"),
    path("models/star/", views.model_star, name="model_star"),
]
