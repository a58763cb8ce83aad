"""What people do to their list of conversations over HTTP: parse, call one action, answer."""

import uuid
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.conversations import arranging
from chat.core.errors import NotFound
from chat.models import User
from chat.realtime.protocol import DELETED
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


def _archived(count: int) -> str:
    if count == 1:  # by itself: what `ngettext` takes for it may be said of 21 as well, as in Russian
        return _("Conversation archived")
    return ngettext("%(count)s conversation archived", "%(count)s conversations archived", count)


def _unarchived(count: int) -> str:
    if count == 1:
        return _("Conversation unarchived")
    return ngettext("%(count)s conversation unarchived", "%(count)s conversations unarchived", count)


def _deleted(count: int) -> str:
    if count == 1:
        return _("Conversation deleted")
    return ngettext("%(count)s conversation deleted", "%(count)s conversations deleted", count)


class Deed(NamedTuple):
    """Something that is done to a choice, the name of its opposite, and what is said of it if anything."""

    act: Callable[[User, list[uuid.UUID]], arranging.Places]
    opposite: str
    sentence: Callable[[int], str] | None = None


DEEDS = {
    "pin": Deed(arranging.pin, "unpin"),
    "unpin": Deed(arranging.unpin, "pin"),
    "archive": Deed(arranging.archive, "unarchive", _archived),
    "unarchive": Deed(arranging.unarchive, "archive", _unarchived),
    "delete": Deed(arranging.delete, "restore", _deleted),
    "restore": Deed(arranging.restore, "delete"),
}


@member_view("POST")
def arrange(request: MemberRequest) -> HttpResponse:
    """POST do, the name of a deed, and a `conversation` for each that is chosen; both may be in the query.

    A script gets `{"places", "undo", "text"}`: where what was changed belongs now, by its id (see
    `protocol.Arranged`), `{"address", "fields"}` of the request that changes these ids back, and the sentence
    for the person.
    Raises NotFound, TooManyChosen or TooManyPinnedConversations.
    """
    given = request.POST if "do" in request.POST else request.GET
    deed = DEEDS.get(given.get("do", ""))
    if deed is None:
        raise NotFound
    places = deed.act(request.user, [identifier(text) for text in given.getlist("conversation")])
    text = deed.sentence(len(places)) % {"count": len(places)} if deed.sentence else ""
    if is_script(request):
        by_id = {str(conversation): place for conversation, place in places.items()}
        undo = {"address": request.path, "fields": {"do": deed.opposite}}
        return JsonResponse({"places": by_id, "undo": undo, "text": text})
    if text and places:
        query = urlencode({"do": deed.opposite, "conversation": list(places)}, doseq=True)
        flash(request, text, messages.INFO, undo=f"{request.path}?{query}")
    return HttpResponseRedirect(_way_back(request, places), status=303)


def _way_back(request: MemberRequest, places: arranging.Places) -> str:
    """Return the page that the form was on.

    From that of a conversation that is deleted it is a new chat, and from there that of the one brought back.
    """
    chat = reverse("chat")
    sent_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, request.is_secure()):
        return chat
    page = urlsplit(sent_from)
    pages = {reverse("conversation", args=[found]): place for found, place in places.items()}
    if pages.get(page.path) == DELETED:
        return chat
    if page.path == chat and request.GET.get("do") == "restore" and len(pages) == 1:
        return next(iter(pages))
    return f"{page.path}?{page.query}" if page.query else page.path
