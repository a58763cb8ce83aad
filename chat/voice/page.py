"""What the chat page says of voice before anybody uses it."""

from dataclasses import dataclass

from chat.models import User, VoiceSettings
from chat.voice.providers import available


@dataclass(frozen=True, slots=True)
class PageVoice:
    """Who recognises speech ("service", "browser" or "" for nobody) and who speaks ("builtin" too).

    `reads_every` is whether this person has every reply read to them.
    """

    recognition: str
    speaking: str
    reads_every: bool


def page_voice(person: User) -> PageVoice:
    """Return what is possible, without asking any service."""
    possible = available()
    return PageVoice(possible.recognition, possible.speaking, VoiceSettings.of(person.pk).read_every)
