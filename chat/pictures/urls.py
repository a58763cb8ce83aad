"""Pictures that answers show from elsewhere."""

from django.urls import path

from chat.pictures import views

urlpatterns = [
    path("m/<uuid:message_uuid>/pictures/<int:number>/", views.remote_picture, name="message_picture"),
]
