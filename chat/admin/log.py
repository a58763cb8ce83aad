"""What moderators and administrators did and read, for administrators to look at; nobody changes it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.lists import CountingChangeList, ListAdmin
from chat.admin.log_names import give_names, named_link
from chat.moderation import audit
from chat.moderation.audit import READ

KINDS = {
    ADDITION: pgettext_lazy("in the log", "Added"),
    CHANGE: pgettext_lazy("in the log", "Changed"),
    DELETION: pgettext_lazy("in the log", "Deleted"),
    READ: pgettext_lazy("in the log", "Read"),
}


class KindFilter(admin.SimpleListFilter):
    """By what was done."""

    title = pgettext_lazy("in the log", "action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(kind), name) for kind, name in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        chosen = self.value() or ""
        return queryset.filter(action_flag=int(chosen)) if chosen in map(str, KINDS) else queryset


@admin.register(LogEntry)
class LogAdmin(ListAdmin):
    """Reading only."""

    list_display = ("action_time", "person", "action", "what", "details")
    list_display_links = None
    list_filter = (KindFilter,)
    list_select_related = ("user", "content_type")
    search_fields = ("user__email", "object_repr")
    search_help_text = _("User’s email, or the object’s name or ID")
    ordering = ("-id",)
    fields = ("action_time", "person", "action", "what", "details")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountingChangeList]:
        return CountingChangeList

    def add_counts(self, rows: list[Any]) -> None:
        """Name what this page tells of. Called by CountingChangeList."""
        give_names(rows)

    @admin.display(description=_("user"), ordering="user__email")
    def person(self, entry: LogEntry) -> str:
        return str(entry.user)

    @admin.display(description=pgettext_lazy("in the log", "action"), ordering="action_flag")
    def action(self, entry: LogEntry) -> str:
        return str(KINDS.get(entry.action_flag, entry.action_flag))

    @admin.display(description=pgettext_lazy("in the log", "object"))
    def what(self, entry: LogEntry) -> SafeString:
        return named_link(entry)

    @admin.display(description=pgettext_lazy("in the log", "details"))
    def details(self, entry: LogEntry) -> str:
        return audit.sentence(entry)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> LogEntry | None:
        """Return an entry whose page calls it by its sentence."""
        entry: LogEntry | None = super().get_object(request, *args, **kwargs)
        return audit.localized(entry) if entry else None
