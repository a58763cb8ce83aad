"""The addresses of whole packages; the pages of the chat itself are in chat/urls.py."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("chat.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "chat.web.error_views.bad_request"
handler500 = "chat.web.error_views.server_error"
