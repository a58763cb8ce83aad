"""The line under the composer: which model answers, and whose it is."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from chat.catalog import environment


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """Which model answers here, for the quiet line under the composer."""

    kind: str
    label: str
    model: str


def provider_line() -> ProviderLine:
    """Return the model in use, in one sentence; before the first connection only what the settings say."""
    endpoint = environment.endpoint()
    kind = endpoint.kind if endpoint else "unknown"
    model = endpoint.model if endpoint else settings.OPENAI_MODEL
    return ProviderLine(kind, environment_line(model), model)


def environment_line(model: str) -> str:
    """Return who answers by a model of the provider that the environment names; "" before that is known."""
    endpoint = environment.endpoint()
    if model:
        labels = {
            "openai": _("%(model)s · OpenAI"),
            "compatible": _("%(model)s · this site’s model server"),
            "ollama": _("%(model)s · Ollama on this server"),
            "demo": _("Demo mode. These replies don’t come from a language model."),
        }
    else:  # a server that did not list its models yet: it may be down
        labels = {
            "compatible": _("This site’s model server"),
            "ollama": _("Ollama on this server"),
        }
    return labels.get(endpoint.kind if endpoint else "", "") % {"model": model}


def named_provider_line(provider: str, model: str) -> str:
    """Return who answers by a model of another provider."""
    return _("%(model)s · %(service)s") % {"model": model, "service": provider}
