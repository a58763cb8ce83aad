"""The voices that a person may choose from, by language."""

import asyncio
from typing import Any

from asgiref.sync import async_to_sync
from django.core.cache import cache

from chat.core.errors import ChatError
from chat.provider.speech import Voice, suits
from chat.voice import providers

KEPT_FOR = 300
"""Seconds for which what a service lists is not asked again, however often somebody opens the settings."""


def voices_for(languages: list[str]) -> dict[str, list[dict[str, str]]]:
    """Return `{"name", "label"}` of each voice that this site has for these languages, by language."""
    known: dict[str, Any] = cache.get_many([_key(language) for language in languages])
    missing = [language for language in languages if _key(language) not in known]
    if missing:
        fresh = {_key(language): found for language, found in async_to_sync(_ask)(missing).items()}
        cache.set_many(fresh, KEPT_FOR)
        known |= fresh
    return {language: known[_key(language)] for language in languages}


async def _ask(languages: list[str]) -> dict[str, list[dict[str, str]]]:
    lists = await asyncio.gather(*map(_voices, languages))
    return dict(zip(languages, lists, strict=True))


async def _voices(language: str) -> list[dict[str, str]]:
    """Return those of whatever speaks a language; none of a service that cannot be asked or lists none."""
    try:
        speaker = await providers.speaker(language)
        listed: list[Voice] = await speaker.voices() if speaker else []
    except ChatError:
        return []
    return [{"name": voice.name, "label": voice.label} for voice in listed if suits(voice, language)]


def _key(language: str) -> str:
    return f"voices:{language}"
