"""Forms of the pages: what people may send over HTTP, checked once."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat import text
from chat.models.reports import Category

# Unicode's categories of control characters, surrogates, and line and paragraph separators
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
# Format characters (zero-width, direction) belong in a title, but alone they show nothing
_INVISIBLE = {*_CONTROLS, "Cf", "Zs"}


def storable(value: str) -> None:
    """Refuse NUL and lone surrogates, which a database cannot keep."""
    if text.find_bad(value):
        raise ValidationError(
            _("This holds characters that cannot be stored. Please remove them."), "bad_text"
        )


def one_line(value: str) -> None:
    """Refuse what does not fit on one visible line: control characters, or nothing to be seen."""
    categories = {unicodedata.category(character) for character in value}
    if categories & _CONTROLS:
        raise ValidationError(_("Please write this on one line, without control characters."), "control")
    if categories <= _INVISIBLE:
        raise ValidationError(_("Please write something that can be seen."), "invisible")


class NoteField(forms.CharField):
    """Some lines of text. Browsers send line ends as two characters but count them as one."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class ReportForm(forms.Form):
    """What is wrong with an answer."""

    category = forms.ChoiceField(label=_("What is wrong?"), choices=Category.choices)
    note = NoteField(
        label=_("In your words (optional)"),
        max_length=1000,
        required=False,
        validators=[storable],
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RenameForm(forms.Form):
    """A conversation's title, without the space around it."""

    title = forms.CharField(label=_("Title"), max_length=120, validators=[one_line])
