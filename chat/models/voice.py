"""The services that recognise speech and make it, and what each person had of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LANGUAGES = RegexValidator(
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*([ ,]+[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)*\Z",
    _("Enter language codes separated by spaces, such as en zh-Hans."),
)


class SpeechProvider(models.Model):
    """A service that recognises speech or makes it, beside those that the environment names.

    The key and the headers (a JSON object) are sealed (core/sealing.py). `languages` are those that it is
    asked for, codes with spaces between; "" is all that no other service is set for. `price` is of a minute
    that is recognised, or of a million characters that are spoken.
    """

    class Kind(models.TextChoices):
        RECOGNITION = "recognition", _("Speech to text")
        SPEAKING = "speaking", _("Text to speech")

    name = models.CharField(pgettext_lazy("of a service", "name"), max_length=80, unique=True)
    kind = models.CharField(pgettext_lazy("of a speech service", "type"), max_length=12, choices=Kind.choices)
    base_url = models.CharField(_("base URL"), max_length=500)
    sealed_key = models.TextField(blank=True, editable=False)
    sealed_headers = models.TextField(blank=True, editable=False)
    allow_private = models.BooleanField(_("allow local addresses"), default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    voice = models.CharField(_("voice"), max_length=100, blank=True)
    languages = models.CharField(_("languages"), max_length=200, blank=True, validators=[LANGUAGES])
    position = models.PositiveIntegerField(_("position"), default=0)
    price = models.DecimalField(
        _("price"),
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    class Meta:
        verbose_name = _("speech service")
        verbose_name_plural = _("speech services")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class SpeechUsage(models.Model):
    """What a person had of a service on a day (UTC): recognised speech, or characters that were spoken.

    `cost` is by the service's price at the time; what was had while it had none costs nothing here.
    """

    person: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="speech_usage", verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    kind = models.CharField(
        pgettext_lazy("of a speech service", "type"), max_length=12, choices=SpeechProvider.Kind.choices
    )
    service = models.CharField(_("service"), max_length=200)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    milliseconds = models.PositiveBigIntegerField(_("milliseconds"), default=0)
    characters = models.PositiveBigIntegerField(_("characters"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("speech usage")
        verbose_name_plural = _("speech usage")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "day", "kind", "service"], name="one_speech_usage_a_day"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "-id"], name="speech_usage_by_day")]

    def __str__(self) -> str:
        return f"{self.service}, {self.day}"

    @property
    def seconds(self) -> float:
        """How much speech was recognised."""
        return self.milliseconds / 1000
