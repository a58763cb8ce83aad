"""Taking conversations along."""

from django.urls import path

from chat.transfer import views

urlpatterns = [
    path("export/", views.export, name="export"),
    path("export/<uuid:job_uuid>/", views.progress, name="export_job"),
    path("export/<uuid:job_uuid>/file/", views.download, name="export_file"),
]
