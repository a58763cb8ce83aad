"""The speech services: does one say a sentence, and does the other hear what was said?"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import aclosing, suppress
from dataclasses import replace
from difflib import SequenceMatcher

from asgiref.sync import sync_to_async
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.models import SpeechProvider
from chat.operations.doctor.model import general_advice
from chat.operations.findings import Finding, fail, ok, warn
from chat.provider.errors import ProviderError
from chat.provider.speech import (
    Audio,
    Recognizer,
    ServiceRecognizer,
    ServiceSpeaker,
    Speaker,
    SpeechEndpoint,
    Voice,
    suits,
)
from chat.provider.speech.errors import (
    NotASpeechService,
    NothingHeard,
    SpeechAddressRefused,
    SpeechKeyRejected,
    SpeechModelUnknown,
    SpeechUnreachable,
    VoiceUnknown,
)
from chat.voice import environment, providers
from chat.voice.builtin import BuiltinSpeaker
from chat.voice.samples import TEST, sample

# The sentences of the errors send people to the one who reads these
ADVICE: dict[type[ProviderError], Promise] = {
    SpeechKeyRejected: gettext_lazy("Check the API key."),
    SpeechModelUnknown: gettext_lazy("Enter a model that the service has."),
    VoiceUnknown: gettext_lazy("Enter a voice that the service has."),
    SpeechUnreachable: gettext_lazy("Check that it’s running at this URL."),
    NotASpeechService: gettext_lazy(
        "Check that the base URL is the address of its API, usually ending in /v1."
    ),
    SpeechAddressRefused: gettext_lazy("Tick “Allow local addresses” if this is intended."),
    NothingHeard: gettext_lazy("Check that the model recognises speech in this language."),
}
# Share of the characters that are heard as they were said: a robot's voice is hard to understand
ALIKE = 0.6
# Seconds for each of the two, here where somebody watches
PATIENCE = 40.0
MOST_VOICES = 8
SILENCE = Audio(bytes(2 * 16_000), 16_000)


async def examine() -> list[Finding]:
    """Return what is found of all speech services: those of the settings, then those of the admin."""
    await environment.look()
    rows = await sync_to_async(providers.services)()
    found = await asyncio.gather(
        _of_recognition(_("Speech to text"), environment.recognition(), "en"),
        _of_speaking(_("Text to speech"), environment.speaking(), "en"),
        *(_of_row(row) for row in rows),
    )
    return [finding for findings in found for finding in findings]


async def try_out(row: SpeechProvider) -> list[Finding]:
    """Let a service of the admin say a sentence, or hear one that is said by another."""
    try:
        endpoint = providers.endpoint_of(row)
    except SpeechKeyRejected as problem:
        advice = _(
            "The saved key can’t be read because ENCRYPTION_KEY or SECRET_KEY has changed. Enter it again."
        )
        return [fail(_("API key"), problem.summary(), advice, detail=problem.detail)]
    language = row.languages.replace(",", " ").split(maxsplit=1)[0] if row.languages else "en"
    if row.kind == SpeechProvider.Kind.SPEAKING:
        return await _of_speaking(_("Text to speech"), endpoint, language)
    return await _of_recognition(_("Speech to text"), endpoint, language)


async def _of_row(row: SpeechProvider) -> list[Finding]:
    return [replace(finding, part=f"{row} · {finding.part}") for finding in await try_out(row)]


async def _of_recognition(part: str, endpoint: SpeechEndpoint | None, language: str) -> list[Finding]:
    if endpoint is None:
        return [
            ok(part, _("No service is set up; browsers use their own speech recognition where they have it."))
        ]
    recognizer = ServiceRecognizer(endpoint)
    try:
        said, sound = await _said_by_any(language)
        finding = await hear(part, recognizer, sound, language, said)
        return [_understood(finding, recognizer.connection.address)]
    finally:
        await recognizer.connection.aclose()


async def _of_speaking(part: str, endpoint: SpeechEndpoint | None, language: str) -> list[Finding]:
    if endpoint is None:
        return [await _of_own_voice(part, language)]
    speaker = ServiceSpeaker(endpoint)
    try:
        finding, sound = await say(part, speaker, language)
        finding = _understood(finding, speaker.connection.address)
        # Also where it does not have the voice that is set
        lists = sound is not None or endpoint.voice
        findings = [finding, *(await _voices_of(speaker, language) if lists else [])]
    finally:
        await speaker.connection.aclose()
    return [*findings, *(await _heard_by_any(sound, language) if sound else [])]


async def _of_own_voice(part: str, language: str) -> Finding:
    """Say what speaks where no service does."""
    if not environment.allows_builtin():
        return ok(part, _("No service is set up; browsers use their own voices."))
    builtin = BuiltinSpeaker()
    try:
        finding, _sound = await say(part, builtin, language)
        return finding
    finally:
        builtin.end()


async def say(part: str, speaker: Speaker, language: str) -> tuple[Finding, Audio | None]:
    """Let a sentence be said; return what is found, and the sound if there is any."""
    began = time.monotonic()
    first, pcm, rate = 0.0, b"", 0
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(speaker.speak(sample(TEST, language), language=language)) as sound,
        ):
            async for audio in sound:
                first = first or time.monotonic() - began
                pcm, rate = pcm + audio.pcm, audio.rate
    except ProviderError as problem:
        return _failed(part, problem), None
    except TimeoutError:
        return _slow(part), None
    whole = Audio(pcm, rate)
    message = _(
        "First audio from %(service)s after %(first)d ms; %(seconds)s s of speech (%(rate)d Hz) "
        "took %(all)s s."
    )
    values = {
        "service": speaker.label,
        "first": round(first * 1000),
        "seconds": _tenths(whole.seconds),
        "rate": rate,
        "all": _tenths(time.monotonic() - began),
    }
    return ok(part, message % values), whole


def _tenths(seconds: float) -> str:
    """Return "3.1", or "3,1" where that is how one writes it."""
    return number_format(round(seconds, 1), 1)


async def hear(part: str, recognizer: Recognizer, sound: Audio, language: str, said: str) -> Finding:
    """Let a service hear what was said; `said` is "" where any words are as good as none."""
    began = time.monotonic()
    text = ""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(recognizer.recognize(sound.pcm, rate=sound.rate, language=language)) as words,
        ):
            async for heard in words:
                text = heard.text
    except ProviderError as problem:
        return _failed(part, problem)
    except TimeoutError:
        return _slow(part)
    values = {
        "service": recognizer.label,
        "seconds": _tenths(sound.seconds),
        "all": _tenths(time.monotonic() - began),
        "text": text[:200],
    }
    if sound is SILENCE:
        message = _(
            "%(service)s responded in %(all)s s. It was sent one second of silence, since no voice "
            "is set up here."
        )
        return ok(part, message % values)
    if not text:
        return _failed(part, NothingHeard(_("No words recognised in %(seconds)s s of speech.") % values))
    message = _("%(service)s recognised %(seconds)s s of speech in %(all)s s: “%(text)s”")
    if not said or likeness(said, text) >= ALIKE:
        return ok(part, message % values)
    advice = _("The sentence was “%(said)s” Check that the voice and model support this language.")
    return warn(part, message % values, advice % {"said": said})


def likeness(said: str, heard: str) -> float:
    """Return how much of a sentence was heard, from 0 to 1, whatever its case and marks."""
    one, other = (re.sub(r"\W+", "", text.lower().replace("9", "nine")) for text in (said, heard))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


async def _said_by_any(language: str) -> tuple[str, Audio]:
    """Return a sentence and its sound, by what speaks here; "" and silence where nothing does."""
    endpoints = [environment.speaking()]
    with suppress(ProviderError):  # which is a finding of its own
        endpoints.insert(0, await providers.speaking_endpoint(language))
    for endpoint in filter(None, dict.fromkeys(endpoints)):
        speaker = ServiceSpeaker(endpoint)
        try:
            _finding, sound = await say("", speaker, language)
        finally:
            await speaker.connection.aclose()
        if sound is not None:
            return sample(TEST, language), sound
    return "", await _own_sound(language)


async def _own_sound(language: str) -> Audio:
    """Return the sentence in the built-in voice, which recognisers hear badly; silence without one."""
    builtin = BuiltinSpeaker()
    if not environment.allows_builtin() or not builtin.speaks(language):
        return SILENCE
    try:
        _finding, sound = await say("", builtin, language)
        return sound or SILENCE
    finally:
        builtin.end()


async def _heard_by_any(sound: Audio, language: str) -> list[Finding]:
    """Let what recognises speech here hear the sentence; return nothing where nothing does."""
    with suppress(ProviderError):
        if endpoint := await providers.recognition_endpoint(language):
            recognizer = ServiceRecognizer(endpoint)
            try:
                part = _("Recognised by %(service)s") % {"service": recognizer.label}
                return [await hear(part, recognizer, sound, language, sample(TEST, language))]
            finally:
                await recognizer.connection.aclose()
    return []


async def _voices_of(speaker: ServiceSpeaker, language: str) -> list[Finding]:
    """Return which voices it lists, those of the language first; nothing where it lists none."""
    try:
        voices = sorted(await speaker.voices(), key=lambda voice: not suits(voice, language))
    except ProviderError:
        return []
    if not voices:
        return []
    message = ngettext(
        "1 voice found: %(voices)s", "%(count)d voices found, including %(voices)s", len(voices)
    )
    some = ", ".join(map(_named, voices[:MOST_VOICES]))
    return [ok(_("Voices"), message % {"count": len(voices), "voices": some})]


def _named(voice: Voice) -> str:
    return f"{voice.name} ({voice.language})" if voice.language else voice.name


def _understood(finding: Finding, address: str) -> Finding:
    """Return the finding with what the base URL was taken for."""
    return replace(finding, detail=" · ".join(filter(None, [address, finding.detail])))


def _failed(part: str, problem: ProviderError) -> Finding:
    advice = str(ADVICE.get(type(problem)) or general_advice(problem))
    return fail(part, problem.summary(), advice, detail=problem.detail)


def _slow(part: str) -> Finding:
    message = _("No result within %(seconds)d s. The service is slow or still loading its model.")
    return warn(part, message % {"seconds": PATIENCE}, _("Try again in a minute."))
