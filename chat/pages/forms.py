"""What a search may be narrowed by."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.core.text import find_bad
from chat.models import Project, Role

WITHOUT, ONLY = "without", "only"
PLACES = {"project", "archived"}
"""Fields that say where conversations are."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
"""Nothing was said outside of these. The first and the last day that Python knows begin on none in UTC."""


def _a_day() -> forms.DateInput:
    """Return a field as browsers have one, whatever the language: they show the day in theirs."""
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class SearchForm(forms.Form):
    """What is looked for, and where. A value that is none is an error of its field, and is not looked for."""

    q = forms.CharField(required=False, strip=False)
    since = forms.DateField(label=pgettext_lazy("of days", "From"), required=False, widget=_a_day())
    until = forms.DateField(label=pgettext_lazy("of days", "To"), required=False, widget=_a_day())
    by = forms.ChoiceField(
        label=_("Written by"),
        required=False,
        choices=[("", _("Anyone")), (Role.USER.value, _("You")), (Role.ASSISTANT.value, _("The assistant"))],
    )
    persona = forms.CharField(label=_("Persona"), required=False, max_length=80)
    model = forms.CharField(label=_("Model"), required=False, max_length=200)
    project = forms.TypedChoiceField(label=_("Project"), required=False, coerce=uuid.UUID, empty_value=None)
    archived = forms.ChoiceField(
        label=_("Archived chats"),
        required=False,
        choices=[("", _("Included")), (WITHOUT, _("Left out")), (ONLY, _("Only these"))],
    )

    def __init__(self, data: Any, projects: list[Project]) -> None:
        super().__init__(data)
        self._projects = {row.uuid: row for row in projects}
        choosable: Any = self.fields["project"]
        choosable.choices = [("", _("Any")), *((str(row.uuid), row.name) for row in projects)]
        if not projects:
            del self.fields["project"]

    def clean_q(self) -> str:
        """Return it without what no text holds."""
        typed: str = self.cleaned_data["q"]
        return "" if find_bad(typed) else typed

    def place(self) -> dict[str, Any]:
        """Return what the conversations must be like, as lookups."""
        chosen, found = self.cleaned_data, {}
        if chosen.get("project"):
            found["project"] = self._projects[chosen["project"]]
        if chosen.get("archived"):
            found["archived_at__isnull"] = chosen["archived"] == WITHOUT
        return found

    def condition(self) -> Q:
        """Return what the messages must be like, beside their words. Days are those of the reader's zone."""
        chosen = self.cleaned_data
        condition = Q(**{f"conversation__{name}": value for name, value in self.place().items()})
        if chosen.get("since"):
            condition &= Q(created_at__gte=_midnight(chosen["since"]))
        if chosen.get("until"):
            condition &= Q(created_at__lt=_midnight(chosen["until"], days_later=1))
        if chosen.get("by"):
            condition &= Q(role=chosen["by"])
        if chosen.get("persona"):
            condition &= Q(persona_name__icontains=chosen["persona"])
        if chosen.get("model"):
            condition &= Q(model_label__icontains=chosen["model"]) | Q(model__icontains=chosen["model"])
        return condition

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is given."""
        return any(value for name, value in self.cleaned_data.items() if name != "q")

    @property
    def is_about_messages(self) -> bool:
        """Whether something is given that a title has not, such as who wrote it."""
        return any(value for name, value in self.cleaned_data.items() if name not in {"q", *PLACES})


def _midnight(day: date, days_later: int = 0) -> datetime:
    known = min(max(day, FIRST_DAY), LAST_DAY) + timedelta(days_later)
    return timezone.make_aware(datetime.combine(known, time.min))
