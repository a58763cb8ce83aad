"""What conversations are written as."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.transfer.writing import Format

PRINT = "print"
"""What is asked for instead of a format, for a page to be printed."""


class ExportForm(forms.Form):
    """One of the formats, or a page to print. Which conversations are meant is not of the form."""

    format = forms.ChoiceField(choices=[*Format.choices, (PRINT, _("Print or PDF"))])
