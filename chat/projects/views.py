"""What people do with their projects, but for those of their pages that know more (pages/projects.py)."""

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.conversations import actions as conversations
from chat.conversations.listing import place_of
from chat.models import Project, User
from chat.projects import actions as projects
from chat.projects.errors import TooManyProjects
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("GET", "POST")
def delete(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """GET the question whether its conversations stay. POST conversations=delete to delete them too.

    Can be undone by `restore` for a while.
    """
    project = projects.project_of(request.user, project_uuid)
    if request.method == "GET":
        context = {"project": project, "count": projects.count(request.user, project)}
        return render(request, "projects/delete.html", context)
    is_all = request.POST.get("conversations") == "delete"
    projects.delete(request.user, project_uuid, with_conversations=is_all)
    undo = reverse("project_restore", args=[project_uuid])
    flash(request, _("“%(name)s” deleted") % {"name": project.name}, undo=undo)
    return HttpResponseRedirect(reverse("chat"), status=303)


@member_view("POST")
def restore(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """POST. To the page of the project."""
    try:
        back = projects.restore(request.user, project_uuid)
    except TooManyProjects as problem:
        flash(request, problem.user_text(), undo=request.path)
        return HttpResponseRedirect(reverse("projects"), status=303)
    return HttpResponseRedirect(back.get_absolute_url(), status=303)


@member_view("GET")
def project_list(request: MemberRequest) -> HttpResponse:
    """GET all of a person's projects; a script gets the section of the sidebar."""
    if is_script(request):
        return render(request, "projects/_sidebar.html", {"side": projects.side(request.user)})
    return render(request, "projects/project_list.html", {"projects": projects.projects_of(request.user)})


@member_view("GET")
def conversation_rows(request: MemberRequest, project_uuid: uuid.UUID) -> HttpResponse:
    """GET the latest conversations of a project, for the sidebar."""
    project = projects.project_of(request.user, project_uuid)
    context = {
        "project": project,
        "latest": projects.latest(request.user, project),
        "title_limit": str(conversations.TITLE_LENGTH),
    }
    return render(request, "projects/_latest.html", context)


@member_view("GET", "POST")
def move(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET the form that asks where a conversation is to go. POST project (or `?project=`), an id or "".

    A script gets `{"text", "before"}`: what was done, and the id of the project that it was in, or "".
    """
    if request.method == "GET":
        conversation = conversations.lasting_conversation_of(request.user, conversation_uuid)
        context = {
            "conversation": conversation,
            "projects": projects.projects_of(request.user),
            "back": conversation.get_absolute_url(),
        }
        return render(request, "projects/move.html", context)
    wanted = request.POST.get("project", request.GET.get("project", ""))
    moved = projects.move(request.user, conversation_uuid, identifier(wanted) if wanted else None)
    before = str(moved.before.uuid) if moved.before else ""
    text = _moved_to(moved.project)
    if is_script(request):
        return JsonResponse({"text": text, "before": before})
    undo = f"{reverse('conversation_project', args=[conversation_uuid])}?{urlencode({'project': before})}"
    flash(request, text, undo=undo)
    return HttpResponseRedirect(moved.conversation.get_absolute_url(), status=303)


@member_view("POST")
def move_many(request: MemberRequest) -> HttpResponse:
    """POST project (an id or "") and a `conversation` for each that is chosen; or `back`, to undo that.

    A script gets what it gets from `conversations_arrange`.
    """
    if given := request.POST.getlist("back") or request.GET.getlist("back"):
        pairs = [(found, target) for found, _colon, target in (pair.partition(":") for pair in given)]
    else:
        pairs = [(found, request.POST.get("project", "")) for found in request.POST.getlist("conversation")]
    wanted = {identifier(found): identifier(target) if target else None for found, target in pairs}
    before = projects.move_many(request.user, wanted)
    targets = set(wanted.values())
    # What is undone may go to several places
    text = _moved_to(_project(request.user, targets.pop())) if len(targets) == 1 else ""
    back = [f"{found.uuid}:{was or ''}" for found, was in before.items()]
    places = {str(found.uuid): place_of(found) for found in before}
    undo = {"address": request.path, "fields": {"back": back}}
    if is_script(request):
        return JsonResponse({"places": places, "undo": undo, "text": text})
    if text:
        flash(request, text, undo=f"{request.path}?{urlencode({'back': back}, doseq=True)}" if back else "")
    return HttpResponseRedirect(reverse("conversation_list"), status=303)


def _project(user: User, project_uuid: uuid.UUID | None) -> Project | None:
    return projects.project_of(user, project_uuid) if project_uuid else None


def _moved_to(project: Project | None) -> str:
    """Return the sentence for what is in this project now, or in none."""
    return _("Moved to “%(name)s”") % {"name": project.name} if project else _("Moved out of its project")
