"""The list of conversations: in the side bar, part by part for the page's script, and as pages of its own."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse

from chat.conversations import actions as conversations
from chat.conversations import listing
from chat.core.errors import NotFound
from chat.pages import sidebar
from chat.projects import actions as projects
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script

IN_SIDEBAR = 30
ON_A_PAGE = 50
"""Conversations on a page of their own: so many may be chosen there together."""
MOST_PLACES = 50
"""Conversations whose places in the list a script asks for at once."""


@member_view("GET")
def conversation_list(request: MemberRequest) -> HttpResponse:
    """Return the list from the cursor `before` on: a part of the side bar to a script, else a whole page.

    With `of`, once or more, a script gets the sections of these conversations alone, if they are in the list.
    """
    if not is_script(request):
        before = request.GET.get("before", "")
        rows, cursor = listing.latest(request.user, before, ON_A_PAGE)
        above = [] if before else listing.pinned(request.user)
        sections = [*sidebar.pinned(above), *sidebar.by_date(rows)]
        return _page(request, sections, reverse("conversation_list"), cursor)
    if "of" in request.GET:
        return render(request, "pages/_conversation_list.html", _places(request))
    before = request.GET.get("before", "")
    return render(request, "pages/_conversation_list.html", sidebar_context(request, before))


@member_view("GET")
def archived(request: MemberRequest) -> HttpResponse:
    """Show the archived conversations, from the cursor `before` on."""
    rows, cursor = listing.archived(request.user, request.GET.get("before", ""), ON_A_PAGE)
    return _page(request, sidebar.by_date(rows), reverse("archived"), cursor)


def sidebar_context(request: MemberRequest, before: str = "") -> dict[str, Any]:
    """Return what the template of the list shows, from a cursor on."""
    rows, cursor = listing.latest(request.user, before, IN_SIDEBAR)
    return {
        "pinned_sections": [] if before else sidebar.pinned(listing.pinned(request.user)),
        "sections": sidebar.by_date(rows),
        "more_url": _address(reverse("conversation_list"), cursor),
        **_shared(request),
    }


def side_bar(context: Context) -> str:
    """Return the side bar, for a page of any capability that shows no conversation. Three queries."""
    request: MemberRequest = context["request"]
    here = request.resolver_match
    side = {"side": projects.side(request.user), "here": here.url_name if here else ""}
    return render_to_string("pages/_sidebar.html", sidebar_context(request) | side, request)


def _places(request: MemberRequest) -> dict[str, Any]:
    asked = [identifier(text) for text in request.GET.getlist("of")]
    if len(asked) > MOST_PLACES:
        raise NotFound
    return {
        "pinned_sections": sidebar.pinned(listing.pinned(request.user, asked)),
        "sections": sidebar.by_date(listing.unpinned(request.user, asked)),
        **_shared(request),
    }


def _page(request: MemberRequest, sections: list[sidebar.Section], address: str, cursor: str) -> HttpResponse:
    context = {
        "sections": sections,
        "address": address,
        "is_archive": address == reverse("archived"),
        "is_later": "before" in request.GET,
        "more_url": _address(address, cursor),
        "side": projects.side(request.user),
    }
    return render(request, "pages/conversation_list.html", context)


def _address(address: str, cursor: str) -> str:
    return f"{address}?{urlencode({'before': cursor})}" if cursor else ""


def _shared(request: MemberRequest) -> dict[str, Any]:
    return {"folded": sidebar.folded(request), "title_limit": str(conversations.TITLE_LENGTH)}
