"""The queue of reports: what people told us, in its context, and the decisions on it."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.admin.about_messages import AboutMessages
from chat.admin.lists import link, staff
from chat.admin.suspension import suspend_address
from chat.models import Report, User
from chat.moderation import actions as moderation

DECISIONS: dict[str, Callable[[Report, User], bool]] = {
    "dismiss": moderation.dismiss,
    "hide": lambda report, by: moderation.hide(report.message, by),
    "restore": lambda report, by: moderation.restore(report.message, by),
}


class StateFilter(admin.SimpleListFilter):
    """Open reports unless asked otherwise."""

    title = pgettext_lazy("of a report", "status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Report.State.choices, ("all", _("All"))]

    def value(self) -> str:
        return super().value() or Report.State.OPEN.value

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        everything, *ours = super().choices(changelist)
        yield from ours

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


@admin.register(Report)
class ReportAdmin(AboutMessages):
    """Nothing is edited by hand: a report changes through the actions of chat/moderation/actions.py."""

    list_display = ("about", "excerpt", "reporter_link", "created_at", "state")
    list_display_links = ("about",)
    list_filter = (StateFilter, "category")
    search_fields = ("note", "message__conversation__owner__email", "reporter__email")
    search_help_text = _("Report text or email")
    ordering = ("-created_at",)
    fields = ("about", "note", "reporter_link", "created_at", "state", "resolved_by", "resolved_at")
    actions = ("dismiss", "hide", "restore", "suspend")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return self.with_beginnings(moderation.reports_in_view().select_related("reporter"))

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:pk>/decide/", decide, name="chat_report_decide"), *super().get_urls()]

    # Who may do what

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.change_report")

    def has_hide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.hide_message")

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.suspend_user")

    # The list

    @admin.display(description=_("category"), ordering="category")
    def about(self, report: Report) -> str:
        return report.get_category_display()

    @admin.display(description=_("reported by"), ordering="reporter__email")
    def reporter_link(self, report: Report) -> SafeString:
        return link(report.reporter, report.reporter.email)

    @admin.action(description=_("Dismiss selected reports"), permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide_all(request, "dismiss", queryset)

    @admin.action(description=_("Hide the reported messages"), permissions=["hide"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide_all(request, "hide", queryset)

    @admin.action(description=_("Restore the reported messages"), permissions=["hide"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide_all(request, "restore", queryset)

    @admin.action(description=_("Suspend users…"), permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Report]) -> HttpResponse:
        owners = queryset.order_by().values_list("message__conversation__owner", flat=True).distinct()
        return redirect(suspend_address(list(owners), request.get_full_path()))

    # The page of one report

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        report: Report = kwargs["obj"]
        owner = report.message.conversation.owner
        waiting = self.get_queryset(request).filter(state=Report.State.OPEN).exclude(pk=report.pk)
        context |= self.thread_for(request, report.message) | {
            "title": _("Report: %(category)s") % {"category": report.get_category_display()},
            "may_decide": self.has_decide_permission(request) and report.state == Report.State.OPEN,
            "may_hide": self.has_hide_permission(request),
            "may_suspend": self.has_suspend_permission(request)
            and owner != request.user
            and moderation.outranks(staff(request), owner),
            "owner": owner,
            "suspend_address": suspend_address([owner.pk], request.path, report.pk),
            "next_report": waiting.values_list("pk", flat=True).first(),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST decision=dismiss|hide|restore, from the report's page, and back to it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = get_object_or_404(self.get_queryset(request), pk=pk)
        decision = request.POST.get("decision", "")
        if decision not in DECISIONS:
            raise Http404
        self._tell(request, decision, int(DECISIONS[decision](report, staff(request))))
        return redirect("admin:chat_report_change", pk)

    def _decide_all(self, request: HttpRequest, decision: str, queryset: QuerySet[Report]) -> None:
        done = sum(DECISIONS[decision](report, staff(request)) for report in queryset)
        self._tell(request, decision, done)

    def _tell(self, request: HttpRequest, decision: str, done: int) -> None:
        if done:
            messages.success(request, done_words(decision, done))
        else:
            messages.info(request, gettext("Nothing to do: already resolved."))


def done_words(decision: str, count: int) -> str:
    """Return what was done, to how many."""
    words = {
        "dismiss": ngettext("Report dismissed.", "%(count)d reports dismissed.", count),
        "hide": ngettext(
            "Message hidden; report upheld.",
            "%(count)d messages hidden; reports upheld.",
            count,
        ),
        "restore": ngettext("Message restored.", "%(count)d messages restored.", count),
    }
    return words[decision] % {"count": count}
