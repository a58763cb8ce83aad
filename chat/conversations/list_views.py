"""What people do to their list of conversations over HTTP: parse, call one action, answer."""

import uuid
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from chat.conversations import arranging
from chat.core.errors import NotFound
from chat.models import User
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


def _archived(count: int) -> str:
    return ngettext("%(count)s conversation archived", "%(count)s conversations archived", count)


def _unarchived(count: int) -> str:
    return ngettext("%(count)s conversation unarchived", "%(count)s conversations unarchived", count)


def _deleted(count: int) -> str:
    return ngettext("%(count)s conversation deleted", "%(count)s conversations deleted", count)


class Deed(NamedTuple):
    """Something that is done to a choice, the name of its opposite, and what is said of it if anything."""

    act: Callable[[User, list[uuid.UUID]], list[uuid.UUID]]
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

    A script gets `{"changed", "opposite", "text"}`: the ids of what was changed, which that deed changes
    back, and the sentence for the person. Raises NotFound, TooManyChosen or TooManyPinnedConversations.
    """
    given = request.POST if "do" in request.POST else request.GET
    deed = DEEDS.get(given.get("do", ""))
    if deed is None:
        raise NotFound
    changed = deed.act(request.user, [identifier(text) for text in given.getlist("conversation")])
    text = deed.sentence(len(changed)) % {"count": len(changed)} if deed.sentence else ""
    if is_script(request):
        return JsonResponse({"changed": changed, "opposite": deed.opposite, "text": text})
    if text and changed:
        query = urlencode({"do": deed.opposite, "conversation": changed}, doseq=True)
        flash(request, text, messages.INFO, undo=f"{reverse('conversations_arrange')}?{query}")
    return HttpResponseRedirect(_way_back(request), status=303)


def _way_back(request: MemberRequest) -> str:
    """Return the page that the form was on; what it was about may be gone from there."""
    sent_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, request.is_secure()):
        return reverse("chat")
    page = urlsplit(sent_from)
    return f"{page.path}?{page.query}" if page.query else page.path
