"""Links: those who make them, and those who follow them."""

from django.urls import path

from chat.sharing import public_views, views

urlpatterns = [
    path("c/<uuid:conversation_uuid>/share/", views.new, name="share_new"),
    path("settings/chats/links/", views.links, name="shared_links"),
    path("settings/chats/links/<uuid:share_uuid>/", views.link, name="shared_link"),
    path("settings/chats/links/<uuid:share_uuid>/change/", views.change, name="shared_link_change"),
    path("settings/chats/links/<uuid:share_uuid>/revoke/", views.revoke, name="shared_link_revoke"),
    path("s/<str:token>/", public_views.snapshot, name="snapshot"),
    path("s/<str:token>/report/", public_views.report, name="snapshot_report"),
    path("s/<str:token>/continue/", public_views.continue_own, name="snapshot_continue"),
]
