"""What every page may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chat.branding import current
from chat.catalog.status_lines import provider_line
from chat.web.error_views import own_origin
from chat.web.first_use import has_accounts


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, looks, model and languages, and what may be done here without an account."""
    branding = current.branding()
    return {
        "site_name": branding.name,
        "branding": branding,
        "provider": provider_line(),
        "has_accounts": has_accounts,  # called where a template asks, and only there
        "signup_open": settings.SIGNUP == "open",
        "sends_mail": bool(settings.EMAIL_URL),
        "addresses_are_confirmed": settings.ACCOUNT_EMAIL_VERIFICATION != "none",
        "languages": settings.LANGUAGES,
        "shares": settings.SHARING != "off",
        "shows_pictures": settings.REMOTE_PICTURES != "off",
        "site_url": settings.SITE_URL,
        "site_origins": " ".join([*settings.SITE_ORIGINS, own_origin(request)]),
    }
