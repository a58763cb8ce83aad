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
            "allow_private": _("For a speech service on this server or your local network."),
            "model": _("Leave blank if the service has only one."),
            "voice": _(
                "“Test” lists the available voices. Leave blank to use the first one for the language."
            ),
            "languages": _(
                "Language codes separated by spaces, such as en zh-Hans. Leave blank for all languages."
            ),
            "position": _("If several services match, the one with the lowest number is used."),
            "price": _("Per minute recognised, or per million characters spoken."),
        }

    def clean_languages(self) -> str:
        """Return the codes with one space between them."""
        return " ".join(self.cleaned_data["languages"].replace(",", " ").split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("voice") and cleaned.get("kind") == SpeechProvider.Kind.RECOGNITION:
            self.add_error("voice", _("Only text-to-speech services have a voice."))
        return cleaned
