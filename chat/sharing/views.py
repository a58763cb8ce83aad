"""Links over HTTP for those who make them. All works without JavaScript."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.conversations import actions as conversations
from chat.conversations.presenter import body_html
from chat.core.errors import NotFound, RequestError
from chat.models import Role, Share
from chat.sharing import actions as sharing
from chat.sharing.errors import SharingOff
from chat.sharing.forms import ShareForm
from chat.web.answers import form_errors
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import answer, is_script
from chat.web.flash import flash

# Days of views that the page of a link shows
DAYS_SHOWN = 30


@member_view("GET", "POST")
def new(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET the form; POST it: the way to the page of the new link. A script gets that as `{"address"}`."""
    conversation = conversations.lasting_conversation_of(request.user, conversation_uuid)
    if not sharing.is_on():
        raise SharingOff
    form = ShareForm(conversation, None, request.POST if request.method == "POST" else None)
    links = sharing.shares_of(request.user).filter(snapshot__conversation=conversation)
    context = {"back": conversation.get_absolute_url(), "links": links}
    return _take(
        request, form, context, lambda: sharing.create(request.user, conversation_uuid, form.terms())
    )


@member_view("GET", "POST")
def change(request: MemberRequest, share_uuid: uuid.UUID) -> HttpResponse:
    """GET the form of a link; POST it: its snapshot is made anew, at the same address."""
    share = sharing.share_of(request.user, share_uuid)
    conversation = share.snapshot.conversation
    form = ShareForm(conversation, share, request.POST if request.method == "POST" else None)
    context = {"back": _page_of(share), "share": share}
    return _take(request, form, context, lambda: sharing.update(request.user, share_uuid, form.terms()))


@member_view("GET")
def link(request: MemberRequest, share_uuid: uuid.UUID) -> HttpResponse:
    """Show one link: its address, what holds for it, how often it was opened, what can be done with it."""
    share = sharing.share_of(request.user, share_uuid)
    days = list(share.views.order_by("-day")[:DAYS_SHOWN])
    context = {
        "share": share,
        "address": sharing.address_of(share),
        "days": days,
        "most": max((day.count for day in days), default=0),
    }
    return render(request, "sharing/link.html", context)


@member_view("POST")
def revoke(request: MemberRequest, share_uuid: uuid.UUID) -> HttpResponse:
    """POST. Cannot be undone."""
    sharing.revoke(request.user, share_uuid)
    flash(request, _("Link revoked. Nobody can open it anymore."))
    return HttpResponseRedirect(reverse("shared_links"), status=303)


@member_view("GET")
def links(request: MemberRequest) -> HttpResponse:
    """Show all of one's links; what moderators have decided is told once."""
    decided = sharing.unseen_decisions(request.user)
    context = {
        "shares": sharing.shares_of(request.user),
        "decided": decided,
        "current_tab": reverse("settings_chats"),
        "is_on": sharing.is_on(),
    }
    response = render(request, "sharing/links.html", context)
    if request.method == "GET":
        sharing.mark_decisions_seen(decided)
    return response


def _take(
    request: MemberRequest, form: ShareForm, context: dict[str, Any], save: Callable[[], Share]
) -> HttpResponse:
    """Save what a form says if it is valid, and return what its page or script is to get."""
    status = 200
    if form.is_valid():
        try:
            share = save()
            return JsonResponse({"address": _page_of(share)}) if is_script(request) else _see(share)
        except NotFound:
            raise
        except RequestError as problem:
            if is_script(request):
                return answer(request, problem)
            form.add_error(None, problem.user_text())
            status = problem.status
    elif form.is_bound and is_script(request):
        return form_errors(form)
    shown = [(row, row.role == Role.USER, body_html(row)) for row in form.offered]
    return render(
        request, "sharing/form.html", {"form": form, "messages_offered": shown, **context}, status=status
    )


def _see(share: Share) -> HttpResponse:
    return HttpResponseRedirect(_page_of(share), status=303)


def _page_of(share: Share) -> str:
    return reverse("shared_link", args=[share.uuid])
