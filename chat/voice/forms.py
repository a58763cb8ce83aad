"""The voice settings of a person."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.core.fields import LineField
from chat.models import User, VoiceSettings
from chat.models.voice_settings import DETECT, base_language
from chat.voice.providers import available
from chat.voice.samples import TRIAL, sample

SPEEDS = ("0.75", "0.9", "1", "1.1", "1.25", "1.5", "1.75", "2")
# Those that speech services and browsers know best, by what Django calls them
DICTATED = (
    "en",
    "zh-hans",
    "es",
    "fr",
    "de",
    "ja",
    "ko",
    "pt",
    "ru",
    "it",
    "ar",
    "hi",
    "id",
    "nl",
    "pl",
    "tr",
    "uk",
) + ("vi", "th", "sv", "cs", "da", "fi", "el", "he", "hu", "nb", "ro", "sk", "bg", "hr", "ca", "fa")
LONGEST_NAME = 100
VOICE = "voice_"


def languages() -> list[tuple[str, str]]:
    """Return the languages that may be dictated, by code, each by its own name, as a list begins it."""
    names = {base_language(code): get_language_info(code)["name_local"] for code in DICTATED}
    names["zh"] = "中文"  # it is spoken, however it is written
    return [(code, name[:1].upper() + name[1:]) for code, name in names.items()]


class VoiceSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's choices; `voice_<language>` for the site's languages and for what they dictate in."""

    speed = forms.TypedChoiceField(
        label=_("Reading speed"), coerce=float, choices=[(speed, f"{speed} ×") for speed in SPEEDS]
    )
    language = forms.ChoiceField(label=_("Dictation language"), required=False)

    class Meta:
        model = VoiceSettings
        fields = ("language", "speed", "send_at_once", "read_every", "follow")
        labels: ClassVar = {
            "send_at_once": _("Send right after dictating"),
            "read_every": _("Read every reply aloud"),
            "follow": _("Scroll along while reading"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [*self._own_languages(), *languages()]  # type: ignore[attr-defined]
        self.initial["speed"] = f"{self.instance.speed:g}"
        for code in self.voiced():
            self.fields[f"{VOICE}{code}"] = self._voice_field(code)

    @classmethod
    def of(cls, person: User, data: Any = None) -> "VoiceSettingsForm":
        """Return the form as it stands for a person, or as it was sent."""
        return cls(data, instance=VoiceSettings.of(person.pk))

    @property
    def voice_fields(self) -> list[forms.BoundField]:
        """Return those that choose a voice."""
        return [field for field in self if field.name.startswith(VOICE)]

    def save(self, commit: bool = True) -> VoiceSettings:
        """Keep what was chosen."""
        chosen = {
            name.removeprefix(VOICE): value
            for name, value in self.cleaned_data.items()
            if name.startswith(VOICE)
        }
        kept = {**self.instance.voices, **chosen}
        self.instance.voices = {code: name for code, name in kept.items() if name}
        return super().save(commit)  # type: ignore[no-any-return]

    def voiced(self) -> Iterator[str]:
        """Yield the languages for which a voice can be chosen, each once."""
        own = self.instance.language
        codes = [base_language(code) for code, _name in settings.LANGUAGES]
        yield from dict.fromkeys([*codes, *([own] if own not in ("", DETECT) else [])])

    def _own_languages(self) -> list[tuple[str, Promise]]:
        """Return what they may dictate in without naming a language.

        A browser finds out none and takes the page's either way: there the value that they have stays.
        """
        page = _("Same as this site")
        if available().recognition == "browser":
            return [("" if self.instance.language == "" else DETECT, page)]
        return [(DETECT, _("Detect automatically")), ("", page)]

    def _voice_field(self, code: str) -> forms.CharField:
        name = dict(languages()).get(code, code)
        chosen = self.instance.voices.get(code, "")
        choices = [("", pgettext_lazy("of a voice", "Default")), *([(chosen, chosen)] if chosen else [])]
        select = forms.Select(
            {"data-language": code, "data-sample": sample(TRIAL, code, name)}, choices=choices
        )
        label = _("Voice: %(language)s") % {"language": name}
        return LineField(label=label, required=False, max_length=LONGEST_NAME, initial=chosen, widget=select)
