"""Personas that people offer to everybody: read here, and approved or refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.admin.forms import RefusalForm
from chat.admin.lists import ListAdmin, link, staff
from chat.models import Persona
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.personas import actions as personas
from chat.personas.errors import PersonaChanged
from chat.provider import parameters


class SharingFilter(admin.SimpleListFilter):
    """Those that wait unless asked otherwise."""

    title = _("sharing")
    parameter_name = "sharing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in (Persona.Sharing.ASKED, Persona.Sharing.SHARED)]

    def value(self) -> str:
        return super().value() or Persona.Sharing.ASKED.value

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        _everything, *ours = super().choices(changelist)
        yield from ours

    def queryset(self, request: HttpRequest, queryset: QuerySet[Persona]) -> QuerySet[Persona]:
        return queryset.filter(sharing=self.value())


@admin.register(Persona)
class PersonaAdmin(ListAdmin):
    """One is decided on from its own page, where all of it is read, and as it was when it was read.

    What it tells the model is shown only to who approves it.
    """

    list_display = ("name", "owner_link", "description", "updated_at", "sharing")
    list_select_related = ("owner",)
    list_filter = (SharingFilter,)
    search_fields = ("name", "description", "owner__email")
    search_help_text = _("Name, description or owner’s email")
    ordering = ("updated_at", "id")
    fields = ("name",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        return personas.to_decide_on().select_related("owner", "model").order_by(*self.ordering)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name="chat_persona_decide"), *super().get_urls()]

    @admin.display(description=_("owner"), ordering="owner__email")
    def owner_link(self, row: Persona) -> SafeString | str:
        return link(row.owner, row.owner.email) if row.owner else ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        persona = kwargs["obj"]
        if may_decide(request):  # who may not sees nothing of what its owner told the model
            audit.record_read(staff(request), persona)
        context |= {
            "title": persona.name,
            "subtitle": None,
            "may_decide": may_decide(request),
            "form": RefusalForm(label_suffix=""),
            "seen": persona.updated_at.isoformat(),
            "parameters": parameters.labelled_values(persona.parameters),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST decision=approve|refuse, and seen, the time of the change that was read; back to the list.

        With a refusal comes reason, for the owner to read; it may be empty.
        """
        if not (self.has_view_permission(request) and may_decide(request)):
            raise PermissionDenied
        persona = get_object_or_404(self.get_queryset(request), pk=pk)
        decision, seen = request.POST.get("decision", ""), moment(request.POST.get("seen", ""))
        if decision not in {"approve", "refuse"} or seen is None:
            raise Http404
        form = RefusalForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(form.errors["reason"][0]))
            return redirect("admin:chat_persona_change", pk)
        was_shared = persona.sharing == Persona.Sharing.SHARED
        try:
            if decision == "approve":
                personas.approve(persona, staff(request), seen)
            else:
                personas.refuse(persona, staff(request), seen, form.cleaned_data["reason"])
        except PersonaChanged as problem:
            messages.error(request, problem.user_text())
            return redirect("admin:chat_persona_change", pk)
        if decision == "approve":
            said = gettext("“%(name)s” approved.")
        elif was_shared:
            said = gettext("“%(name)s” is private again.")
        else:
            said = gettext("“%(name)s” rejected. Only its owner can use it.")
        messages.success(request, said % {"name": persona.name})
        return redirect(_next_list())


def _next_list() -> str:
    """Return the list of those that wait, or, when none does any more, of those that everybody can choose."""
    address = reverse("admin:chat_persona_changelist")
    asked = personas.to_decide_on().filter(sharing=Persona.Sharing.ASKED)
    return address if asked.exists() else f"{address}?sharing={Persona.Sharing.SHARED.value}"


def may_decide(request: HttpRequest) -> bool:
    return moderation.is_allowed(staff(request), "chat.approve_persona")


def moment(text: str) -> datetime | None:
    """Return a time with its zone, as the page gave it; None for any other text."""
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
