"""The pages of the chat."""

from django.urls import path

from chat.pages import app, jobs, lists, projects, search, views

urlpatterns = [
    path("", views.new_chat, name="chat"),
    path("share/", views.share, name="share"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("icons/<slug:mark>/<slug:name>.png", app.icon, name="icon"),
    path("sw.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
    path("conversations/", lists.conversation_list, name="conversation_list"),
    path("conversations/archived/", lists.archived, name="archived"),
    path("notices/dismiss/", views.dismiss_notice, name="dismiss_notice"),
    path("draft/", views.keep_draft, name="keep_draft"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("c/<uuid:conversation_uuid>/", views.conversation, name="conversation"),
    path("c/<uuid:conversation_uuid>/older/", views.older, name="conversation_older"),
    path("projects/new/", projects.new, name="project_new"),
    path("projects/<uuid:project_uuid>/", projects.project, name="project"),
    path("projects/<uuid:project_uuid>/change/", projects.change, name="project_change"),
    path("projects/<uuid:project_uuid>/start/", projects.start, name="project_start"),
    path("jobs/<uuid:job_uuid>/", jobs.job, name="job"),
    path("jobs/<uuid:job_uuid>/cancel/", jobs.cancel, name="job_cancel"),
    path("search/", search.search, name="search"),
    path("m/<uuid:message_uuid>/", search.message, name="message"),
    path("m/<uuid:message_uuid>/more/", views.more, name="message_more"),
]
