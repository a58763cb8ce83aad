"""What people choose for all of their pages; sign-up and log-in have django-allauth's addresses."""

from django.urls import path

from chat.accounts import views

urlpatterns = [path("settings/follow-text/", views.follow_text, name="follow_text")]
