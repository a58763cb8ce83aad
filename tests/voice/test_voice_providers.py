"""Which service recognises speech and which speaks: by the settings, by the admin, by language."""

import asyncio
from contextlib import aclosing

import pytest

from chat.core.sealing import seal, seal_headers
from chat.models import SpeechProvider
from chat.provider import OPENAI_URL
from chat.provider.speech import SpeechEndpoint
from chat.provider.speech.errors import SpeechKeyRejected
from chat.voice import environment, providers
from chat.voice.providers import Available
from tests.support.scripted_speech import WORDS, ScriptedSpeech
from tests.support.server import free_port
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)
OPENAI_KEY = "sk-openai-0123456789"
HEARS, SPEAKS = SpeechProvider.Kind.RECOGNITION, SpeechProvider.Kind.SPEAKING


@pytest.fixture(autouse=True)
def nothing_local(settings, monkeypatch):
    settings.LOCAL_SPEECH_URL = f"http://127.0.0.1:{free_port()}/v1"
    monkeypatch.setattr(environment, "_is_local_there", False)


async def made(name: str, kind: str, **fields: object) -> SpeechProvider:
    fields = {"base_url": f"https://{name.lower()}.example.org/v1", "is_enabled": True} | fields
    return await SpeechProvider.objects.acreate(name=name, kind=kind, **fields)


async def hears(language: str) -> str:
    found = await providers.recognizer(language)
    return found.label if found else ""


async def speaks(language: str) -> str:
    found = await providers.speaker(language)
    return found.label if found else ""


async def test_with_nothing_set_up_nobody_hears_and_the_built_in_voice_speaks_what_it_knows(settings):
    assert (await hears("en"), await speaks("en"), await speaks("tlh")) == ("", "eSpeak NG", "")


async def test_a_key_of_openai_alone_recognises_with_the_model_that_stays_and_speaks_with_nothing(settings):
    settings.OPENAI_API_KEY = OPENAI_KEY
    endpoint = environment.recognition()
    assert (endpoint.base_url, endpoint.key, endpoint.model) == (OPENAI_URL, OPENAI_KEY, "gpt-transcribe")
    assert endpoint.is_elsewhere
    assert environment.speaking() is None


@pytest.mark.parametrize(
    ("base_url", "is_asked"),
    [("https://api.openai.com/v1/", True), ("https://proxy.example.org/v1", False), ("", True)],
)
async def test_the_models_key_goes_to_openai_only_if_it_is_openais(settings, base_url, is_asked):
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = OPENAI_KEY, base_url
    assert (environment.recognition() is not None) == is_asked


async def test_speech_services_are_named_by_the_settings_whatever_the_model_is(settings):
    settings.OPENAI_API_KEY = OPENAI_KEY
    settings.SPEECH_TO_TEXT_URL, settings.SPEECH_TO_TEXT_MODEL = "http://user:pw@whisper.lan:8000/v1", "base"
    settings.TEXT_TO_SPEECH_URL, settings.TEXT_TO_SPEECH_VOICE = "http://kokoro.lan:8880/v1", "af_bella"
    assert (await hears("en"), await speaks("en")) == ("whisper.lan:8000", "kokoro.lan:8880")
    assert environment.recognition().key == ""
    assert environment.speaking().voice == "af_bella"
    assert not environment.recognition().is_elsewhere
    assert "pw" not in repr(environment.recognition())


async def test_what_is_off_is_off_whatever_else_is_set(settings):
    settings.OPENAI_API_KEY, settings.SPEECH_TO_TEXT_URL = OPENAI_KEY, "off"
    assert await hears("en") == ""


async def test_the_service_of_make_speech_is_found_where_it_listens_and_missed_when_it_ends(settings):
    async with ScriptedSpeech() as service:
        settings.LOCAL_SPEECH_URL = service.base_url
        assert not await environment.look()  # a server of something else, which lists no voices
        service.voices = {"voices": [{"name": "en", "language": "en"}]}
        assert await environment.look()
        assert (await hears("en"), await speaks("en")) == (environment.LOCAL_LABEL, environment.LOCAL_LABEL)
        recognizer = await providers.recognizer("en")
        async with aclosing(recognizer.recognize(bytes(32_000))) as words:
            assert [heard.text async for heard in words] == [WORDS]
        await providers.aclose()
    assert not await environment.look()
    assert (await hears("en"), await speaks("en")) == ("", "eSpeak NG")


async def test_a_site_that_runs_finds_a_service_that_is_started_later(settings, monkeypatch):
    monkeypatch.setattr(environment, "LOOK_AGAIN", 0.02)
    looking = asyncio.create_task(environment.keep_looking())
    try:
        assert environment.speaking() is None
        async with ScriptedSpeech() as service:
            service.voices = ["en"]
            settings.LOCAL_SPEECH_URL = service.base_url
            await until(lambda: environment.speaking() is not None)
        await until(lambda: environment.speaking() is None)
    finally:
        looking.cancel()


