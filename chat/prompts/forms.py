"""A saved prompt as it is edited."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.core.fields import NoteField, one_line, storable, visible


class PromptForm(forms.Form):
    """A text that a person keeps for the message box."""

    name = forms.CharField(label=pgettext_lazy("of a prompt", "Name"), max_length=40, validators=[one_line])
    text = NoteField(
        label=pgettext_lazy("of a prompt", "Text"),
        help_text=_("Use {{topic}} for blanks you fill in each time."),
        max_length=8000,
        strip=False,
        validators=[storable, visible],
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
