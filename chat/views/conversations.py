"""What people do to their conversations and messages over HTTP: parse, call one verb, answer."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import conversations, moderation
from chat.errors import NotFound
from chat.forms import RenameForm, ReportForm
from chat.models import Role
from chat.views.gate import MemberRequest, answer_errors
from chat.views.refusals import is_script


@require_POST
@login_required
@answer_errors
def start(request: MemberRequest) -> HttpResponse:
    """POST. A conversation without messages: for a script its id, else its page."""
    started = conversations.start(request.user)
    if is_script(request):
        return JsonResponse({"conversation": str(started.uuid)})
    return _done(request, started.get_absolute_url())


@require_POST
@login_required
@answer_errors
def rename(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """POST title."""
    form = RenameForm(request.POST)
    if not form.is_valid():
        conversations.conversation_of(request.user, conversation_uuid)
        return _refuse(request, form, reverse("conversation", args=[conversation_uuid]))
    conversations.rename(request.user, conversation_uuid, form.cleaned_data["title"])
    return _done(request, reverse("conversation", args=[conversation_uuid]))


@require_POST
@login_required
@answer_errors
def delete(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """POST. Can be undone by `restore` for a while."""
    conversations.delete(request.user, conversation_uuid)
    if not is_script(request):
        undo = reverse("conversation_restore", args=[conversation_uuid])
        messages.info(request, _("The conversation is deleted."), extra_tags=undo)
    return _done(request, reverse("chat"))


@require_POST
@login_required
@answer_errors
def restore(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """POST."""
    conversations.restore(request.user, conversation_uuid)
    return _done(request, reverse("conversation", args=[conversation_uuid]))


@require_safe
@login_required
@answer_errors
def message_text(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET what was said as it was written: an answer's Markdown. A hidden message has none."""
    message = conversations.message_of(request.user, message_uuid)
    if message.is_hidden:
        raise NotFound
    return HttpResponse(message.text, content_type="text/plain; charset=utf-8")


@require_POST
@login_required
@answer_errors
def show(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST. Bring the branch of this message into view."""
    found = conversations.show(request.user, message_uuid)
    return _done(request, f"{found.get_absolute_url()}#m-{message_uuid}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answer_errors
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
            messages.success(request, _("Thanks. A moderator will look at it."))
        return _done(request, back)
    if request.method == "POST" and is_script(request):
        return _refuse(request, form, back)
    moderation.mark_reported([message])
    context = {"message": message, "form": form, "back": back, "title": _("Report a reply")}
    return render(request, "chat/report.html", context)


def _done(request: MemberRequest, address: str) -> HttpResponse:
    if is_script(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(address, status=303)


def _refuse(request: MemberRequest, form: Form, address: str) -> HttpResponse:
    """Tell the first thing that is wrong with a form."""
    text = str(next(iter(form.errors.values()))[0])
    if is_script(request):
        return JsonResponse({"code": "bad_form", "text": text}, status=400)
    messages.error(request, text)
    return HttpResponseRedirect(address, status=303)
