"""Personas, and choosing one."""

from django.urls import path

from chat.personas import views

urlpatterns = [
    path("c/<uuid:conversation_uuid>/persona/", views.choose, name="conversation_persona"),
    path("personas/", views.gallery, name="personas"),
    path("personas/new/", views.new, name="persona_new"),
    path("personas/<uuid:persona_uuid>/change/", views.change, name="persona_change"),
    path("personas/<uuid:persona_uuid>/duplicate/", views.duplicate, name="persona_duplicate"),
    path("personas/<uuid:persona_uuid>/delete/", views.delete, name="persona_delete"),
    path("personas/<uuid:persona_uuid>/restore/", views.restore, name="persona_restore"),
    path("personas/<uuid:persona_uuid>/sharing/", views.sharing, name="persona_sharing"),
    path("personas/<uuid:persona_uuid>/start/", views.start, name="persona_start"),
    path("personas/<uuid:persona_uuid>/picture/", views.picture, name="persona_picture"),
]
