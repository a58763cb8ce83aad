"""Saved prompts."""

from django.urls import path

from chat.prompts import views

urlpatterns = [
    path("prompts/", views.prompt_list, name="prompt_list"),
    path("prompts/new/", views.prompt_new, name="prompt_new"),
    path("prompts/<uuid:prompt_uuid>/", views.prompt, name="prompt"),
    path("prompts/<uuid:prompt_uuid>/delete/", views.prompt_delete, name="prompt_delete"),
    path("prompts/<uuid:prompt_uuid>/restore/", views.prompt_restore, name="prompt_restore"),
]
