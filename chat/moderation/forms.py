"""What a person tells moderators."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.core.fields import NoteField
from chat.models import Report

LONGEST_WORDS = 1000
"""Characters of one report; its row takes more, since further reports of the same person are added to it."""


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is wrong with an answer."""

    note = NoteField(
        label=_("Details (optional)"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = Report
        fields = ("category", "note")
        labels: ClassVar = {"category": _("What’s the problem?")}
