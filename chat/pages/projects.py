"""The pages of a project: its message box above its conversations, and the form of what it is."""

import uuid
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.conversations import actions as conversations
from chat.conversations import listing
from chat.models import Conversation, ModelChoice, Persona, Project, User
from chat.pages import drafts, plain
from chat.pages.lists import IN_SIDEBAR
from chat.pages.views import chat_page
from chat.personas import actions as personas
from chat.projects import actions as projects
from chat.projects.errors import TooManyProjects
from chat.projects.forms import ProjectForm
from chat.web.answers import form_errors
from chat.web.decorators import MemberRequest, identifier, member_view, row_id
from chat.web.error_views import is_script


@drafts.outlives_log_out
@member_view("GET", "POST")
def project(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """Show a project: an empty chat that will be in it, and its conversations, page by page with `?before=`.

    POST is `plain.send`, in a new conversation.
    """
    found = projects.project_of(request.user, project_uuid)
    page = partial(_page, request, found)
    if request.method == "POST":
        begun = begin(request.user, found, row_id(request.POST.get("model", "")))
        return plain.send(request, begun.uuid, page)
    return page()


@member_view("POST")
def start(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """POST model. A conversation without messages in a project: for a script its id, else its page."""
    found = projects.project_of(request.user, project_uuid)
    begun = begin(request.user, found, row_id(request.POST.get("model", "")))
    if is_script(request):
        return JsonResponse({"conversation": str(begun.uuid)})
    return HttpResponseRedirect(begun.get_absolute_url(), status=303)


@member_view("GET", "POST")
def new(request: MemberRequest) -> HttpResponse:
    """GET the form; POST it. With `?for=<conversation>` that one moves into the project."""
    return _edit(request, None)


@member_view("GET", "POST")
def change(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """GET the form of one; POST it."""
    return _edit(request, projects.project_of(request.user, project_uuid))


@transaction.atomic
def begin(user: User, found: Project, model: int | None) -> Conversation:
    """Return a conversation without messages in a project, with its persona and its model.

    `model` is what the page shows, as in ModelChoice.for_new_chat. A persona that the person may choose no
    longer is nobody; a model that is gone is the site's default.
    """
    begun = conversations.start(user)
    persona = personas.visible_persona(user, found.persona_id)
    if persona:
        begun = personas.choose(user, begun.uuid, persona.uuid)
    if model is None:
        model = _usual_model(found, persona)
    begun.model_id = ModelChoice.for_new_chat(user.pk, model)
    begun.save(update_fields=["model"])
    projects.put(begun, found)
    return begun


def _usual_model(found: Project, persona: Persona | None) -> int | None:
    return found.model_id or (persona.model_id if persona else None)


def _known_name(user: User, persona: Persona) -> str:
    """Return what a persona that the person may no longer see was called when they chose it last.

    Its owner may have given it another name since, which is not for them.
    """
    if persona.owner_id in {None, user.pk}:
        return persona.name
    chats = Conversation.objects.of(user).filter(persona=persona).exclude(persona_name="")
    return chats.order_by("-pk").values_list("persona_name", flat=True).first() or "…"


def _page(
    request: MemberRequest, found: Project, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    before = request.GET.get("before", "")
    rows, cursor = listing.in_project(request.user, found, before, IN_SIDEBAR)
    persona = personas.visible_persona(request.user, found.persona_id)
    context = {
        "project": found,
        "persona": persona,
        "missed_persona": _known_name(request.user, found.persona) if found.persona and not persona else "",
        "project_rows": rows,
        "project_more": f"?{urlencode({'before': cursor})}" if cursor else "",
        "title": found.name,
    }
    usual = _usual_model(found, persona)
    return chat_page(request, None, [], context | (more or {}), status, project=found, usual_model=usual)


def _edit(request: MemberRequest, found: Project | None) -> HttpResponse:
    """Answer with the form of a project. A script gets `{"url"}` of what is saved, or its `form_errors`."""
    data = request.POST if request.method == "POST" else None
    models = catalog.on_offer(environment.endpoint())
    form = ProjectForm(data, personas=personas.choosable(request.user), models=models, project=found)
    if form.is_valid():
        try:
            address = _saved(request, found, form.columns()).get_absolute_url()
        except TooManyProjects as problem:
            form.add_error(None, problem.user_text())
        else:
            return JsonResponse({"url": address}) if is_script(request) else _to(address)
    if form.is_bound and is_script(request):
        return form_errors(form)
    context = {
        "form": form,
        "project": found,
        "title": _("Edit project") if found else _("New project"),
        "back": found.get_absolute_url() if found else reverse("projects"),
    }
    return render(request, "projects/form.html", context)


@transaction.atomic
def _saved(request: MemberRequest, found: Project | None, columns: dict[str, Any]) -> Project:
    if found:
        return projects.change(request.user, found.uuid, columns)
    made = projects.create(request.user, columns)
    if wanted := request.GET.get("for"):
        projects.move(request.user, identifier(wanted), made.uuid)
    return made


def _to(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)
