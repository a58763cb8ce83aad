"""What every page may say about the site."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chat import replies


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """Which model answers here, for the quiet line under the composer."""

    kind: str
    label: str
    model: str


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, model and languages, and whether one may sign up, gets mail and confirms by it."""
    return {
        "site_name": settings.SITE_NAME,
        "provider": provider_line(),
        "signup_open": settings.SIGNUP == "open",
        "sends_mail": bool(settings.EMAIL_URL),
        "addresses_are_confirmed": settings.ACCOUNT_EMAIL_VERIFICATION != "none",
        "languages": settings.LANGUAGES,
        "site_url": settings.SITE_URL,
        "site_origins": " ".join([*settings.SITE_ORIGINS, own_origin(request)]),
    }


def own_origin(request: HttpRequest) -> str:
    """The origin of the site's pages by the host that the browser asked; "" if that is none of ours."""
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return ""


def provider_line() -> ProviderLine:
    """The model in use, in one sentence; before the first connection only what the settings say."""
    endpoint = replies.endpoint()
    kind = endpoint.kind if endpoint else "unknown"
    model = endpoint.model if endpoint else settings.OPENAI_MODEL
    return ProviderLine(kind, own_line(model), model)


def own_line(model: str) -> str:
    """Who answers by a model of the service that the environment names; "" before that is known."""
    endpoint = replies.endpoint()
    if model:
        labels = {
            "openai": _("%(model)s · OpenAI"),
            "compatible": _("%(model)s · this site's model server"),
            "ollama": _("%(model)s · Ollama on this server"),
            "demo": _("Demo mode. Connect a model to get real answers."),
        }
    else:  # a server that did not list its models yet: it may be down
        labels = {
            "compatible": _("This site's model server"),
            "ollama": _("Ollama on this server"),
        }
    return labels.get(endpoint.kind if endpoint else "", "") % {"model": model}


def service_line(service: str, model: str) -> str:
    """Who answers by a model of another service."""
    return _("%(model)s · %(service)s") % {"model": model, "service": service}
