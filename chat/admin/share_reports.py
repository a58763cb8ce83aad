"""Reports of shared links: what a link shows, and the decisions on it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.admin.forms import RefusalForm
from chat.admin.lists import ListAdmin, link, staff
from chat.admin.reports import StateFilter
from chat.admin.suspension import suspend_address
from chat.models import Report, ShareReport
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.sharing import reading, reports


@admin.register(ShareReport)
class ShareReportAdmin(ListAdmin):
    """Nothing is edited by hand: a report changes through the actions of chat/sharing/reports.py."""

    list_display = ("about", "title", "owner_link", "reporter_link", "created_at", "state")
    list_display_links = ("about",)
    list_filter = (StateFilter, "category")
    search_fields = ("note", "share__owner__email", "reporter__email")
    search_help_text = _("Report text or email")
    ordering = ("-created_at",)
    fields = ("about",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShareReport]:
        rows = reports.reports_in_view().select_related(
            "share__owner", "share__snapshot__conversation", "reporter"
        )
        return rows.defer("share__snapshot__messages").order_by(*self.ordering)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name="chat_sharereport_decide"), *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return moderation.is_allowed(staff(request), "chat.change_sharereport")

    @admin.display(description=_("category"), ordering="category")
    def about(self, row: ShareReport) -> str:
        return row.get_category_display()

    @admin.display(description=pgettext_lazy("of a conversation", "title"))
    def title(self, row: ShareReport) -> str:
        return row.share.snapshot.title

    @admin.display(description=_("owner"), ordering="share__owner__email")
    def owner_link(self, row: ShareReport) -> SafeString:
        return link(row.share.owner, row.share.owner.email)

    @admin.display(description=_("reported by"), ordering="reporter__email")
    def reporter_link(self, row: ShareReport) -> SafeString | str:
        return link(row.reporter, row.reporter.email) if row.reporter else gettext("a visitor")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: ShareReport = kwargs["obj"]
        owner, may_decide = row.share.owner, self.has_decide_permission(request)
        audit.record_read(staff(request), row.share.snapshot.conversation)
        may_suspend = request.user.has_perm("chat.suspend_user") and owner != request.user
        context |= {
            "title": _("Report: %(category)s") % {"category": row.get_category_display()},
            "subtitle": None,
            "shown": reading.messages_of(row.share.snapshot),
            "may_decide": may_decide,
            "is_open": row.state == Report.State.OPEN,
            "may_suspend": may_suspend and moderation.outranks(staff(request), owner),
            "form": RefusalForm(label_suffix=""),
            "suspend_address": suspend_address([owner.pk], request.path),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST decision=dismiss|take_down|restore, and reason, for the owner to read, which may be empty."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        decision, form = request.POST.get("decision", ""), RefusalForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(form.errors["reason"][0]))
        elif said := _decide(row, decision, request, form.cleaned_data["reason"]):
            messages.success(request, said)
        else:
            messages.info(request, gettext("Nothing to do: already resolved."))
        return redirect("admin:chat_sharereport_change", pk)


def _decide(row: ShareReport, decision: str, request: HttpRequest, reason: str) -> str:
    """Return what was done, "" for nothing. Raises Http404 for no decision of ours, and PermissionDenied."""
    by = staff(request)
    if decision == "dismiss":
        return gettext("Report dismissed.") if reports.dismiss(row, by) else ""
    if decision == "take_down":
        return gettext("Link taken down; report upheld.") if reports.take_down(row.share, by, reason) else ""
    if decision == "restore":
        return gettext("Link restored.") if reports.restore(row.share, by) else ""
    raise Http404
