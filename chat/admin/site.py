"""The admin site: our name, allauth's log-in, and the number of reports and personas that wait."""

from collections import Counter
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import secure_admin_login
from asgiref.sync import async_to_sync
from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from chat.admin.log_names import give_names, named_link
from chat.branding.current import branding
from chat.models import Persona, Report
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.moderation.audit import READ
from chat.operations import doctor
from chat.operations.findings import Level
from chat.personas import actions as personas
from chat.sharing import reports as share_reports

APPS = ["chat", "auth", "account", "admin"]
MODELS = ["Report", "ShareReport", "Feedback", "Persona", "User", "Conversation", "Project", "FailedReply"]
MODELS += ["ModelProvider", "OfferedModel", "SpeechProvider", "SpeechUsage", "Job"]
MODELS += ["SiteBranding", "Group", "EmailAddress", "LogEntry"]

# Entries of "Recent actions"
RECENT = 10


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _to_index(request: HttpRequest) -> HttpResponse:
    return redirect("admin:index")


class ChatAdminSite(AdminSite):
    """Django's own pages for log-in, log-out and passwords give way to allauth's.

    Theirs are not throttled and know nothing of sockets; a second log-in form would also let
    a moderator try other people's passwords.
    """

    index_title = _("Moderation")
    enable_nav_sidebar = False  # the lists need the room; the header leads to each section

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether it is staff, active, not suspended: asked before every page, lookup and action."""
        return super().has_permission(request) and not getattr(request.user, "is_suspended", True)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Send staff to the index, visitors to the site's log-in and back; everyone else is refused."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return secure_admin_login(_to_index)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """POST: as the site's own Log out does."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        adapter = get_adapter(request)
        adapter.logout(request)
        return redirect(adapter.get_logout_redirect_url(request))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return Django's own, with the site's name as it is now."""
        name = branding().name
        return {**super().each_context(request), "site_title": name, "site_header": name}

    def get_urls(self) -> list[Any]:
        """Return Django's own and ours, without the one that tells anybody on the staff any row's address."""
        pages = [page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site"]
        return [path("doctor/", self.admin_view(self.doctor), name="doctor"), *pages]

    def doctor(self, request: HttpRequest) -> TemplateResponse:
        """Return what `manage.py doctor` says. For superusers: it tells of servers and folders."""
        if not request.user.is_superuser:
            raise PermissionDenied
        findings = async_to_sync(doctor.examine)()
        found = Counter(finding.level for finding in findings)
        context = {
            **self.each_context(request),
            "title": _("System check"),
            "findings": findings,
            "failures": found[Level.FAIL],
            "warnings": found[Level.WARN],
            "well": found[Level.OK],
        }
        return TemplateResponse(request, "admin/doctor.html", context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """Return what "Recent actions" shows: what was done, not what was read."""
        entries: QuerySet[LogEntry] = super().get_log_entries(request)
        return entries.exclude(action_flag=READ)

    def _recent(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return what who works here did last, named and told as in the log."""
        mine = self.get_log_entries(request).filter(user=request.user.pk).select_related("content_type")
        entries = list(mine.order_by("-id")[:RECENT])
        give_names(entries)
        return [(named_link(entry), audit.sentence(entry)) for entry in entries]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return what moderators come for first: reports, then people; what is rarely touched last."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APPS, app["app_label"]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        waiting: dict[str, Any] = {"recent": self._recent(request)}
        if request.user.has_perm("chat.view_report"):
            waiting["open_reports"] = moderation.reports_in_view().filter(state=Report.State.OPEN).count()
        if request.user.has_perm("chat.view_sharereport"):
            open_ones = share_reports.reports_in_view().filter(state=Report.State.OPEN)
            waiting["open_share_reports"] = open_ones.count()
        if request.user.has_perms(["chat.view_persona", "chat.approve_persona"]):
            asked = personas.to_decide_on().filter(sharing=Persona.Sharing.ASKED)
            waiting["waiting_personas"] = asked.count()
        return super().index(request, waiting | (extra_context or {}))
