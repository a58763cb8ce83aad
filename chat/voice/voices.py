"""The voices that a person may choose from, by language."""

from asgiref.sync import async_to_sync

from chat.core.errors import ChatError
from chat.provider.speech import Voice, suits
from chat.voice import providers


@async_to_sync
async def voices_for(languages: list[str]) -> dict[str, list[dict[str, str]]]:
    """Return `{"name", "label"}` of each voice that this site has for these languages, by language.

    One language after the other, as most are spoken by one service, which is asked for its list once.
    """
    return {language: await _voices(language) for language in languages}


async def _voices(language: str) -> list[dict[str, str]]:
    """Return those of whatever speaks a language; none of a service that cannot be asked or lists none."""
    try:
        speaker = await providers.speaker(language)
        listed: list[Voice] = await speaker.voices() if speaker else []
    except ChatError:
        return []
    return [{"name": voice.name, "label": voice.label} for voice in listed if suits(voice, language)]
