"""Background tasks: which wait, run and failed, and for whom. Nothing of what they are about."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.failures import error_label
from chat.admin.lists import ListAdmin, time_of
from chat.models import Job


@admin.register(Job)
class JobAdmin(ListAdmin):
    """Reading only: a task is its owner's to cancel, and ends by itself."""

    list_display = ("when", "kind", "person", "status", "how_far", "attempts", "problem")
    list_display_links = ("when",)
    list_filter = ("status", "kind")
    search_fields = ("owner__email",)
    search_help_text = _("Email")
    ordering = ("-pk",)
    fields = ("when", "kind", "person", "status", "how_far", "attempts", "problem", "error_detail", "worker")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows = super().get_queryset(request).select_related("owner")
        return rows.defer("payload", "state", "result")

    @admin.display(description=_("time"), ordering="pk")
    def when(self, row: Job) -> str:
        return time_of(row.created_at)

    @admin.display(description=_("user"))
    def person(self, row: Job) -> str:
        return row.owner.email if row.owner else ""

    @admin.display(description=_("progress"))
    def how_far(self, row: Job) -> str:
        return f"{row.done} / {row.total}" if row.total else str(row.done)

    @admin.display(description=pgettext_lazy("of a message", "error"), ordering="error")
    def problem(self, row: Job) -> SafeString | str:
        return error_label(row.error) if row.error else ""
