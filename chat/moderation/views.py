"""Reporting an answer over HTTP."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.conversations import actions as conversations
from chat.conversations.presenter import present
from chat.core.errors import NotFound
from chat.models import Role
from chat.moderation import actions as moderation
from chat.moderation.forms import ReportForm
from chat.web.answers import done, refuse_form
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("GET", "POST")
def report(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET the form as a page; POST category and note."""
    message = conversations.message_of(request.user, message_uuid)
    if message.role != Role.ASSISTANT or message.is_hidden:
        raise NotFound
    back = message.conversation.get_absolute_url()
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moderation.report(request.user, message_uuid, **form.cleaned_data)
        if not is_script(request):
            flash(request, _("Thanks for your report. A moderator will review it."))
        return done(request, back)
    if request.method == "POST" and is_script(request):
        return refuse_form(request, form, back)
    shown = present(message, is_reported=bool(moderation.reported_among([message])))
    context = {"message": shown, "form": form, "back": back, "title": _("Report this reply")}
    return render(request, "moderation/report.html", context)
