"""The form of a project: everything that its owner may set, checked once."""

import uuid
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.core.fields import LineField, NoteField, longest
from chat.models import OfferedModel, Persona, Project
from chat.models.projects import DEFAULT_ICON, ICONS
from chat.projects.emoji import is_emoji

COLUMNS = ("name", "instructions", "model")
_ICON_NAMES = {
    "folder": pgettext_lazy("an icon", "Folder"),
    "book": pgettext_lazy("an icon", "Book"),
    "briefcase": pgettext_lazy("an icon", "Briefcase"),
    "code": pgettext_lazy("an icon", "Code"),
    "flask": pgettext_lazy("an icon", "Flask"),
    "home": pgettext_lazy("an icon", "House"),
    "bulb": pgettext_lazy("an icon", "Light bulb"),
    "chart": pgettext_lazy("an icon", "Chart"),
    "plane": pgettext_lazy("an icon", "Plane"),
    "heart": pgettext_lazy("an icon", "Heart"),
}


def one_emoji(value: str) -> None:
    """Refuse what is not one emoji."""
    if not is_emoji(value):
        raise ValidationError(_("Enter one emoji."), "emoji")


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new project, or another wording of one; `personas` and `models` are those to choose from."""

    icon = forms.ChoiceField(
        label=_("Icon"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(name, _ICON_NAMES[name]) for name in ICONS],
    )
    emoji = forms.CharField(
        label=_("Or an emoji"),
        required=False,
        max_length=longest(Project, "icon"),
        validators=[one_emoji],
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "project-emoji"}),
    )
    persona = forms.TypedChoiceField(
        label=_("Persona"), required=False, coerce=uuid.UUID, empty_value=None, choices=()
    )

    class Meta:
        model = Project
        fields = COLUMNS
        field_classes: ClassVar = {"name": LineField, "instructions": NoteField}
        help_texts: ClassVar = {"instructions": _("The model sees these in every chat of this project.")}
        widgets: ClassVar = {"instructions": forms.Textarea(attrs={"rows": 6, "dir": "auto"})}

    def __init__(
        self,
        data: Any = None,
        *,
        personas: list[Persona],
        models: QuerySet[OfferedModel],
        project: Project | None = None,
    ) -> None:
        super().__init__(data, instance=copy(project), initial=_initial(project), label_suffix="")
        self._personas = {row.uuid: row for row in personas}
        choosable: Any = self.fields["persona"]
        choosable.choices = [("", _("No persona")), *((str(row.uuid), row.name) for row in personas)]
        model: Any = self.fields["model"]
        model.empty_label = _("The model you last chose")
        model.queryset = models
        self.fields["name"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    @property
    def has_models(self) -> bool:
        """Whether there is a model to choose."""
        return bool(self.fields["model"].queryset.exists())  # type: ignore[attr-defined]

    def columns(self) -> dict[str, Any]:
        """Return what is to be saved, by column."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in COLUMNS},
            "icon": data["emoji"] or data["icon"] or DEFAULT_ICON,
            "persona": self._personas.get(data["persona"]),
        }


def _initial(project: Project | None) -> dict[str, Any]:
    """Return what is no column of its own."""
    if project is None:
        return {"icon": DEFAULT_ICON}
    persona = str(project.persona.uuid) if project.persona else ""
    return {
        "icon": "" if project.has_emoji else project.icon,
        "emoji": project.icon if project.has_emoji else "",
        "persona": persona,
    }
