"""What the page fetches when voice is first used, and the voice settings."""

import json
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from chat.models import VoiceSettings
from chat.preferences.views import refused, saved
from chat.voice.forms import SPEEDS, VoiceSettingsForm
from chat.voice.voices import voices_for
from chat.web.decorators import MemberRequest, member_view


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
    if not form.is_valid():
        return refused(request, form, "voice/settings.html")
    return saved(request, as_page_has_them(form.save()))


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
