"""The search of one's own conversations: a page of its own, and what the palette of the chat shows."""

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from chat.conversations import actions as conversations
from chat.conversations import listing
from chat.core import limits
from chat.models import Conversation
from chat.pages.errors import TooManySearches
from chat.pages.forms import SearchForm
from chat.projects import actions as projects
from chat.search import find
from chat.search.query import parse
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script

HITS_A_PAGE, HITS_IN_PALETTE = 20, 12
RECENT = 8
MOST_A_MINUTE = 120
"""Searches of one person: who types without a break asks about once a second."""


@dataclass(frozen=True, slots=True)
class Results:
    """Conversations by their titles, and messages; `more_url` leads to more of these, "" to none."""

    titles: list[Conversation]
    messages: find.Found
    more_url: str = ""


@member_view("GET")
def search(request: MemberRequest) -> HttpResponse:
    """Show what is found by `?q=`, page by page with `before`; to a script a short list, for the palette.

    Without words the palette gets the latest conversations. Raises TooManySearches.
    """
    form = SearchForm(request.GET, projects.projects_of(request.user))
    form.is_valid()
    typed = form.cleaned_data.get("q", "")
    context: dict[str, Any] = {"form": form, "typed": typed.strip(), "action": reverse("search")}
    if not typed.strip():
        context["recent"] = listing.recent(request.user, RECENT)
    else:
        _count(request)
        context["results"] = _results(request, form, typed)
    template = "_palette_results" if is_script(request) else "search"
    return render(request, f"search/{template}.html", context)


@member_view("GET")
def message(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Lead to a message in its conversation, on whatever branch it is. Raises NotFound."""
    found = conversations.message_of(request.user, message_uuid)
    query = {"at": str(found.uuid)}
    if words := request.GET.get("q"):
        query["q"] = words
    return redirect(f"{found.conversation.get_absolute_url()}?{urlencode(query)}#m-{found.uuid}")


def _results(request: MemberRequest, form: SearchForm, typed: str) -> Results:
    query, condition = parse(typed), form.condition()
    before = find.read_place(request.GET.get("before", ""))
    count = HITS_IN_PALETTE if is_script(request) else HITS_A_PAGE
    has_titles = not before and not form.is_about_messages
    titles = find.conversations(request.user, query, Q(**form.place())) if has_titles else []
    found = find.messages(request.user, query, condition, before, count)
    asked = request.GET.copy()
    asked["before"] = found.more
    more_url = f"{reverse('search')}?{asked.urlencode()}" if found.more else ""
    return Results(titles, found, more_url)


def _count(request: MemberRequest) -> None:
    allowance = limits.Allowance("search", str(request.user.pk), MOST_A_MINUTE, limits.MINUTE)
    if refusal := limits.take(allowance):
        raise TooManySearches(retry_after=refusal.wait)
