"""What a person sets for a conversation: parameters, and how far the model sees back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import conversations
from chat.parameter_fields import SettingsForm
from chat.views.gate import MemberRequest, answer_errors
from chat.views.refusals import is_script


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@answer_errors
def conversation_settings(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET the form as a page; POST all of its fields.

    A script gets `{"exchanges", "memory"}`: the number that holds now, and the line that says so; or for what
    is refused `{"code", "text", "fields"}`, with a sentence for each wrong field by its name.
    """
    found = conversations.conversation_of(request.user, conversation_uuid)
    form = SettingsForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = conversations.adjust(
            request.user, conversation_uuid, form.parameters, form.cleaned_data["exchanges"]
        )
        if is_script(request):
            memory = render_to_string("chat/_memory.html", {"exchanges": found.view})
            return JsonResponse({"exchanges": found.view, "memory": memory})
        messages.success(request, _("Settings saved. They apply from the next reply."))
        return HttpResponseRedirect(found.get_absolute_url(), status=303)
    if form.is_bound and is_script(request):
        fields = {name: str(wrong[0]) for name, wrong in form.errors.items()}
        text = next(iter(fields.values()))
        return JsonResponse({"code": "bad_form", "text": text, "fields": fields}, status=400)
    context = {"conversation": found, "form": form, "back": found.get_absolute_url()}
    return render(request, "chat/settings.html", context)
