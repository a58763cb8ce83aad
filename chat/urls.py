"""The site's addresses."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path

from chat.branding.current import branding


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this name whatever the page says."""
    looks = branding()
    in_accent = looks.icon_url if looks.accent else staticfiles_storage.url("chat/favicon.svg")
    return HttpResponseRedirect(looks.logo_url or in_accent)


CAPABILITIES = (
    "pages",
    "branding",
    "conversations",
    "catalog",
    "personas",
    "projects",
    "prompts",
    "replies",
    "sharing",
    "feedback",
    "moderation",
    "pictures",
    "voice",
    "notifications",
    "preferences",
    "transfer",
    "transfer.imports",
)

urlpatterns = [
    *(path("", include(f"chat.{name}.urls")) for name in CAPABILITIES),
    path("favicon.ico", favicon, name="favicon"),
]
