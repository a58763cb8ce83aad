"""What the page fetches when voice is first used, and the voice settings."""

import json
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat.models import VoiceSettings
from chat.voice.forms import SPEEDS, VoiceSettingsForm
from chat.voice.voices import voices_for
from chat.web.answers import form_errors
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("GET")
def parts(request: MemberRequest) -> HttpResponse:
    """GET the templates, words and settings that the scripts of voice need: a fragment."""
    chosen = json.dumps(as_page_has_them(VoiceSettings.of(request.user.pk)))
    return render(request, "voice/_parts.html", {"voice_settings": chosen, "speeds": SPEEDS})


@member_view("GET", "POST")
def voice_settings(request: MemberRequest) -> HttpResponse:
    """GET the form as a page; POST all of its fields.

    A script gets what holds now as its page has it, or for what is refused `{"code", "text", "fields"}`, with
    a sentence for each wrong field by its name.
    """
    form = VoiceSettingsForm.of(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        kept = form.save()
        if is_script(request):
            return JsonResponse(as_page_has_them(kept))
        flash(request, _("Settings saved."))
        return HttpResponseRedirect(request.path, status=303)
    if form.is_bound and is_script(request):
        return form_errors(form)
    return render(request, "voice/settings.html", {"form": form})


@member_view("GET", "POST")
def moved_settings(request: MemberRequest) -> HttpResponse:
    """Lead to the settings from where they were, also what a page of the version before sends there."""
    return redirect("voice_settings", permanent=True, preserve_request=True)


@member_view("GET")
def voices(request: MemberRequest) -> HttpResponse:
    """GET the site's voices for the languages of the settings form.

    They are `{"voices": {language: [{"name", "label", "language"}]}, "text"}`, with a sentence if a service
    could not be asked.
    """
    return JsonResponse(asdict(voices_for(list(VoiceSettingsForm.of(request.user).voiced()))))


def as_page_has_them(chosen: VoiceSettings) -> dict[str, Any]:
    """Return settings by the names that the scripts call them (js/voice/parts.js)."""
    return {
        "language": chosen.language,
        "sendAtOnce": chosen.send_at_once,
        "speed": chosen.speed,
        "voices": chosen.voices,
        "readEvery": chosen.read_every,
        "follow": chosen.follow,
    }
