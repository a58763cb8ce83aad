"""The doctor's questions to speech services: does one say a sentence, does the other hear it?"""

import pytest
from django.utils import translation

from chat.core.sealing import seal
from chat.models import SpeechProvider
from chat.operations.doctor import speech
from chat.operations.findings import Level
from chat.voice import environment
from chat.voice.samples import TEST, sample
from tests.support.scripted_speech import ScriptedSpeech, play
from tests.support.server import free_port

pytestmark = pytest.mark.django_db(transaction=True)
ENGLISH = TEST


@pytest.fixture(autouse=True)
def nothing_local(settings, monkeypatch):
    settings.LOCAL_SPEECH_URL = f"http://127.0.0.1:{free_port()}/v1"
    monkeypatch.setattr(environment, "_is_local_there", False)


def levels(findings):
    return [(finding.part, finding.level) for finding in findings]


async def test_a_site_without_speech_services_is_well():
    found = await speech.examine()
    assert levels(found) == [("Speech to text", "ok"), ("Text to speech", "ok")]
    assert "First audio from eSpeak NG" in found[1].message


async def test_seconds_are_written_as_in_the_readers_language():
    silence = speech.SILENCE.seconds
    with translation.override("de"):
        assert speech._tenths(3.14) == "3,1"
    assert (speech._tenths(3.14), speech._tenths(silence)) == ("3.1", "1.0")


async def test_services_of_the_settings_say_a_sentence_and_hear_it(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = service.base_url
        service.words = play("words", text=ENGLISH.upper(), form="events")
        service.voices = {"voices": ["af_bella", "zf_xiaobei"]}
        found = await speech.examine()
    assert {finding.level for finding in found} == {Level.OK}
    said = " ".join(finding.message for finding in found)
    assert "First audio from" in said
    assert ENGLISH.upper() in said
    assert "2 voices found, including af_bella (en-US), zf_xiaobei (zh)" in said
    assert [clip.fields["language"] for clip in service.clips] == ["en", "en"]


async def test_a_voice_that_the_service_does_not_have_comes_with_those_that_it_has(settings):
    async with ScriptedSpeech() as service:
        settings.TEXT_TO_SPEECH_URL, settings.TEXT_TO_SPEECH_VOICE = service.base_url, "nobody"
        service.voices = {"voices": ["zf_xiaobei", "af_bella"]}
        service.sound = play("status", code=400, message="Voice 'nobody' not found")
        _, failure, voices = await speech.examine()
    assert (failure.level, voices.level) == (Level.FAIL, Level.OK)
    assert "Enter a voice that the service has" in failure.advice
    assert "including af_bella (en-US), zf_xiaobei (zh)" in voices.message


async def test_words_that_are_not_those_that_were_said_are_a_warning(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = service.base_url
        service.words = play("words", text="The weather is lovely")
        found = await speech.examine()
    [warning, again] = [finding for finding in found if finding.level == Level.WARN]
    assert "The weather is lovely" in warning.message
    assert ENGLISH in again.advice


async def test_a_recogniser_alone_hears_the_built_in_voice_and_need_not_understand_it(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL = service.base_url
        service.words = play("words", text="Police mind me")
        found = await speech.examine()
    assert levels(found) == [("Speech to text", "ok"), ("Text to speech", "ok")]
    assert len(service.clips[0].pcm) > service.clips[0].rate * 2 * 2
    assert "Police mind me" in found[0].message


async def test_a_recogniser_is_asked_with_silence_where_nothing_may_speak(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL, settings.TEXT_TO_SPEECH_URL = service.base_url, "off"
        found = await speech.examine()
    assert levels(found) == [("Speech to text", "ok"), ("Text to speech", "ok")]
    assert not any(service.clips[0].pcm)
    assert service.base_url in found[0].detail


async def test_a_recogniser_is_asked_with_what_the_settings_say_where_the_admins_service_cannot(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = service.base_url
        await SpeechProvider.objects.acreate(
            name="Broken", kind="speaking", base_url="https://a.example/v1", sealed_key="not sealed"
        )
        service.words = play("words", text=ENGLISH)
        found = await speech.examine()
    assert ENGLISH in found[0].message


async def test_nothing_heard_of_a_sentence_is_a_failure(settings):
    async with ScriptedSpeech() as service:
        settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = service.base_url
        service.words = play("words", text="")
        found = await speech.examine()
    assert {finding.level for finding in found if "words" in finding.message} == {Level.FAIL}


@pytest.mark.parametrize(
    ("scenario", "advice"),
    [
        (play("status", code=401), "Check the API key."),
        (play("html200"), "address of its API"),
        (play("status", code=404, message="model x not found"), "Enter a model"),
    ],
)
async def test_each_fault_comes_with_what_to_do_and_without_the_key(settings, scenario, advice):
    async with ScriptedSpeech() as service:
        settings.TEXT_TO_SPEECH_URL, settings.TEXT_TO_SPEECH_KEY = service.base_url, "sk-canary-0123456789"
        service.sound = scenario
        found = await speech.examine()
    [failure] = [finding for finding in found if finding.level == Level.FAIL]
    assert advice in failure.advice
    assert "canary" not in str(failure)


async def test_each_service_of_the_admin_is_asked_by_its_name():
    async with ScriptedSpeech() as service:
        common = {"base_url": service.base_url, "allow_private": True}
        await SpeechProvider.objects.acreate(name="Ears", kind="recognition", languages="zh", **common)
        await SpeechProvider.objects.acreate(name="Mouth", kind="speaking", languages="zh-Hans", **common)
        await SpeechProvider.objects.acreate(name="Away", kind="speaking", is_enabled=False, **common)
        service.words = play("words", text=sample(TEST, "zh"))
        found = await speech.examine()
    assert levels(found)[2:] == [
        ("Ears · Speech to text", "ok"),
        ("Mouth · Text to speech", "ok"),
        ("Mouth · Recognised by Ears", "ok"),
    ]
    assert {text["input"] for text in service.texts} == {sample(TEST, "zh")}


async def test_a_key_that_can_no_longer_be_read_is_told(settings):
    await SpeechProvider.objects.acreate(
        name="Ears", kind="recognition", base_url="https://a.example/v1", sealed_key=seal("sk-1")
    )
    settings.ENCRYPTION_KEY = "another-secret-of-thirty-two-characters"
    assert levels(await speech.examine())[-1] == ("Ears · API key", "fail")
