"""The forms of a model on offer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.catalog import actions as catalog
from chat.core.fields import one_line
from chat.models import OfferedModel


class OfferedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A label and a description are something to be seen, or nothing; prices are not below zero."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"price_in", "price_cached", "price_out"} & self.fields.keys():
            self.fields[name].validators.append(MinValueValidator(0))
            self.fields[name].widget.attrs |= {"min": 0, "size": 8}
        if "description" in self.fields:
            self.fields["description"].widget.attrs |= {"size": 60}

    def clean_label(self) -> str:
        return self._seen("label")

    def clean_description(self) -> str:
        return self._seen("description")

    def _seen(self, name: str) -> str:
        words: str = self.cleaned_data[name]
        if words:
            one_line(words)
        return words


class RowForm(OfferedForm):
    """In a list, where the head of a column is no label: each field names itself, and whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            said = {"field": field.label, "model": self.instance.name}
            field.widget.attrs["aria-label"] = gettext("%(model)s: %(field)s") % said


class NewModelForm(OfferedForm):
    """A model that its provider does not list, or that was listed once: then its row is taken up again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for icon in ("can_add_related", "can_change_related", "can_view_related"):
            setattr(self.fields["provider"].widget, icon, False)
        self.fields["name"].help_text = _("The provider’s exact model name. For models it doesn’t list.")
        self.fields["name"].widget.attrs |= {"size": 60, "spellcheck": "false", "autocapitalize": "none"}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not catalog.is_name(name):
            raise ValidationError(_("Enter the name on one line, in visible characters."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rows = OfferedModel.objects.filter(provider=cleaned.get("provider"), name=cleaned.get("name", ""))
        if (known := rows.first()) is None:
            return cleaned
        if known.gone_at is None:
            self.add_error("name", _("This model is already in the list."))
        else:
            self.instance = known
            known.gone_at = None
        return cleaned
