"""The forms of the settings."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from chat.core.fields import LineField, NoteField, longest
from chat.core.text import with_limits
from chat.models import Preferences, User
from chat.models.preferences import LONGEST_WISH, zone_named
from chat.preferences.time_zones import place_of, time_zones

_TOO_LONG = with_limits(_("Use at most %(limit)s characters."), limit=LONGEST_WISH)


class LanguageSelect(forms.Select):
    """Languages, each named in itself, and said so: `lang`."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what the template shows of one."""
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["lang"] = str(value)
        return option


class GeneralForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds on every page: name, language, theme, clock, and how one writes and reads."""

    name = LineField(
        label=_("What should we call you?"),
        required=False,
        max_length=longest(User, "name"),
        widget=forms.TextInput({"autocomplete": "nickname", "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=LanguageSelect)
    follows_text = forms.BooleanField(
        label=_("Follow the text"),
        required=False,
        help_text=_("Scroll along while a reply is written. When off, your question stays at the top."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Preferences
        fields = ("theme", "send_key", "announce", "time_zone")
        labels: ClassVar = {
            "theme": _("Appearance"),
            "send_key": _("Send messages with"),
            "announce": _("Announce replies"),
        }
        help_texts: ClassVar = {"announce": _("What a screen reader says when a reply comes.")}

    field_order = ("name", "language", "theme", "send_key", "follows_text", "announce", "time_zone")

    def __init__(self, person: User, browser_zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        theme: Any = self.fields["theme"]
        theme.choices, theme.required = Preferences.Theme.choices, True
        self.initial["theme"] = self.instance.theme or Preferences.Theme.SYSTEM
        own = {"name": person.name, "language": get_language(), "follows_text": person.follows_text}
        self.initial = {**self.initial, **own}
        automatic = pgettext("time zone", "Automatic")
        if zone_named(browser_zone):
            automatic = f"{automatic} ({place_of(browser_zone)})"
        zones: Any = self.fields["time_zone"]
        zones.choices = [("", automatic), *time_zones()]

    @property
    def needs_reload(self) -> bool:
        """Whether the pages that are open show what has changed only when they are loaded anew."""
        return bool({"language", "time_zone"} & set(self.changed_data))

    def save(self, commit: bool = True) -> Preferences:
        """Keep it, with what the person's own row holds of it."""
        chosen = self.cleaned_data
        self.person.name, self.person.follows_text = chosen["name"], chosen["follows_text"]
        self.person.save(update_fields=["name", "follows_text"])
        if "language" in self.changed_data:
            self.instance.language = chosen["language"]
        return super().save(commit)  # type: ignore[no-any-return]


class PersonalisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What every model is told of a person."""

    class Meta:
        model = Preferences
        fields = ("is_personalised", "about", "reply_style")
        field_classes: ClassVar = {"about": NoteField, "reply_style": NoteField}
        labels: ClassVar = {
            "is_personalised": _("Personalise replies"),
            "about": _("What should the model know about you?"),
            "reply_style": _("How should it reply?"),
        }
        help_texts: ClassVar = {
            "is_personalised": _("Sent to the model in all of your conversations, from the next reply on."),
        }
        error_messages: ClassVar = dict.fromkeys(("about", "reply_style"), {"max_length": _TOO_LONG})
        widgets: ClassVar = {
            "about": forms.Textarea(
                {
                    "rows": 5,
                    "dir": "auto",
                    "placeholder": _("Your work, your interests, what you’re learning…"),
                }
            ),
            "reply_style": forms.Textarea(
                {"rows": 5, "dir": "auto", "placeholder": _("Short and direct; with examples; like a tutor…")}
            ),
        }
