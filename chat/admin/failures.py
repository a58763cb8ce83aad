"""Failed replies: what went wrong, for whom, and the operator's text of it. Nothing of what was said."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.admin.lists import ListAdmin, link, time_of
from chat.core.errors import ChatError, codes, for_code
from chat.models import FailedReply, Status
from chat.provider.errors import ProviderError


class ErrorFilter(admin.SimpleListFilter):
    """By the error: its code, as it stands in the log, and what it means."""

    title = pgettext_lazy("of a message", "error")
    parameter_name = "error"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, SafeString]]:
        return [(code, error_label(code)) for code in [*codes(ProviderError), ChatError.code]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FailedReply]) -> QuerySet[FailedReply]:
        return queryset.filter(error=self.value()) if self.value() else queryset


@admin.register(FailedReply)
class FailedReplyAdmin(ListAdmin):
    """Reading only. A person tells the request id that their page shows; the log has it too."""

    list_display = ("when", "person", "model_name", "problem", "request_id")
    list_display_links = ("when",)
    list_filter = (ErrorFilter,)
    search_fields = ("request_id", "reply__conversation__owner__email")
    search_help_text = _("Request ID or email")
    ordering = ("-reply",)
    fields = ("when", "person", "model_name", "meaning", "error_detail", "request_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedReply]:
        rows = super().get_queryset(request).filter(error__gt="", reply__conversation__deleted_at=None)
        rows = rows.filter(reply__status__in=[Status.FAILED, Status.INTERRUPTED])
        rows = rows.select_related("reply__conversation__owner")
        said = ("text", "html", "reasoning", "thinking_html", "parts", "conversation__instructions")
        return rows.defer(*(f"reply__{name}" for name in said))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, *self._to_conversation(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fields, *self._to_conversation(request))

    def _to_conversation(self, request: HttpRequest) -> tuple[str, ...]:
        return ("conversation_link",) if request.user.has_perm("chat.view_conversation") else ()

    @admin.display(description=_("time"), ordering="reply")
    def when(self, row: FailedReply) -> str:
        return time_of(row.requested_at or row.reply.created_at)

    @admin.display(description=_("user"))
    def person(self, row: FailedReply) -> str:
        return row.reply.conversation.owner.email

    @admin.display(description=pgettext_lazy("that answers", "model"), ordering="reply__model")
    def model_name(self, row: FailedReply) -> str:
        return row.reply.model

    @admin.display(description=pgettext_lazy("of a message", "error"), ordering="error")
    def problem(self, row: FailedReply) -> SafeString:
        """Return what happened, and the beginning of what it tells the operator."""
        return format_html('{}<div class="excerpt">{}</div>', error_label(row.error), row.error_detail)

    @admin.display(description=pgettext_lazy("of a message", "error"))
    def meaning(self, row: FailedReply) -> SafeString:
        return error_label(row.error)

    @admin.display(description=_("conversation"))
    def conversation_link(self, row: FailedReply) -> SafeString | str:
        conversation = row.reply.conversation
        if conversation.temporary and not conversation.recorded:
            return str(conversation)
        return link(conversation, _("Open conversation"))


def error_label(code: str) -> SafeString:
    """Return an error's code, and what happened."""
    return format_html('<code class="error-code">{}</code> {}', code, for_code(code).summary())
