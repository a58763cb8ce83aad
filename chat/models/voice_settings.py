"""How a person wants to dictate and to be read to."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SLOWEST, FASTEST = 0.75, 2.0
DETECT = "auto"
BROWSER_VOICE = "browser:"
"""In front of the name of a voice that the browser has, in `voices`: the site does not know it."""


class VoiceSettings(models.Model):
    """One row a person, once they have changed something.

    `language` is what they dictate in: "auto" is found by the service (a browser, which cannot, takes that of
    the page), "" is that of the page: by it, whoever reads one language and dictates another gets gibberish.
    `voices` has the name of a voice by language ("en").
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="voice_settings"
    )
    language = models.CharField(max_length=16, blank=True, default=DETECT)
    send_at_once = models.BooleanField(default=False)
    speed = models.FloatField(
        default=1.0, validators=[MinValueValidator(SLOWEST), MaxValueValidator(FASTEST)]
    )
    voices = models.JSONField(default=dict, blank=True)
    read_every = models.BooleanField(default=False)
    follow = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("voice settings")
        verbose_name_plural = _("voice settings")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(speed__range=(SLOWEST, FASTEST)), name="voice_speed")
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def of(cls, person_id: int) -> "VoiceSettings":
        """Return a person's settings, not saved yet if they never changed any."""
        return cls.objects.filter(person_id=person_id).first() or cls(person_id=person_id)

    def voice_for(self, language: str) -> str:
        """Return the name of the site's voice that they chose for a language tag, or ""."""
        name = str(self.voices.get(base_language(language), ""))
        return "" if name.startswith(BROWSER_VOICE) else name


def base_language(tag: str) -> str:
    """Return the part of a language's tag that is the language: "zh" of "zh-hans"."""
    return tag.lower().replace("_", "-").partition("-")[0]
