"""The voices that a person may choose from, by language."""

import asyncio
import time
from dataclasses import asdict, dataclass, field

from asgiref.sync import async_to_sync
from django.utils.translation import gettext as _

from chat.core.errors import ChatError
from chat.provider.speech import Speaker, Voice, suits
from chat.voice import providers

FAILED_FOR = 30.0
"""Seconds in which a service that could not be asked is not asked again: it may keep a thread for 5 s."""

_failed: dict[str, float] = {}
"""Until when, by the identity of who speaks."""


@dataclass(slots=True)
class VoiceLists:
    """The voices of each language, and a sentence on why there are none of a service; "" if there are."""

    voices: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    text: str = ""


@async_to_sync
async def voices_for(languages: list[str]) -> VoiceLists:
    """Return `{"name", "label", "language"}` of each voice that this site has for these languages.

    Whoever speaks several of them is asked for a list once, and all of them at the same time.
    """
    found, lists = VoiceLists(), {}
    try:
        by_language = {language: await providers.speaker(language) for language in languages}
    except ChatError as problem:  # a key that can no longer be read
        return VoiceLists({language: [] for language in languages}, problem.user_text())
    speakers = {speaker.identity: speaker for speaker in by_language.values() if speaker}
    for identity, listed in zip(
        speakers, await asyncio.gather(*map(_listed, speakers.values())), strict=True
    ):
        lists[identity] = listed or []
        if listed is None:
            found.text = _(
                "Can’t list the voices right now: the speech service isn’t answering. Your choices are kept."
            )
    for language, speaker in by_language.items():
        known = lists[speaker.identity] if speaker else []
        found.voices[language] = [asdict(voice) for voice in known if suits(voice, language)]
    return found


async def _listed(speaker: Speaker) -> list[Voice] | None:
    """Return the voices of whoever speaks; None if they cannot be asked, or could not a moment ago."""
    now = time.monotonic()
    for identity in [identity for identity, until in _failed.items() if until < now]:
        del _failed[identity]
    if speaker.identity in _failed:
        return None
    try:
        return await speaker.voices()
    except ChatError:
        _failed[speaker.identity] = time.monotonic() + FAILED_FOR
        return None
