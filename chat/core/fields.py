"""Form fields, and what they refuse in a text."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from chat.core import text

# Unicode's categories of control characters, surrogates, and line and paragraph separators
_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}


def storable(value: str) -> None:
    """Refuse NUL and lone surrogates, which a database cannot keep."""
    if text.find_bad(value):
        raise ValidationError(
            _("This contains characters that can’t be saved. Remove them and try again."), "bad_text"
        )


def one_line(value: str) -> None:
    """Refuse what does not fit on one visible line: control characters, or nothing to be seen."""
    categories = {unicodedata.category(character) for character in value}
    if categories & _CONTROLS:
        raise ValidationError(_("Keep this to one line, without control characters."), "control")
    visible(value)


def visible(value: str) -> None:
    """Refuse what shows nothing."""
    if text.is_blank(value):
        raise ValidationError(_("Enter some visible text."), "invisible")


class LineField(forms.CharField):
    """One line that shows something."""

    default_validators = [one_line]  # noqa: RUF012


class NoteField(forms.CharField):
    """Some lines of text. Browsers send line ends as two characters but count them as one."""

    default_validators = [storable]  # noqa: RUF012
    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def longest(model: type[Model], column: str) -> int:
    """Return the characters that a column takes."""
    field: Any = model._meta.get_field(column)
    return int(field.max_length)
