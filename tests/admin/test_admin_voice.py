"""Speech services in the admin: what administrators set and try, what nobody sees, and what was used."""

import asyncio
from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from chat.accounts.groups import ADMINISTRATORS, MODERATORS
from chat.core.sealing import seal, unseal, unseal_headers
from chat.models import SpeechProvider, SpeechUsage, User
from chat.voice.samples import TEST
from tests.conftest import PASSWORD, browser_of
from tests.support.scripted_speech import ScriptedSpeech, play

pytestmark = pytest.mark.django_db(transaction=True)
SERVICES, USAGE = "/admin/chat/speechprovider/", "/admin/chat/speechusage/"
KEY = "sk-canary-0123456789"
FORM = {
    "name": "Whisper",
    "kind": "recognition",
    "base_url": "https://8.8.8.8/v1",
    "position": "0",
    "is_enabled": "on",
}


def staff_of(group: str) -> Client:
    person = User.objects.create_user(f"{group}@example.org", PASSWORD, is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    return browser_of(person)


@pytest.fixture
def admin(db: None) -> Client:
    return staff_of(ADMINISTRATORS)


def errors(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.context["adminform"].form.errors.as_text())


def test_an_administrator_adds_a_service_and_its_key_is_sealed_and_never_shown(admin):
    typed = FORM | {"key": KEY, "headers": "X-Team: blue", "languages": "en,  zh-Hans", "price": "0.006"}
    assert admin.post(f"{SERVICES}add/", typed).status_code == 302
    made = SpeechProvider.objects.get()
    assert (unseal(made.sealed_key), unseal_headers(made.sealed_headers)) == (KEY, (("X-Team", "blue"),))
    assert made.languages == "en zh-Hans"
    for page in (SERVICES, f"{SERVICES}{made.pk}/change/", f"{SERVICES}{made.pk}/history/"):
        assert KEY not in admin.get(page).content.decode()
    assert KEY not in "".join(LogEntry.objects.values_list("change_message", flat=True))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"languages": "English"}, "language codes"),
        ({"voice": "af_bella"}, "Only text-to-speech services have a voice."),
        ({"base_url": "http://127.0.0.1:8969/v1"}, "This is a local address."),
        ({"base_url": "file:///etc/passwd"}, "plain URL"),
        ({"base_url": "http://169.254.169.254/v1", "allow_private": "on"}, "never connects to"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"kind": "both"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(admin, wrong, said):
    assert said in errors(admin.post(f"{SERVICES}add/", FORM | wrong))
    assert not SpeechProvider.objects.exists()


def test_a_kept_key_goes_to_no_other_server(admin):
    made = SpeechProvider.objects.create(
        name="Whisper", kind="recognition", base_url="https://8.8.8.8/v1", sealed_key=seal(KEY)
    )
    change = f"{SERVICES}{made.pk}/change/"
    assert "Enter this again" in errors(admin.post(change, FORM | {"base_url": "https://8.8.4.4/v1"}))
    assert admin.post(change, FORM | {"model": "base"}).status_code == 302
    made.refresh_from_db()
    assert (made.model, unseal(made.sealed_key)) == ("base", KEY)


async def test_a_service_that_speaks_is_tried_as_typed_says_a_sentence_and_lists_its_voices(admin):
    async with ScriptedSpeech() as service:
        service.voices = {"voices": ["af_bella"]}
        typed = FORM | {"kind": "speaking", "base_url": service.base_url, "key": KEY, "allow_private": "on"}
        answer = await asyncio.to_thread(admin.post, f"{SERVICES}test/", typed)
        page = answer.content.decode()
    assert "First audio from Whisper after" in page
    assert "af_bella (en-US)" in page
    assert KEY not in page
    assert service.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert not await SpeechProvider.objects.aexists()


async def test_a_service_that_recognises_hears_what_another_of_the_site_says(admin):
    async with ScriptedSpeech() as service:
        common = {"base_url": service.base_url, "allow_private": True}
        ears = await SpeechProvider.objects.acreate(name="Ears", kind="recognition", **common)
        await SpeechProvider.objects.acreate(name="Mouth", kind="speaking", **common)
        service.words = play("words", text=TEST)
        answer = await asyncio.to_thread(admin.post, f"{SERVICES}{ears.pk}/test/")
        page = answer.content.decode()
    assert f"“{TEST}”" in page
    assert "Ears recognised" in page


def test_the_test_is_for_those_who_may_change_services(db):
    made = SpeechProvider.objects.create(name="Whisper", kind="recognition", base_url="https://8.8.8.8/v1")
    moderator = staff_of(MODERATORS)
    assert moderator.post(f"{SERVICES}{made.pk}/test/").status_code == 403
    assert moderator.post(f"{SERVICES}test/", FORM).status_code == 403
    assert moderator.get(SERVICES).status_code == 403
    assert moderator.get(USAGE).status_code == 403


def test_usage_is_read_and_changed_by_nobody(admin, alice):
    row = SpeechUsage.objects.create(
        person=alice, day=date(2026, 11, 29), kind="recognition", service="Whisper", milliseconds=90_400
    )
    page = admin.get(USAGE).content.decode()
    assert "alice@example.org" in page
    assert '<td class="field-speech_seconds">90</td>' in page
    for path in ("add/", f"{row.pk}/delete/"):
        assert admin.get(f"{USAGE}{path}").status_code == 403
    assert admin.post(f"{USAGE}{row.pk}/change/", {"characters": "0"}).status_code == 403