async def test_nobody_looks_for_a_local_service_where_the_settings_name_both(settings):
    settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = "off"
    async with asyncio.timeout(LIMIT):
        await environment.keep_looking()
    assert environment.speaking() is None


@pytest.mark.parametrize(
    ("address", "is_elsewhere"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("localhost:8000", False),
        ("http://192.168.1.5/v1", False),
        ("http://[fd00::5]:8000/v1", False),
        ("http://whisper:8000/v1", False),
        ("http://speech.lan/v1", False),
        ("https://api.openai.com/v1", True),
        ("https://8.8.8.8/v1", True),
        ("https://user:pw@speech.example.org/v1", True),
    ],
)
def test_it_is_known_whether_what_is_said_leaves_the_house(address, is_elsewhere):
    assert SpeechEndpoint(address, "", "", "any").is_elsewhere == is_elsewhere


async def test_a_service_of_the_admin_comes_before_that_of_the_settings(settings):
    settings.SPEECH_TO_TEXT_URL = "http://whisper.lan:8000/v1"
    row = await made("Ours", HEARS)
    assert await hears("en") == "Ours"
    row.is_enabled = False
    await row.asave()
    assert await hears("en") == "whisper.lan:8000"


async def test_a_service_for_a_language_comes_before_those_for_all_and_then_the_position_counts(settings):
    await made("All", SPEAKS, position=1)
    await made("Later", SPEAKS, position=2)
    await made("Chinese", SPEAKS, languages="zh-Hans ja", position=9)
    await made("Taiwan", SPEAKS, languages="zh-Hant-TW", position=8)
    await made("Ears", HEARS, languages="zh")
    languages = ("en", "zh-Hans", "zh-Hans-CN", "ja-JP", "zh-Hant-TW", "zha", "")
    assert [await speaks(language) for language in languages] == [
        *("All", "Chinese", "Chinese", "Chinese", "Taiwan", "All"),
        "All",
    ]
    assert (await hears("zh-Hans"), await hears("en"), await hears("")) == ("Ears", "", "Ears")
    settings.SPEECH_TO_TEXT_URL = "http://whisper.lan:8000/v1"
    assert (await hears("zh"), await hears("")) == ("Ears", "whisper.lan:8000")
    await made("Every", HEARS, position=99)
    assert (await hears("zh"), await hears("")) == ("Ears", "Every")


async def test_a_service_of_the_admin_has_its_key_headers_and_price_and_keeps_within_its_reach():
    sealed = {"sealed_key": seal("sk-1"), "sealed_headers": seal_headers({"X-Team": "blue"})}
    row = await made("Ours", SPEAKS, model="tts", voice="a", price=15, **sealed)
    endpoint = providers.endpoint_of(row)
    assert (endpoint.key, endpoint.headers, endpoint.reach) == ("sk-1", (("X-Team", "blue"),), "public")
    assert (endpoint.model, endpoint.voice, endpoint.price) == ("tts", "a", 15)
    row.allow_private = True
    assert providers.endpoint_of(row).reach == "private"


async def test_a_key_that_cannot_be_read_any_more_is_an_error_with_a_sentence(settings):
    await made("Ours", HEARS, sealed_key=seal("sk-1"))
    settings.ENCRYPTION_KEY = "another-secret-of-thirty-two-characters"
    with pytest.raises(SpeechKeyRejected) as raised:
        await providers.recognizer("en")
    assert "speech service" in raised.value.user_text()


async def test_connections_are_kept_until_a_service_is_changed():
    row = await made("Ours", HEARS)
    first = await providers.recognizer("en")
    assert await providers.recognizer("en") is first
    row.model = "large"
    await row.asave()
    assert await providers.recognizer("en") is not first


async def test_of_very_many_services_the_last_used_keep_their_connections():
    for number in range(providers.MOST_OPEN + 5):
        await SpeechProvider.objects.aupdate_or_create(
            name="Ours", defaults={"kind": HEARS, "base_url": f"https://s{number}.example.org"}
        )
        await providers.recognizer("en")
    assert len(providers._recognizers) == providers.MOST_OPEN


@pytest.mark.parametrize(("may_browsers", "expected"), [(True, "browser"), (False, "")])
def test_the_page_knows_what_there_is_without_asking_anybody(
    settings, may_browsers, expected, django_assert_num_queries
):
    settings.VOICE_BROWSER_RECOGNITION = may_browsers
    with django_assert_num_queries(1):
        assert providers.available() == Available(expected, "builtin")
    SpeechProvider.objects.create(name="Ears", kind=HEARS, base_url="http://a.example/v1")
    assert providers.available() == Available("service", "builtin")
    SpeechProvider.objects.create(name="Mouth", kind=SPEAKS, base_url="http://a.example/v1")
    assert providers.available() == Available("service", "service")
