"""What people do with the model's view over HTTP: pin into it, and look at what was sent."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat import pins
from chat.sent import sent_for
from chat.views.gate import MemberRequest, answer_errors
from chat.views.refusals import is_script


@require_POST
@login_required
@answer_errors
def pin(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST on=1 to keep the message's exchange in the model's view, anything else to let it go."""
    change = pins.pin if request.POST.get("on") == "1" else pins.unpin
    question = change(request.user, message_uuid)
    if is_script(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{question.conversation.get_absolute_url()}#m-{message_uuid}", status=303)


@require_safe
@login_required
@answer_errors
def sent(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET what was sent to the model for an answer."""
    reply, requests = sent_for(request.user, message_uuid)
    context = {
        "reply": reply,
        "requests": requests,
        "back": f"{reply.conversation.get_absolute_url()}#m-{reply.uuid}",
        "title": _("View request"),
    }
    return render(request, "chat/sent.html", context)
