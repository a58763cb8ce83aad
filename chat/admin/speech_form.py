"""The form of a speech service."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.admin.sealed_form import SealedForm
from chat.core.fields import LineField
from chat.models import SpeechProvider


class SpeechProviderForm(SealedForm):
    """A service that recognises speech or makes it."""

    class Meta:
        model = SpeechProvider
        fields = (
            *("name", "kind", "base_url", "allow_private"),
            *("model", "voice", "languages", "position", "price", "is_enabled"),
        )
        field_classes: ClassVar = dict.fromkeys(("name", "model", "voice", "languages"), LineField)
        widgets: ClassVar = dict.fromkeys(("name", "model", "voice", "languages"), forms.TextInput)
        help_texts: ClassVar = {
            "allow_private": _("Such as a speech server on this machine or beside it."),
            "model": _("Leave blank where the service has only one."),
            "voice": _("“Test” lists the service’s voices. Leave blank for its first of the language."),
            "languages": _("Codes with spaces between, such as en zh-Hans. Leave blank for all languages."),
            "position": _("Where several services fit, the lowest is used."),
            "price": _("Of a minute that is recognized, or of a million characters that are spoken."),
        }

    def clean_languages(self) -> str:
        """Return the codes with one space between them."""
        return " ".join(self.cleaned_data["languages"].replace(",", " ").split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("voice") and cleaned.get("kind") == SpeechProvider.Kind.RECOGNITION:
            self.add_error("voice", _("Only a service that speaks has a voice."))
        return cleaned
