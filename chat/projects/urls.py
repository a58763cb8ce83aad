"""Projects; their pages with a message box, and their form, are in pages/urls.py."""

from django.urls import path

from chat.projects import views

urlpatterns = [
    path("projects/choice/", views.move_many, name="conversations_move"),
    path("projects/", views.project_list, name="projects"),
    path("projects/<uuid:project_uuid>/delete/", views.delete, name="project_delete"),
    path("projects/<uuid:project_uuid>/restore/", views.restore, name="project_restore"),
    path(
        "projects/<uuid:project_uuid>/conversations/", views.conversation_rows, name="project_conversations"
    ),
    path("c/<uuid:conversation_uuid>/project/", views.move, name="conversation_project"),
]
