"""Importing conversations. Its code is loaded with the first request: few people ever import."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


def late(name: str, method: str) -> Callable[..., HttpResponse]:
    """Return the view of that name, which is looked for when it is first asked, with this method."""

    def view(request: HttpRequest, **arguments: Any) -> HttpResponse:
        found: Callable[..., HttpResponse] = getattr(import_module("chat.transfer.imports.views"), name)
        return found(request, **arguments)

    view.allowed_methods = ("GET", "HEAD") if method == "GET" else (method,)  # type: ignore[attr-defined]
    return view


urlpatterns = [
    path("import/", late("choose", "GET"), name="import_choose"),
    # Its ticket tells that the person meant it (views.py); a form of this size has no room for another token
    path("import/upload/<str:ticket>/", csrf_exempt(late("upload", "POST")), name="import_upload"),
    path("import/<uuid:import_uuid>/", late("one", "GET"), name="import"),
    path("import/<uuid:import_uuid>/start/", late("start", "POST"), name="import_start"),
    path("import/<uuid:import_uuid>/cancel/", late("cancel", "POST"), name="import_cancel"),
    path("import/<uuid:import_uuid>/forget/", late("forget", "POST"), name="import_forget"),
]
