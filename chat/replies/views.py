"""What people do with replies over HTTP: look at what was sent; ask for another, more of it or its end."""

import uuid
from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.conversations.actions import message_of
from chat.core.errors import NotFound, RequestError
from chat.models import Message
from chat.replies import forms
from chat.replies.errors import NotRunning
from chat.replies.request_log import sent_for
from chat.web.decorators import MemberRequest, member_view
from chat.web.flash import flash


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


@member_view("POST")
def retry(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST client_id, tip. Another reply in the place of this one; then its page, as for all of these."""
    old = message_of(request.user, message_uuid)
    try:
        return at(forms.retry(request, message_uuid).reply)
    except NotFound:
        raise
    except RequestError as problem:
        return _refused(request, old, problem)


@member_view("POST")
def go_on(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST. The rest of a reply that was stopped, interrupted or cut."""
    reply = message_of(request.user, message_uuid)
    try:
        return at(forms.continue_reply(request, message_uuid).reply)
    except RequestError as problem:
        return _refused(request, reply, problem)


@member_view("POST")
def stop(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST. What has come of the reply is kept; of one that has ended meanwhile there is nothing to say."""
    reply = message_of(request.user, message_uuid)
    with suppress(NotRunning):
        forms.stop(request, message_uuid)
    return at(reply)


def at(reply: Message) -> HttpResponse:
    """Return the way to a reply on the page of its conversation: to its question, below which it is read."""
    first = reply.parent or reply
    address = f"{reply.conversation.get_absolute_url()}#m-{first.uuid}"
    return HttpResponseRedirect(address, status=303)


def _refused(request: MemberRequest, reply: Message, problem: RequestError) -> HttpResponse:
    flash(request, problem.user_text(), messages.ERROR)
    return at(reply)
