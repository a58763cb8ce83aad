"""The site's addresses."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this name whatever the page says."""
    return HttpResponseRedirect(staticfiles_storage.url("chat/favicon.svg"))


CAPABILITIES = (
    "pages",
    "conversations",
    "catalog",
    "personas",
    "prompts",
    "replies",
    "feedback",
    "moderation",
    "pictures",
    "voice",
    "preferences",
)

urlpatterns = [
    *(path("", include(f"chat.{name}.urls")) for name in CAPABILITIES),
    path("favicon.ico", favicon, name="favicon"),
]
