"""Conversations in the admin: a list to search, and a page to read.

What a person has deleted is not shown, to nobody: their deletion is respected, and so is that a chat is
temporary.
"""

from itertools import accumulate
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.lists import CountingChangeList, ListAdmin, counts, link, staff
from chat.conversations.actions import A_PAGE
from chat.conversations.presenter import present
from chat.models import Conversation, Message
from chat.moderation import actions as moderation
from chat.moderation import audit

# Messages on one page of a conversation
PAGE = 100


@admin.register(Conversation)
class ConversationAdmin(ListAdmin):
    """Reading only, and not unnoticed: what is decided about a message is decided on its report."""

    list_display = ("name", "owner_link", "message_count", "last_activity_at", "created_at")
    list_select_related = ("owner",)
    linked_by = ("owner__id__exact",)
    search_fields = ("title", "owner__email")
    search_help_text = _("Title or owner’s email")
    ordering = ("-last_activity_at", "-id")
    fields = ("owner_link", "created_at", "last_activity_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        rows = super().get_queryset(request).filter(moderation.conversations_in_view())
        return rows.filter(~Q(title="") | Q(temporary=True, tip__isnull=False))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountingChangeList]:
        return CountingChangeList

    def add_counts(self, rows: list[Any]) -> None:
        """Called by CountingChangeList."""
        found = counts(Message.objects.all(), "conversation", rows)
        for row in rows:
            row.messages_found = found.get(row.pk, 0)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        conversation = kwargs["obj"]
        audit.record_read(staff(request), conversation)
        context |= page_of(conversation, request.GET.get("before", ""))
        context["message_count"] = conversation.messages.count()
        context["title"] = str(conversation)
        context["subtitle"] = None
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=pgettext_lazy("of a conversation", "title"), ordering="title")
    def name(self, row: Conversation) -> str:
        return str(row)

    @admin.display(description=_("owner"), ordering="owner__email")
    def owner_link(self, row: Conversation) -> SafeString:
        return link(row.owner, row.owner.email)

    @admin.display(description=pgettext_lazy("in a conversation", "messages"))
    def message_count(self, row: Any) -> int:
        return int(row.messages_found)


def page_of(conversation: Conversation, before: str) -> dict[str, Any]:
    """Return the PAGE messages of all branches before the id `before` (the last without it), oldest first.

    There are fewer when they are long, but always one. `older` is the id to ask for the page before, None
    on the first. Two queries.
    """
    rows = conversation.messages.order_by("-id")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    sizes = rows.annotate(size=Length("text") + Length("reasoning")).values_list("pk", "size")[: PAGE + 1]
    totals = accumulate(size for _, size in sizes)
    fitting = [pk for (pk, _), total in zip(sizes, totals, strict=True) if total <= A_PAGE]
    ids = fitting[:PAGE] or [pk for pk, _ in sizes[:1]]
    shown = list(conversation.messages.filter(pk__in=ids).order_by("id"))
    older = shown[0].pk if len(ids) < len(sizes) else None
    return {
        "thread": [present(row, with_hidden=True) for row in shown],
        "other_versions": other_versions(shown),
        "older": older,
        "is_latest": not before,
    }


def other_versions(rows: list[Message]) -> set[str]:
    """Return the UUIDs of the rows that answer (or reword) what an earlier one of them did already."""
    seen: set[int | None] = set()
    found = set()
    for row in rows:
        if row.parent_id in seen:
            found.add(str(row.uuid))
        seen.add(row.parent_id)
    return found
