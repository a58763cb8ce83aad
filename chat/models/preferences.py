"""What a person chose for all of their pages and conversations."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.prepared import Selection

if TYPE_CHECKING:
    from chat.models.users import User

LONGEST_WISH = 1500
"""Characters of what a person tells every model, in each of the two fields."""


class Preferences(models.Model):
    """One row a person, once they have changed something.

    `theme`, `time_zone` (an IANA name) and `language` (a code of settings.LANGUAGES) are "" while the
    browser's hold. `announce` is what screen readers say of a reply that comes. `notify_titles` is whether a
    notification says which conversation it is about. `about` and `reply_style` are what models are told in
    this person's conversations while `is_personalised`.
    """

    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class SendKey(models.TextChoices):
        ENTER = "enter", _("Enter")
        CTRL_ENTER = "ctrl-enter", pgettext_lazy("keys", "Ctrl+Enter or ⌘+Enter")

    class Announce(models.TextChoices):
        COMPLETE = "complete", _("Completion only")
        WHOLE = "whole", _("Full text when complete")
        SENTENCES = "sentences", _("Sentence by sentence")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences"
    )
    theme = models.CharField(max_length=8, choices=Theme.choices, blank=True, default="")
    send_key = models.CharField(max_length=12, choices=SendKey.choices, default=SendKey.ENTER)
    announce = models.CharField(
        max_length=9, choices=Announce.choices, default=Announce.COMPLETE, db_default=Announce.COMPLETE
    )
    time_zone = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    notify_titles = models.BooleanField(default=False, db_default=False)
    is_personalised = models.BooleanField(default=True)
    about = models.TextField(max_length=LONGEST_WISH, blank=True, default="")
    reply_style = models.TextField(max_length=LONGEST_WISH, blank=True, default="")

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def of(cls, person_id: int) -> "Preferences":
        """Return a person's preferences, not saved yet if they never changed any."""
        found = _PREFERENCES.first([person_id])
        return found[0] if found else cls(person_id=person_id)

    @classmethod
    def of_user(cls, person: "User") -> "Preferences":
        """Return those of a person at hand, without a query if they came along (`PersonManager`)."""
        return getattr(person, "preferences", None) or cls(person=person)

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone that they chose; None for their browser's."""
        return zone_named(self.time_zone)


_PREFERENCES = Selection(Preferences, "SELECT {columns} FROM chat_preferences p WHERE p.person_id = %s", "p")


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name such as `Europe/Berlin`; None for any other text."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown; a path that leaves the folder; a folder
        return None
