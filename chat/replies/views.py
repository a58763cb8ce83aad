"""What people do with a model's context over HTTP: look at what was sent."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.replies.request_log import sent_for
from chat.web.decorators import MemberRequest, member_view


@member_view("GET")
def sent(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Return what was sent to the model for an answer."""
    reply, requests = sent_for(request.user, message_uuid)
    context = {
        "reply": reply,
        "requests": requests,
        "back": f"{reply.conversation.get_absolute_url()}#m-{reply.uuid}",
        "title": _("View request"),
    }
    return render(request, "replies/sent.html", context)
