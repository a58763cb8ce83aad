"""The form of a model provider."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.sealed_form import SealedForm
from chat.core.fields import LineField
from chat.models import ModelProvider

# By the field of a provider: the setting that counts where it is empty
WAITS = {
    "first_token_timeout": "PROVIDER_FIRST_TOKEN_TIMEOUT",
    "pause_timeout": "PROVIDER_PAUSE_TIMEOUT",
    "reply_timeout": "PROVIDER_REPLY_TIMEOUT",
}


class ModelProviderForm(SealedForm):
    """A provider of models; its waits are the site's where they are empty."""

    class Meta:
        model = ModelProvider
        fields = ("name", "base_url", "allow_private", "keeps_prefix", "is_enabled", *WAITS)
        field_classes: ClassVar = {"name": LineField}
        widgets: ClassVar = {"name": forms.TextInput}
        help_texts: ClassVar = {
            "allow_private": _("For a provider such as Ollama on this server or your local network."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WAITS.keys() & self.fields.keys():
            site = getattr(settings, WAITS[name])
            said = gettext("In seconds. Leave blank for the default (%(seconds)d).")
            self.fields[name].help_text = said % {"seconds": site}

    def save(self, commit: bool = True) -> Any:
        provider = self.instance
        # Its models are asked for at once
        provider.listed_at, provider.problem, provider.problem_detail = None, "", ""
        return super().save(commit)
