"""The voice settings of a person, what the page gets of voice, and the voices that may be chosen."""

import html
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import AsyncClient

from chat.models import VoiceSettings
from chat.voice import providers
from tests.conftest import browser_of
from tests.support.scripted_speech import ScriptedSpeech
from tests.support.server import free_port

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Fragment": "1"}
WHOLE = {
    "language": "de",
    "speed": "1.25",
    "send_at_once": "on",
    "read_every": "on",
    "voice_en": "alloy",
    "voice_zh": "browser:Tingting",
}
KEPT = {
    "language": "de",
    "sendAtOnce": True,
    "speed": 1.25,
    "voices": {"en": "alloy", "zh": "browser:Tingting"},
    "readEvery": True,
    "follow": False,
}


def settings_on_the_page(client):
    fragment = client.get("/voice/", headers=SCRIPT).content.decode()
    (found,) = re.findall(r'data-settings="([^"]*)"', fragment)
    return json.loads(html.unescape(found))


def test_somebody_who_chose_nothing_has_the_defaults_and_no_row(alice):
    assert settings_on_the_page(browser_of(alice)) == {
        "language": "",
        "sendAtOnce": False,
        "speed": 1.0,
        "voices": {},
        "readEvery": False,
        "follow": True,
    }
    assert not VoiceSettings.objects.exists()


def test_what_is_chosen_is_kept_for_its_person_alone(alice, bob):
    client = browser_of(alice)
    assert client.post("/voice/settings/", WHOLE, headers=SCRIPT).json() == KEPT
    assert settings_on_the_page(client) == KEPT
    assert settings_on_the_page(browser_of(bob))["language"] == ""
    assert 'data-voice-every="1"' in client.get("/").content.decode()
    assert 'data-voice-every=""' in browser_of(bob).get("/").content.decode()


def test_without_a_script_the_form_is_a_page(alice):
    client = browser_of(alice)
    answer = client.post("/voice/settings/", WHOLE, follow=True)
    assert "Voice settings saved." in answer.content.decode()
    page = client.get("/voice/settings/").content.decode()
    assert re.search(r'<option value="de" selected>', page)
    assert "Voice: Deutsch" in page  # a voice for what one dictates in, too


def test_the_voice_of_a_language_is_the_site_s_or_none(alice):
    chosen = VoiceSettings(person=alice, voices={"en": "alloy", "zh": "browser:Tingting"})
    assert [chosen.voice_for(tag) for tag in ("en", "en-GB", "zh-hans", "fr")] == ["alloy", "alloy", "", ""]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speed", "3"),
        ("speed", "fast"),
        ("speed", ""),
        ("language", "xx"),
        ("voice_en", "a\x00b"),
        ("voice_en", "x" * 101),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(alice, field, value):
    answer = browser_of(alice).post("/voice/settings/", WHOLE | {field: value}, headers=SCRIPT)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not VoiceSettings.objects.exists()
    page = browser_of(alice).post("/voice/settings/", WHOLE | {field: value})
    assert f'id="id_{field}_error"' in page.content.decode()


def test_no_speed_beyond_the_limits_is_kept(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        VoiceSettings.objects.create(person=alice, speed=2.5)


@pytest.mark.django_db(transaction=True)
async def test_the_voices_of_the_site_s_service_are_listed_by_language(alice, settings):
    client = AsyncClient()
    await client.aforce_login(alice)
    async with ScriptedSpeech() as service:
        settings.TEXT_TO_SPEECH_URL = service.base_url
        service.voices = [
            {"id": "anna", "language": "en-GB", "name": "Anna"},
            {"id": "mei", "language": "zh"},
        ]
        answer = await client.get("/voice/voices/")
        assert answer.json() == {
            "en": [{"name": "anna", "label": "Anna"}],
            "zh": [{"name": "mei", "label": "mei"}],
        }
    await providers.aclose()
    settings.TEXT_TO_SPEECH_URL = f"http://127.0.0.1:{free_port()}/v1"
    assert (await client.get("/voice/voices/")).json() == {"en": [], "zh": []}
    await providers.aclose()


def test_a_visitor_is_sent_to_log_in(client):
    for path in ("/voice/", "/voice/settings/", "/voice/voices/"):
        assert client.get(path).status_code == 302
