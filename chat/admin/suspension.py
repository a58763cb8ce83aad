"""The page that asks until when and why, before people are suspended."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from chat.admin.forms import SuspendForm
from chat.admin.lists import staff
from chat.models import User
from chat.moderation import actions as moderation

# People one page may suspend: their ids are in its address
AT_ONCE = 100


def suspend_address(people: list[int], back: str, report: int | None = None) -> str:
    """Return the page for these people's ids; afterwards it leads to `back`.

    `report` is the id of one that is upheld with the suspension.
    """
    query: list[tuple[str, Any]] = [*(("id", pk) for pk in people[:AT_ONCE]), ("next", back)]
    if report is not None:
        query.append(("report", report))
    return f"{reverse('admin:chat_user_suspend')}?{urlencode(query)}"


def suspend_page(admin: ModelAdmin, request: HttpRequest) -> HttpResponse:  # type: ignore[type-arg]
    """GET the form; POST until and reason. Raises PermissionDenied, and Http404 when nobody is named."""
    if not request.user.has_perm("chat.suspend_user"):
        raise PermissionDenied
    people = _people(request)
    form = SuspendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        suspended = [person for person in people if _suspend(request, person, form)]
        _settle(request, suspended)
        return redirect(_back(request))
    context = admin.admin_site.each_context(request) | {
        "title": _("Suspend"),
        "opts": admin.opts,
        "people": people,
        "form": form,
        "back": _back(request),
    }
    return TemplateResponse(request, "admin/chat/user/suspend.html", context)


def lift(request: HttpRequest, person: User) -> None:
    """Lift a suspension and tell; a refusal is told too."""
    try:
        moderation.lift_suspension(person, staff(request))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Suspension lifted for %(person)s.") % {"person": person})


def _settle(request: HttpRequest, suspended: list[User]) -> None:
    """Uphold the report that the page was asked for from, if it is of one who is suspended now."""
    pk = request.GET.get("report", "")
    if not (pk.isdecimal() and len(pk) < 19):
        return
    reports = moderation.reports_in_view().filter(pk=int(pk), message__conversation__owner__in=suspended)
    report = reports.first()
    try:
        if report is not None and moderation.uphold(report, staff(request)):
            messages.success(request, _("Report upheld."))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))


def _suspend(request: HttpRequest, person: User, form: SuspendForm) -> bool:
    try:
        moderation.suspend(person, form.cleaned_data["until"], form.cleaned_data["reason"], staff(request))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Suspended %(person)s.") % {"person": person})
    return True


def _people(request: HttpRequest) -> list[User]:
    ids = [int(pk) for pk in request.GET.getlist("id")[:AT_ONCE] if pk.isdecimal() and len(pk) < 19]
    people = list(User.objects.filter(pk__in=ids).order_by("email"))
    if not people:
        raise Http404
    return people


def _back(request: HttpRequest) -> str:
    back = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("admin:chat_user_changelist")
