"""What a person finds of a reply."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.core.fields import NoteField
from chat.models import Feedback
from chat.models.feedback import LONGEST_COMMENT


class FeedbackForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rating ("" takes it back), and for a bad one a reason and some words."""

    comment = NoteField(
        label=_("Details (optional)"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Feedback
        fields = ("rating", "reason", "comment")
        labels: ClassVar = {"rating": _("How is this reply?"), "reason": _("Reason (optional)")}

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.fields["rating"].required = False
