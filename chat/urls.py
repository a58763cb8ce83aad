"""The site's addresses."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path

from chat.branding.current import branding


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this name whatever the page says."""
    return HttpResponseRedirect(branding().logo_url or staticfiles_storage.url("chat/favicon.svg"))


CAPABILITIES = (
    "pages",
    "branding",
    "conversations",
    "catalog",
    "personas",
    "prompts",
    "replies",
    "feedback",
    "moderation",
    "pictures",
    "voice",
    "notifications",
    "preferences",
)

urlpatterns = [
    *(path("", include(f"chat.{name}.urls")) for name in CAPABILITIES),
    path("favicon.ico", favicon, name="favicon"),
]
