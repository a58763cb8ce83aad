"""The voice settings of a person, what the page gets of voice, and the voices that may be chosen."""

import asyncio
import html
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import AsyncClient

from chat.models import VoiceSettings
from chat.models.voice_settings import base_language
from chat.voice import providers, voices
from chat.voice.forms import VoiceSettingsForm
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
        "language": "auto",
        "sendAtOnce": False,
        "speed": 1.0,
        "voices": {},
        "readEvery": False,
        "follow": True,
    }
    assert not VoiceSettings.objects.exists()


def test_what_is_chosen_is_kept_for_its_person_alone(alice, bob):
    client = browser_of(alice)
    assert client.post("/settings/voice/", WHOLE, headers=SCRIPT).json() == KEPT
    assert settings_on_the_page(client) == KEPT
    assert settings_on_the_page(browser_of(bob))["language"] == "auto"
    assert 'data-voice-every="1"' in client.get("/").content.decode()
    assert 'data-voice-every=""' in browser_of(bob).get("/").content.decode()


def test_without_a_script_the_form_is_a_page(alice):
    client = browser_of(alice)
    answer = client.post("/settings/voice/", WHOLE, follow=True)
    assert "Settings saved." in answer.content.decode()
    page = client.get("/settings/voice/").content.decode()
    assert re.search(r'<option value="de" selected>', page)
    assert "Voice: Deutsch" in page  # a voice for what one dictates in, too


@pytest.mark.parametrize(
    ("url", "kept", "offered"),
    [
        ("http://127.0.0.1:9/v1", "auto", [("auto", "Detect automatically"), ("", "Same as this site")]),
        ("http://127.0.0.1:9/v1", "", [("auto", "Detect automatically"), ("", "Same as this site")]),
        ("off", "auto", [("auto", "Same as this site")]),
        ("off", "", [("", "Same as this site")]),
        ("off", "de", [("auto", "Same as this site")]),
    ],
)
def test_a_language_is_found_where_a_service_hears_and_nobodys_choice_changes_by_itself(
    alice, settings, url, kept, offered
):
    settings.SPEECH_TO_TEXT_URL = url
    VoiceSettings.objects.create(person=alice, language=kept)
    form = VoiceSettingsForm.of(alice)
    choices = [(value, str(label)) for value, label in form.fields["language"].choices]
    assert choices[: len(offered)] == offered
    assert choices[len(offered)][0] == "en"
    assert f'<option value="{kept}" selected>' in str(form["language"])


def test_the_old_address_leads_to_the_new_one_with_what_is_sent_there(alice):
    for answer in (
        browser_of(alice).get("/voice/settings/"),
        browser_of(alice).post("/voice/settings/", WHOLE),
    ):
        assert (answer.status_code, answer.url) == (308, "/settings/voice/")


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
    answer = browser_of(alice).post("/settings/voice/", WHOLE | {field: value}, headers=SCRIPT)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not VoiceSettings.objects.exists()
    page = browser_of(alice).post("/settings/voice/", WHOLE | {field: value})
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
        voices = answer.json()["voices"]
        assert voices.keys() == {base_language(code) for code, _ in settings.LANGUAGES}
        assert {code: found for code, found in voices.items() if found} == {
            "en": [{"name": "anna", "label": "Anna", "language": "en-GB"}],
            "zh": [{"name": "mei", "label": "mei", "language": "zh"}],
        }
        assert answer.json()["text"] == ""
        await providers.aclose()


@pytest.mark.django_db(transaction=True)
async def test_a_service_that_cannot_list_its_voices_is_asked_once_and_said_to_be_away(
    alice, settings, monkeypatch
):
    client = AsyncClient()
    await client.aforce_login(alice)
    port = free_port()
    asked = []

    async def count(_reader, writer):
        asked.append(1)
        writer.close()
        await writer.wait_closed()

    settings.TEXT_TO_SPEECH_URL = f"http://127.0.0.1:{port}/v1"
    async with await asyncio.start_server(count, "127.0.0.1", port):
        for _ in range(2):
            answer = (await client.get("/voice/voices/")).json()
            assert answer["voices"].keys() == {base_language(code) for code, _ in settings.LANGUAGES}
            assert not any(answer["voices"].values())
            assert "the speech service isn’t answering" in answer["text"]
        await providers.aclose()
    for_one_list, asked[:] = len(asked), []
    assert for_one_list  # one for both languages and both times, as often as a connection is tried
    async with ScriptedSpeech() as service:
        settings.TEXT_TO_SPEECH_URL = service.base_url
        service.voices = [{"id": "anna", "language": "en-GB", "name": "Anna"}]
        assert (await client.get("/voice/voices/")).json()["text"] == ""
        await providers.aclose()
    # After a while it is asked again
    monkeypatch.setattr(voices, "FAILED_FOR", 0.0)
    voices._failed.clear()
    settings.TEXT_TO_SPEECH_URL = f"http://127.0.0.1:{port}/v1"
    async with await asyncio.start_server(count, "127.0.0.1", port):
        await client.get("/voice/voices/")
        assert len(asked) == for_one_list
        await client.get("/voice/voices/")
        assert len(asked) == 2 * for_one_list
        await providers.aclose()


def test_a_visitor_is_sent_to_log_in(client):
    for path in ("/voice/", "/voice/settings/", "/voice/voices/"):
        assert client.get(path).status_code == 302
