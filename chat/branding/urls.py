"""The site's logo and the style sheet of its accent."""

from django.urls import path

from chat.branding import views

urlpatterns = [
    path("branding/<slug:mark>/accent.css", views.styles, name="branding_styles"),
    path("branding/<slug:mark>/logo", views.logo, name="branding_logo"),
]
