"""What a person tells moderators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.core.fields import NoteField, storable
from chat.models.reports import Category


class ReportForm(forms.Form):
    """What is wrong with an answer."""

    category = forms.ChoiceField(label=_("What's the problem?"), choices=Category.choices)
    note = NoteField(
        label=_("Details (optional)"),
        max_length=1000,
        required=False,
        validators=[storable],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
