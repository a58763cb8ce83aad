"""People and groups in the admin.

Administrators who are no superusers cannot become one through here: they see neither that box nor
single permissions, do not touch the accounts of those whom they do not outrank (a new password would
hand these over), and give only groups and permissions within their own. Accounts are not deleted here,
they are deactivated.
"""

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.accounts import adapter, groups
from chat.admin.forms import GroupForm, PersonAddForm, PersonForm, PersonPasswordForm
from chat.admin.labels import group_label
from chat.admin.lists import (
    CountingChangeList,
    NamedList,
    SafeList,
    counts,
    day_of,
    list_link,
    staff,
    time_of,
)
from chat.admin.suspension import lift, suspend_address, suspend_page
from chat.models import Conversation, Report, User
from chat.moderation import actions as moderation

_PERSON = (None, {"fields": ("email", "name")})
_PERSON_AND_PASSWORD = (None, {"fields": ("email", "name", "password")})
_STANDING = (_("Suspension"), {"fields": ("suspended_until", "suspension_reason")})
_ACCESS = (_("Access"), {"fields": ("is_active", "is_staff", "groups")})
_ALL_ACCESS = (
    _("Access"),
    {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
)
_DATES = (_("Dates"), {"fields": ("date_joined", "last_login")})


class AccountStatusFilter(admin.SimpleListFilter):
    """Who may send, who only read, who not even log in."""

    title = _("status")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", pgettext("a user", "Active")),
            ("suspended", _("Suspended")),
            ("deactivated", _("Deactivated")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        suspended = Q(suspended_until__gt=timezone.now())
        chosen = {
            "active": Q(is_active=True) & (Q(suspended_until=None) | ~suspended),
            "suspended": suspended & Q(is_active=True),
            "deactivated": Q(is_active=False),
        }.get(self.value() or "", Q())
        return queryset.filter(chosen)


class GroupFilter(admin.RelatedFieldListFilter):
    """By group, named in the reader's language."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.empty_value_display = conditional_escape(pgettext("a user", "No group"))

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(group.pk), group_label(group)) for group in Group.objects.order_by("name")]


@admin.register(User)
class PersonAdmin(SafeList, NamedList, UserAdmin):  # type: ignore[type-arg]
    """Accounts by email address; suspending goes through a page of its own."""

    form = PersonForm
    add_form = PersonAddForm
    add_form_template = None
    change_password_form = PersonPasswordForm
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),)
    readonly_fields = ("suspended_until", "suspension_reason", "date_joined", "last_login")
    list_display = (
        "email",
        "name",
        "account_status",
        "joined",
        "last_seen",
        "conversation_count",
        "open_report_count",
    )
    list_filter = (AccountStatusFilter, "is_staff", ("groups", GroupFilter))
    search_fields = ("email", "name")
    search_help_text = _("Email or name")
    ordering = ("-date_joined", "-id")
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("suspend", "lift_suspension")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("suspend/", guard(self.suspend_view), name="chat_user_suspend"),
            path("<int:pk>/lift/", guard(self.lift_view), name="chat_user_lift"),
            *super().get_urls(),
        ]

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj == request.user or moderation.outranks(staff(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.suspend_user")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        if not self.has_change_permission(request, obj):
            return (_PERSON, _STANDING, _DATES)
        access = _ALL_ACCESS if request.user.is_superuser else _ACCESS
        return (_PERSON_AND_PASSWORD, _STANDING, access, _DATES)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            adapter.set_address(obj)
        if "is_active" in form.changed_data and not obj.is_active:
            adapter.end_sessions(obj)

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountingChangeList]:
        return CountingChangeList

    def add_counts(self, rows: list[Any]) -> None:
        """Called by CountingChangeList."""
        conversations = counts(Conversation.objects.filter(deleted_at=None).started(), "owner", rows)
        open_reports = moderation.reports_in_view().filter(state=Report.State.OPEN)
        reports = counts(open_reports, "message__conversation__owner", rows)
        for row in rows:
            row.conversations_found = conversations.get(row.pk, 0)
            row.open_reports_found = reports.get(row.pk, 0)

    @admin.display(description=_("status"), ordering="suspended_until")
    def account_status(self, row: User) -> str:
        if not row.is_active:
            return gettext("Deactivated")
        if row.suspended_until and row.is_suspended:
            return gettext("Suspended until %(until)s") % {"until": time_of(row.suspended_until)}
        return pgettext("a user", "Active")

    @admin.display(description=pgettext_lazy("an account", "created"), ordering="date_joined")
    def joined(self, row: User) -> str:
        return day_of(row.date_joined)

    @admin.display(description=_("last login"), ordering="last_login", empty_value="–")
    def last_seen(self, row: User) -> str | None:
        return day_of(row.last_login) if row.last_login else None

    @admin.display(description=_("conversations"))
    def conversation_count(self, row: Any) -> SafeString:
        return list_link(Conversation, row.conversations_found, owner__id__exact=row.pk)

    @admin.display(description=_("open reports"))
    def open_report_count(self, row: Any) -> SafeString:
        return list_link(Report, row.open_reports_found, q=row.email)

    @admin.action(description=_("Suspend…"), permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        ids = list(queryset.values_list("pk", flat=True))
        return redirect(suspend_address(ids, request.get_full_path()))

    @admin.action(description=_("Lift suspension"), permissions=["suspend"])
    def lift_suspension(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset.exclude(suspended_until=None):
            lift(request, person)

    # Pages

    def suspend_view(self, request: HttpRequest) -> HttpResponse:
        return suspend_page(self, request)

    @method_decorator(require_POST)
    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST, from the person's page and back to it."""
        lift(request, get_object_or_404(User, pk=pk))
        return redirect("admin:chat_user_change", pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person: User | None = kwargs["obj"]
        if person is not None:
            context |= {
                "may_suspend": self.has_suspend_permission(request)
                and person != request.user
                and moderation.outranks(staff(request), person),
                "suspend_address": suspend_address([person.pk], request.path),
                "their_conversations": list_link(
                    Conversation, gettext("Conversations"), owner__id__exact=person.pk
                ),
                "their_reports": list_link(Report, gettext("Reports"), q=person.email, state="all"),
            }
        return super().render_change_form(request, context, *args, **kwargs)


admin.site.unregister([Group, EmailAddress])


@admin.register(EmailAddress)
class AddressAdmin(SafeList, NamedList, EmailAddressAdmin):
    """What allauth knows of addresses, for superusers."""


@admin.register(Group)
class CommunityGroupAdmin(SafeList, NamedList, GroupAdmin):
    """Groups, within the rights of whoever changes them.

    The two that the site starts with keep their names, or the next migration would make them again.
    """

    form = GroupForm
    list_display = ("label",)

    @admin.display(description=pgettext_lazy("of a group", "name"), ordering="name")
    def label(self, group: Group) -> str:
        return group_label(group)

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return ("name",) if obj is not None and obj.name in groups.PERMISSIONS else ()

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.by = request.user
        return form
