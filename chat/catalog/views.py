"""How a model is chosen, for a conversation or for new chats, and made a favourite."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from chat.catalog import actions as catalog
from chat.catalog.picker import groups_by_provider, groups_for, picker_for
from chat.conversations import actions as conversations
from chat.models import Conversation
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script


@member_view("GET", "POST")
def models(request: MemberRequest) -> HttpResponse:
    """GET all that may answer: for a script the menu, else a page. POST model, an id, for new chats."""
    if request.method == "POST":
        catalog.choose_for_new_chats(request.user, request.POST.get("model", ""))
        return _chosen(request, reverse("chat"))
    if is_script(request):
        return render(request, "catalog/_model_menu.html", {"groups": groups_for(request.user)})
    return _page(request, None)


@member_view("GET", "POST")
def conversation_model(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET the page where one is chosen. POST model, the id of its row.

    A script gets `{"steps"}`: whether the context moves on in steps for it; then also how many messages lead
    to the last one, as `{"tip", "depth"}`.
    """
    if request.method == "POST":
        found = catalog.choose(request.user, conversation_uuid, request.POST.get("model", ""))
        if is_script(request):
            return JsonResponse(_steps(found))
        return _chosen(request, found.get_absolute_url())
    return _page(request, conversations.conversation_of(request.user, conversation_uuid))


@member_view("POST")
def model_star(request: MemberRequest) -> HttpResponse:
    """POST model, an id, and on=1 to make it a favourite; without that it is none any more."""
    catalog.star(request.user, request.POST.get("model", ""), is_on=bool(request.POST.get("on")))
    return HttpResponse(status=204)


def _page(request: MemberRequest, conversation: Conversation | None) -> HttpResponse:
    context = {
        "models": picker_for(request.user, conversation),
        "groups": groups_by_provider(),
        "back": conversation.get_absolute_url() if conversation else reverse("chat"),
        "conversation": conversation,
    }
    return render(request, "catalog/model.html", context)


def _steps(conversation: Conversation) -> dict[str, Any]:
    tip = conversation.tip
    if not catalog.keeps_prefix(conversation.model):
        return {"steps": False}
    return {"steps": True} | ({"tip": tip.uuid, "depth": tip.get_depth()} if tip else {})


def _chosen(request: MemberRequest, back: str) -> HttpResponse:
    return HttpResponse(status=204) if is_script(request) else HttpResponseRedirect(back, status=303)
