"""Why speech is not recognised or made for a person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits
from chat.provider.speech.errors import SpeechError

MAX_CLIP_MINUTES = 10


class NoRecognition(RequestError):
    """No service recognises speech here."""

    code = "no_recognition"
    status = 404
    sentence = _("Dictation isn’t set up on this site. Please tell your administrator.")


class NoVoice(RequestError):
    """Nothing here speaks the language."""

    code = "no_voice"
    status = 404
    sentence = _("No voice is set up for this language. Please tell your administrator.")


class ClipTooLong(RequestError):
    code = "clip_too_long"
    status = 413
    sentence = with_limits(
        _("Recordings can be up to %(minutes)s minutes long. Record the rest separately."),
        minutes=MAX_CLIP_MINUTES,
    )


class UnknownClip(RequestError):
    """Sound, or a command, for a recording that this socket does not hold."""

    code = "unknown_clip"
    status = 404
    sentence = _("This recording is no longer available. Record it again.")


class ClipIdle(RequestError):
    """No sound came for a recording for a while. A page that still has it sends it anew."""

    code = "clip_idle"
    status = 408
    sentence = _("No sound has arrived for a minute, so this recording was ended. Record it again.")


class VoiceBusy(RequestError):
    """All memory that this process has for recordings is taken."""

    code = "voice_busy"
    status = 503
    sentence = _("Too many people are recording at once. Try again in a moment.")


class SpeechTooLong(SpeechError):
    """A service sent far more sound for a sentence than it can have."""

    code = "speech_too_long"
    sentence = _("Reading stopped because the speech service sent far too much sound. Try another voice.")


class TooManyClips(RequestError):
    """The limit of clips that are recognised at once for a person, `most`."""

    code = "too_many_clips"
    status = 429
    sentence = _("Your earlier recordings are still being transcribed. Wait for one to finish.")


class VoiceMinutesUsedUp(RequestError):
    """The limit of recognised speech per person and day, in minutes."""

    code = "voice_minutes_used_up"
    status = 429
    sentence = _("You’ve reached today’s limit for dictation. Try again tomorrow.")
    sentence_with_wait = _("You’ve reached today’s limit for dictation. Try again in %(wait)s.")


class VoiceCharactersUsedUp(RequestError):
    """The limit of characters read aloud per person and day."""

    code = "voice_characters_used_up"
    status = 429
    sentence = _("You’ve reached today’s limit for reading aloud. Try again tomorrow.")
    sentence_with_wait = _("You’ve reached today’s limit for reading aloud. Try again in %(wait)s.")
