"""What speech services do wrong, or refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.provider.errors import (
    AddressRefused,
    BadRequest,
    ContentFiltered,
    ContextTooLong,
    NotAModelServer,
    OutOfCredit,
    Overloaded,
    ProviderDown,
    ProviderError,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    ReplyTooLarge,
    StreamCut,
    UnknownModel,
    WrongKey,
)


class SpeechError(ProviderError):
    """A speech service did not do what it was asked for. What came until then is the caller's to keep."""

    code = "speech"
    sentence = _("The speech service returned nothing. Try again.")


class SpeechKeyRejected(SpeechError):
    """401 and 403."""

    code = "speech_key"
    sentence = _("The speech service rejected this site’s API key. Please tell your administrator.")


class SpeechModelUnknown(SpeechError):
    """404, or the words for it."""

    code = "speech_model"
    sentence = _("The speech service doesn’t have this site’s speech model. Please tell your administrator.")


class VoiceUnknown(SpeechError):
    code = "unknown_voice"
    sentence = _("The speech service doesn’t have this voice. Choose another one in Voice settings.")


class SpeechOutOfCredit(SpeechError):
    code = "speech_out_of_credit"
    sentence = _("This site has run out of credit at the speech service. Please tell your administrator.")


class SpeechBusy(SpeechError):
    """429, 529, and the words of services that have too much to do just now."""

    code = "speech_busy"
    status = 503
    sentence = _("The speech service is busy right now. Try again in a minute.")
    sentence_with_wait = _("The speech service is busy right now. Try again in %(wait)s.")


class SpeechTooMuch(SpeechError):
    """413, and text or sound that is more than the service takes."""

    code = "speech_too_much"
    sentence = _("This is too long for the speech service. Try a shorter part.")


class SpeechFiltered(SpeechError):
    code = "speech_filtered"
    sentence = _("The speech service’s content filter blocked this.")


class SpeechRefused(SpeechError):
    """400 and its like, with no better class. `parameter` is the one at fault, where the service names it."""

    code = "speech_refused"
    parameter = ""
    sentence = _(
        "The speech service refused this request. Try again; if it keeps happening, tell your administrator."
    )


class SpeechDown(SpeechError):
    """5xx, and errors that the service reports while it answers."""

    code = "speech_down"
    sentence = _("The speech service is having problems. Try again shortly.")


class SpeechUnreachable(SpeechError):
    code = "speech_unreachable"
    sentence = _(
        "Can’t reach the speech service. Try again shortly; if it keeps happening, tell your administrator."
    )


class SpeechSlow(SpeechError):
    """A deadline passed: the first byte, between two pieces, or all of it."""

    code = "speech_slow"
    status = 504
    sentence = _("The speech service took too long to respond. Try again.")


class NotASpeechService(SpeechError):
    """An answer that holds neither words nor sound: a web page, other JSON, nothing, a redirect."""

    code = "not_a_speech_service"
    sentence = _("The speech service’s address doesn’t lead to a speech API. Please tell your administrator.")


class SpeechAddressRefused(SpeechError):
    code = "speech_address_refused"
    sentence = _(
        "This site isn’t allowed to connect to the speech service’s address. Please tell your administrator."
    )


class SpeechCut(SpeechError):
    """The answer ended before it was whole, or the connection broke."""

    code = "speech_cut"
    sentence = _("Connection to the speech service lost. Try again.")


class UnusableSound(SpeechError):
    """Sound in a form that is not read here: compressed, without samples, at a rate that cannot be."""

    code = "unusable_sound"
    sentence = _("The speech service returned audio that can’t be played. Please tell your administrator.")


class NoSound(SpeechError):
    """The sound ended in order, without a sample."""

    code = "no_sound"
    sentence = _("The speech service returned no audio for this text. Try again.")


class NothingHeard(SpeechError):
    """The words of a clip ended in order, without a word."""

    code = "nothing_heard"
    sentence = _("No words were understood. Speak a little louder or closer to the microphone.")


OF_MODELS: dict[type[ProviderError], type[SpeechError]] = {
    WrongKey: SpeechKeyRejected,
    UnknownModel: SpeechModelUnknown,
    OutOfCredit: SpeechOutOfCredit,
    RateLimited: SpeechBusy,
    Overloaded: SpeechBusy,
    ContextTooLong: SpeechTooMuch,
    ReplyTooLarge: SpeechTooMuch,
    ContentFiltered: SpeechFiltered,
    BadRequest: SpeechRefused,
    ProviderDown: SpeechDown,
    ProviderUnreachable: SpeechUnreachable,
    ProviderSilent: SpeechSlow,
    NotAModelServer: NotASpeechService,
    AddressRefused: SpeechAddressRefused,
    StreamCut: SpeechCut,
}
"""What an error of a model service is called where the service is one of speech."""


def as_speech_error(error: ProviderError) -> SpeechError:
    """Return the error with the sentence for speech; one that has it already is returned as it is."""
    if isinstance(error, SpeechError):
        return error
    kind = next((OF_MODELS[known] for known in type(error).__mro__ if known in OF_MODELS), SpeechError)
    problem = kind(error.detail, retry_after=error.retry_after)
    if isinstance(problem, SpeechRefused) and isinstance(error, BadRequest):
        problem.parameter = error.parameter
    return problem
