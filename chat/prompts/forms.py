"""A saved prompt as it is edited."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.core.fields import LineField, NoteField, storable, visible
from chat.models import SavedPrompt


class PromptTextField(NoteField):
    """A text as it was written, with the space around it."""

    default_validators = [storable, visible]  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)


class PromptForm(forms.ModelForm):  # type: ignore[type-arg]
    """A text that a person keeps for the message box."""

    class Meta:
        model = SavedPrompt
        fields = ("name", "text")
        field_classes: ClassVar = {"name": LineField, "text": PromptTextField}
        help_texts: ClassVar = {"text": _("Use {{topic}} for blanks you fill in each time.")}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 8, "dir": "auto"})}
