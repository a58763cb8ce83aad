"""What every page may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chat.catalog.status_lines import provider_line
from chat.web.error_views import own_origin
from chat.web.first_use import has_accounts


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, model and languages, and whether one may sign up, gets mail, confirms by it."""
    return {
        "site_name": settings.SITE_NAME,
        "provider": provider_line(),
        "has_accounts": has_accounts,  # called where a template asks, and only there
        "signup_open": settings.SIGNUP == "open",
        "sends_mail": bool(settings.EMAIL_URL),
        "addresses_are_confirmed": settings.ACCOUNT_EMAIL_VERIFICATION != "none",
        "languages": settings.LANGUAGES,
        "shows_pictures": settings.REMOTE_PICTURES != "off",
        "site_url": settings.SITE_URL,
        "site_origins": " ".join([*settings.SITE_ORIGINS, own_origin(request)]),
    }
