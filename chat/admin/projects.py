"""Projects: whose they are, and how much is in them. What they tell the model is private."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin.lists import CountingChangeList, ListAdmin, counts, link
from chat.models import Conversation, Project


@admin.register(Project)
class ProjectAdmin(ListAdmin):
    """Reading only. The conversations in one are read in the list of conversations."""

    list_display = ("name", "owner_link", "conversation_count", "created_at")
    list_select_related = ("owner",)
    linked_by = ("owner__id__exact",)
    search_fields = ("name", "owner__email")
    search_help_text = _("Name or owner’s email")
    ordering = ("-pk",)
    fields = ("name", "owner_link", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).defer("instructions")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountingChangeList]:
        return CountingChangeList

    def add_counts(self, rows: list[Any]) -> None:
        """Called by CountingChangeList."""
        found = counts(Conversation.objects.filter(deleted_at=None).started(), "project", rows)
        for row in rows:
            row.conversations_found = found.get(row.pk, 0)

    @admin.display(description=_("owner"), ordering="owner__email")
    def owner_link(self, row: Project) -> SafeString:
        return link(row.owner, row.owner.email)

    @admin.display(description=_("conversations"))
    def conversation_count(self, row: Any) -> int:
        return int(row.conversations_found)
