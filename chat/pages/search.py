"""The search of one's own conversations: a page of its own, and what the palette of the chat shows."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.conversations import actions as conversations
from chat.core import limits
from chat.core.text import find_bad
from chat.models import Conversation, Message, Role
from chat.pages.errors import TooManySearches
from chat.pages.views import MESSAGES_AT_MOST
from chat.search import find
from chat.search.query import parse
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script

HITS_A_PAGE, HITS_IN_PALETTE = 20, 12
RECENT = 8
MOST_A_MINUTE = 120
"""Searches of one person: who types without a break asks about once a second."""

CONTEXT = 20
"""Messages below a hit that its page shows, where the hit is not among the latest."""


def _a_day() -> forms.DateInput:
    """Return a field as browsers have one, whatever the language: they show the day in theirs."""
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class SearchForm(forms.Form):
    """What is looked for, and where. A value that is none is an error of its field, and is not looked for."""

    q = forms.CharField(required=False, strip=False)
    since = forms.DateField(label=pgettext_lazy("of days", "From"), required=False, widget=_a_day())
    until = forms.DateField(label=pgettext_lazy("of days", "To"), required=False, widget=_a_day())
    by = forms.ChoiceField(
        label=_("Written by"),
        required=False,
        choices=[("", _("Anyone")), (Role.USER.value, _("You")), (Role.ASSISTANT.value, _("The assistant"))],
    )
    persona = forms.CharField(label=_("Persona"), required=False, max_length=80)
    model = forms.CharField(label=_("Model"), required=False, max_length=200)

    def clean_q(self) -> str:
        """Return it without what no text holds."""
        typed: str = self.cleaned_data["q"]
        return "" if find_bad(typed) else typed

    def condition(self) -> Q:
        """Return what the messages must be like, beside their words. Days are those of the reader's zone."""
        chosen = self.cleaned_data
        condition = Q()
        if chosen.get("since"):
            condition &= Q(created_at__gte=_midnight(chosen["since"]))
        if chosen.get("until"):
            condition &= Q(created_at__lt=_midnight(chosen["until"] + timedelta(days=1)))
        if chosen.get("by"):
            condition &= Q(role=chosen["by"])
        if chosen.get("persona"):
            condition &= Q(persona_name__icontains=chosen["persona"])
        if chosen.get("model"):
            condition &= Q(model_label__icontains=chosen["model"]) | Q(model__icontains=chosen["model"])
        return condition

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words is given."""
        return any(value for name, value in self.cleaned_data.items() if name != "q")


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
    form = SearchForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data.get("q", "")
    context: dict[str, Any] = {"form": form, "typed": typed.strip(), "action": reverse("search")}
    if not typed.strip():
        context["recent"] = conversations.latest(request.user, "", RECENT)[0]
    else:
        _count(request)
        context["results"] = _results(request, form, typed)
    return render(request, f"search/{_template(request)}.html", context)


@member_view("GET")
def message(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Lead to a message in its conversation, after its branch was brought into view. Raises NotFound."""
    found = conversations.message_of(request.user, message_uuid)
    conversation = found.conversation
    below = Message.ids_below(found.pk, conversation.tip_id)
    if below is None:
        conversation = conversations.show(request.user, message_uuid)
        below = Message.ids_below(found.pk, conversation.tip_id) or []
    query = {"from": str(found.uuid)}
    if not conversations.since(request.user, conversation, found.uuid, MESSAGES_AT_MOST):
        query = {"before": str(Message.objects.get(pk=below[CONTEXT]).uuid)}
    if words := request.GET.get("q"):
        query["q"] = words
    return redirect(f"{conversation.get_absolute_url()}?{urlencode(query)}#m-{found.uuid}")


def _template(request: MemberRequest) -> str:
    """Return the page's, or for a script that of the palette: whole at first, then what is in it."""
    if not is_script(request):
        return "search"
    return "_palette_results" if "q" in request.GET else "_palette"


def _results(request: MemberRequest, form: SearchForm, typed: str) -> Results:
    query, condition = parse(typed), form.condition()
    before = _before(request)
    count = HITS_IN_PALETTE if is_script(request) else HITS_A_PAGE
    is_first = before == find.LAST and not form.is_narrowed
    titles = find.conversations(request.user, query) if is_first else []
    found = find.messages(request.user, query, condition, before, count)
    asked = request.GET.copy()
    asked["before"] = str(found.more_before)
    more_url = f"{reverse('search')}?{asked.urlencode()}" if found.more_before else ""
    return Results(titles, found, more_url)


def _before(request: MemberRequest) -> int:
    """Return the id that the address names, or LAST where it names none."""
    given = request.GET.get("before", "")
    is_number = given.isascii() and given.isdigit() and len(given) < 20
    return int(given) if is_number and 0 < int(given) < find.LAST else find.LAST


def _count(request: MemberRequest) -> None:
    allowance = limits.Allowance("search", str(request.user.pk), MOST_A_MINUTE, limits.MINUTE)
    if refusal := limits.take(allowance):
        raise TooManySearches(retry_after=refusal.wait)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
