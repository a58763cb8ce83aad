"""The pages of a person's saved prompts, and what the message box offers of them."""

import uuid
from copy import copy

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.models import SavedPrompt
from chat.prompts import actions as prompts
from chat.prompts import errors as prompts_errors
from chat.prompts.forms import PromptForm
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("GET")
def prompt_list(request: MemberRequest) -> HttpResponse:
    """Return all of them: a page, or what the message box offers."""
    template = "prompts/_prompt_offers.html" if is_script(request) else "prompts/prompt_list.html"
    return render(request, template, {"prompts": prompts.prompts_of(request.user)})


@member_view("GET", "POST")
def prompt_new(request: MemberRequest) -> HttpResponse:
    """GET the form of a new one; POST name and text."""
    return _edit(request, None)


@member_view("GET", "POST")
def prompt(request: MemberRequest, prompt_uuid: uuid.UUID) -> HttpResponse:
    """GET the form of one; POST name and text."""
    return _edit(request, prompts.prompt_of(request.user, prompt_uuid))


@member_view("POST")
def prompt_delete(request: MemberRequest, prompt_uuid: uuid.UUID) -> HttpResponse:
    """POST. Can be undone by `prompt_restore` for a while."""
    gone = prompts.delete(request.user, prompt_uuid)
    undo = reverse("prompt_restore", args=[gone.uuid])
    flash(request, _("“%(name)s” deleted") % {"name": gone.name}, undo=undo)
    return HttpResponseRedirect(reverse("prompt_list"), status=303)


@member_view("POST")
def prompt_restore(request: MemberRequest, prompt_uuid: uuid.UUID) -> HttpResponse:
    """POST."""
    try:
        back = prompts.restore(request.user, prompt_uuid)
    except (prompts_errors.PromptNameTaken, prompts_errors.TooManyPrompts) as problem:
        flash(request, problem.user_text(), messages.ERROR, undo=request.path)
    else:
        flash(request, _("“%(name)s” restored") % {"name": back.name})
    return HttpResponseRedirect(reverse("prompt_list"), status=303)


def _edit(request: MemberRequest, found: SavedPrompt | None) -> HttpResponse:
    # A copy, since a form writes what is typed into its row, right or wrong
    form = PromptForm(request.POST if request.method == "POST" else None, instance=copy(found))
    if form.is_valid():
        words = form.cleaned_data
        try:
            prompts.save(request.user, found, words["name"], words["text"])
        except (prompts_errors.PromptNameTaken, prompts_errors.TooManyPrompts) as problem:
            form.add_error("name", problem.user_text())
        else:
            flash(request, _("“%(name)s” saved") % {"name": words["name"]})
            return HttpResponseRedirect(reverse("prompt_list"), status=303)
    return render(request, "prompts/prompt.html", {"form": form, "prompt": found})
