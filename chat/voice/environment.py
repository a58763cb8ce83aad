"""The speech services that the settings name, and the one of `make speech` if it runs on this machine."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

from django.conf import settings

from chat.provider import OPENAI_URL, parse_base_url_or_keep
from chat.provider.speech import ServiceSpeaker, SpeechEndpoint
from chat.provider.speech.errors import SpeechError
from chat.voice import espeak

LOCAL_LABEL = "Local speech"
OFF = "off"
LOOK_AGAIN = 30.0
"""Seconds after which that is looked for again: it may be started after the site."""

OPENAI_RECOGNITION = "gpt-transcribe"
"""OpenAI's model that stays. For speaking there is none: `/v1/audio/speech` ends on 6 January 2027."""

logger = logging.getLogger(__name__)
_is_local_there = False


def recognition() -> SpeechEndpoint | None:
    """Return what recognises speech by the settings; with only a key of OpenAI, OpenAI. None is nothing."""
    url, key = settings.SPEECH_TO_TEXT_URL, settings.SPEECH_TO_TEXT_KEY
    if url == OFF:
        return None
    if url:
        return SpeechEndpoint(url, key, settings.SPEECH_TO_TEXT_MODEL, _host(url))
    if _is_local_there:
        return SpeechEndpoint(settings.LOCAL_SPEECH_URL, "", settings.SPEECH_TO_TEXT_MODEL, LOCAL_LABEL)
    if key := key or (settings.OPENAI_API_KEY if _is_openai() else ""):
        return SpeechEndpoint(OPENAI_URL, key, settings.SPEECH_TO_TEXT_MODEL or OPENAI_RECOGNITION, "OpenAI")
    return None


def speaking() -> SpeechEndpoint | None:
    """Return what speaks by the settings. None is nothing: the browser or the built-in voice speaks."""
    url, model = settings.TEXT_TO_SPEECH_URL, settings.TEXT_TO_SPEECH_MODEL
    voice = settings.TEXT_TO_SPEECH_VOICE
    if url == OFF:
        return None
    if url:
        return SpeechEndpoint(url, settings.TEXT_TO_SPEECH_KEY, model, _host(url), voice)
    if _is_local_there:
        return SpeechEndpoint(settings.LOCAL_SPEECH_URL, "", model, LOCAL_LABEL, voice)
    return None


def allows_builtin() -> bool:
    """Return whether the built-in voice may speak and is installed."""
    return settings.TEXT_TO_SPEECH_URL != OFF and espeak.is_there()


async def look() -> bool:
    """Look whether `make speech` runs on this machine, and remember it; return whether it does.

    It lists its voices, which other programs at that port (Sentry's Spotlight has the same) do not. There is
    no secret between the two: whoever may open that port on this machine is trusted with what people say.
    `LOCAL_SPEECH_URL=off` is for machines with other users.
    """
    global _is_local_there
    if settings.LOCAL_SPEECH_URL == OFF:
        _is_local_there = False
        return False
    speaker = ServiceSpeaker(SpeechEndpoint(settings.LOCAL_SPEECH_URL, "", "", LOCAL_LABEL))
    try:
        found = bool(await speaker.voices())
    except SpeechError:
        found = False
    finally:
        await speaker.connection.aclose()
    if found != _is_local_there:
        logger.info(
            "the local speech service at %s %s", settings.LOCAL_SPEECH_URL, "is there" if found else "is gone"
        )
    _is_local_there = found
    return found


async def keep_looking() -> None:
    """Look again and again until cancelled, unless the settings name other services for both."""
    while settings.LOCAL_SPEECH_URL != OFF and not (
        settings.SPEECH_TO_TEXT_URL and settings.TEXT_TO_SPEECH_URL
    ):
        try:
            await look()
        except Exception:
            logger.exception("the local speech service could not be looked for")
        await asyncio.sleep(LOOK_AGAIN)


def _is_openai() -> bool:
    """Return whether the key of the models is OpenAI's own."""
    host = urlsplit(parse_base_url_or_keep(settings.OPENAI_BASE_URL or OPENAI_URL).bases[0]).hostname
    return host == urlsplit(OPENAI_URL).hostname


def _host(url: str) -> str:
    """Return host and port, without the user and password that a URL may carry."""
    return urlsplit(parse_base_url_or_keep(url).bases[0]).netloc.rpartition("@")[2] or url
