"""Personas over HTTP: the gallery, the form, and what is done with one. All works without JavaScript."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.conversations import actions as conversations
from chat.core.errors import NotFound, Suspended
from chat.models import Conversation
from chat.models.personas import PICTURE_TYPE
from chat.personas import actions as personas
from chat.personas.errors import TooManyPersonas
from chat.personas.forms import PersonaForm
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash

# Seconds; the address of another picture is another one
_A_YEAR = 365 * 24 * 3600


@member_view("GET")
def gallery(request: MemberRequest) -> HttpResponse:
    """Show whom one may choose; with `?q=` those that it finds, with `?for=` for that conversation.

    A script gets the menu of the chat page.
    """
    if is_script(request):
        found = personas.gallery(request.user, count=personas.A_MENU)
        return render(request, "personas/_persona_menu.html", {"gallery": found})
    words, number = request.GET.get("q", "").replace("\0", ""), request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and len(number) < 6 else 1
    found = personas.gallery(request.user, words, page)
    conversation, decided = _conversation(request), personas.unseen_decisions(request.user)
    context = {
        "gallery": found,
        "decided": decided,
        "words": words,
        "search_limit": personas.LONGEST_SEARCH,
        "page": page,
        "conversation": conversation,
        "for_chat": _query(conversation),
        "is_empty": not (found.own or found.shared or found.builtin),
        "more": urlencode(_kept(request) | {"page": found.next_page}) if found.next_page else "",
        "title": _("Personas"),
    }
    answer = render(request, "personas/gallery.html", context)
    if request.method == "GET":
        personas.mark_decisions_seen(decided)
    return answer


@member_view("GET", "POST")
def new(request: MemberRequest) -> HttpResponse:
    """GET the form; POST it."""
    form = PersonaForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = personas.create(request.user, form.columns())
        except TooManyPersonas as problem:
            form.add_error(None, problem.user_text())
        else:
            flash(request, _("Persona created.") % {"name": made.name})
            return _to_gallery(request)
    context = {"form": form, "for_chat": _for_chat(request), "title": _("New persona")}
    return render(request, "personas/form.html", context)


@member_view("GET", "POST")
def change(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """GET the form of one's own persona; POST it."""
    persona = personas.get_owned(request.user, persona_uuid)
    form = PersonaForm(request.POST or None, request.FILES or None, persona=persona)
    if request.method == "POST" and form.is_valid():
        personas.change(request.user, persona_uuid, form.columns())
        flash(request, _("Persona saved. Existing conversations are not affected."))
        return _to_gallery(request)
    context = {
        "form": form,
        "persona": persona,
        "for_chat": _for_chat(request),
        "title": _("Edit persona"),
    }
    return render(request, "personas/form.html", context)


@member_view("POST")
def duplicate(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """POST. To the form of the copy."""
    try:
        made = personas.duplicate(request.user, persona_uuid)
    except TooManyPersonas as problem:
        flash(request, problem.user_text(), messages.ERROR)
        return _to_gallery(request)
    return _to(reverse("persona_change", args=[made.uuid]) + _for_chat(request))


@member_view("POST")
def delete(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """POST. Can be undone by `restore` for a while."""
    gone = personas.delete(request.user, persona_uuid)
    undo = reverse("persona_restore", args=[gone.uuid]) + _for_chat(request)
    flash(request, _("“%(name)s” deleted.") % {"name": gone.name}, undo=undo)
    return _to_gallery(request)


@member_view("POST")
def restore(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """POST."""
    try:
        back = personas.restore(request.user, persona_uuid)
    except TooManyPersonas as problem:
        flash(request, problem.user_text(), messages.ERROR, undo=request.get_full_path())
    else:
        flash(request, _("“%(name)s” restored.") % {"name": back.name})
    return _to_gallery(request)


@member_view("POST")
def sharing(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """POST everybody=1 asks that everybody may choose it; without that it is for oneself alone again."""
    if request.POST.get("everybody"):
        try:
            personas.request_sharing(request.user, persona_uuid)
        except Suspended as problem:
            flash(request, problem.user_text(), messages.ERROR)
        else:
            flash(request, _("Submitted. It will be public once approved."))
    else:
        personas.withdraw(request.user, persona_uuid)
        flash(request, _("Only you can use it now."))
    return _to_gallery(request)


@member_view("POST")
def start(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """POST. To a new conversation with it."""
    return _to(personas.start(request.user, persona_uuid).get_absolute_url())


@member_view("POST")
def choose(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """POST persona, an id or nothing: who answers in this conversation from now on."""
    wanted = request.POST.get("persona", "")
    chosen = personas.choose(request.user, conversation_uuid, identifier(wanted) if wanted else None)
    return HttpResponse(status=204) if is_script(request) else _to(chosen.get_absolute_url())


@member_view("GET")
def picture(request: MemberRequest, persona_uuid: uuid.UUID) -> HttpResponse:
    """GET the picture. Whatever it may be taken for, it runs nothing and loads nothing."""
    response = HttpResponse(personas.picture(request.user, persona_uuid), PICTURE_TYPE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    return response


def _conversation(request: MemberRequest) -> Conversation | None:
    wanted = request.GET.get("for")
    return conversations.conversation_of(request.user, identifier(wanted)) if wanted else None


def _kept(request: MemberRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("q", "for") if request.GET.get(name)}


def _for_chat(request: MemberRequest) -> str:
    """Return what leads back to the gallery as it was opened for a conversation of the person's."""
    try:
        return _query(_conversation(request))
    except NotFound:
        return ""


def _query(conversation: Conversation | None) -> str:
    return f"?for={conversation.uuid}" if conversation else ""


def _to_gallery(request: MemberRequest) -> HttpResponse:
    return _to(reverse("personas") + _for_chat(request))


def _to(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)
