"""Background tasks: which wait, run and failed, and for whom. Nothing of what they are about."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.failures import error_label
from chat.admin.lists import ListAdmin, time_of
from chat.conversations.actions import MAKE_FINDABLE, REINDEX
from chat.models import Job
from chat.transfer import actions as exporting
from chat.transfer.imports import actions as importing

LABELS = {
    exporting.KIND: _("Export"),
    exporting.KIND_EXPIRED: _("Remove an old export file"),
    importing.PREVIEW: _("Read a file to import"),
    importing.RUN: _("Import conversations"),
    importing.EXPIRE: _("Remove an old import file"),
    MAKE_FINDABLE: _("Add to the search index"),
    REINDEX: _("Make the search index anew"),
}
"""What the jobs of a kind do; one that only another version knows has its own name."""


class KindFilter(admin.SimpleListFilter):
    """By what they do."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(label)) for kind, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ListAdmin):
    """Reading only: a task is its owner's to cancel, and ends by itself."""

    list_display = ("when", "what", "person", "status", "how_far", "attempts", "problem")
    list_display_links = ("when",)
    list_filter = ("status", KindFilter)
    search_fields = ("owner__email",)
    search_help_text = _("Email")
    ordering = ("-pk",)
    fields = ("when", "what", "person", "status", "how_far", "attempts", "problem", "error_detail", "worker")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows = super().get_queryset(request).select_related("owner")
        return rows.defer("payload", "state", "result")

    @admin.display(description=_("time"), ordering="pk")
    def when(self, row: Job) -> str:
        return time_of(row.created_at)

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, row: Job) -> str:
        return str(LABELS.get(row.kind, row.kind))

    @admin.display(description=_("user"))
    def person(self, row: Job) -> str:
        return row.owner.email if row.owner else ""

    @admin.display(description=_("progress"))
    def how_far(self, row: Job) -> str:
        return f"{row.done} / {row.total}" if row.total else str(row.done)

    @admin.display(description=pgettext_lazy("of a message", "error"), ordering="error")
    def problem(self, row: Job) -> SafeString | str:
        return error_label(row.error) if row.error else ""
