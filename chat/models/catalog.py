"""The providers that answer, and the models that they offer."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_MODEL_NAME = 200
MOST_MODELS = 500
"""Models of one provider that are kept."""
LONGEST_WAIT = 24 * 3600
"""Seconds."""
ON_OFFER = models.Q(is_offered=True, gone_at=None) & (
    models.Q(provider=None) | models.Q(provider__is_enabled=True)
)
"""Models that people may choose, as `is_on_offer` in chat/catalog/actions.py says of a row."""


def _seconds(name: Any) -> "models.PositiveIntegerField[int | None, int | None]":
    """Return a wait of a provider's own; null is the site's."""
    bounds = [MinValueValidator(1), MaxValueValidator(LONGEST_WAIT)]
    return models.PositiveIntegerField(name, null=True, blank=True, validators=bounds)


class ModelProvider(models.Model):
    """A provider that speaks OpenAI's chat completions, beside the one that the environment names.

    `key` and `headers` (a JSON object) are sealed (core/sealing.py). `problem` is the code of what went
    wrong when its models were last listed, "" when nothing did. What is null of the waits, in seconds, is
    as the settings say (PROVIDER_*_TIMEOUT). One that `keeps_prefix` is sent a context that moves on in steps
    (conversations/context.py: Steps), so that it can reuse what it has read before.
    """

    name = models.CharField(pgettext_lazy("of a service", "name"), max_length=80, unique=True)
    base_url = models.CharField(_("base URL"), max_length=500)
    sealed_key = models.TextField(blank=True, editable=False)
    sealed_headers = models.TextField(blank=True, editable=False)
    allow_private = models.BooleanField(_("allow local addresses"), default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    keeps_prefix = models.BooleanField(
        _("optimise for prompt caching"),
        default=False,
        db_default=False,
        help_text=_(
            "For providers that reuse the start of a prompt. The context grows by half before old exchanges "
            "leave it, so most requests start like the one before, and prompt_cache_key is sent. "
            "Sends slightly more text."
        ),
    )
    first_token_timeout = _seconds(_("first token timeout"))
    pause_timeout = _seconds(_("pause timeout"))
    reply_timeout = _seconds(_("reply timeout"))
    listed_at = models.DateTimeField(_("models last loaded"), null=True, blank=True, editable=False)
    problem = models.CharField(_("problem"), max_length=40, blank=True, editable=False)
    problem_detail = models.CharField(max_length=600, blank=True, editable=False)

    class Meta:
        verbose_name = _("model provider")
        verbose_name_plural = _("model providers")

    def __str__(self) -> str:
        return self.name


class OfferedModel(models.Model):
    """A model that people may choose. With no provider it is of the provider that the environment names.

    `name` is the provider's own; `label` what people read, "" for the name; `description` a short line below
    it. `capabilities` is what was
    learnt of the parameters that it refuses: {"max_tokens": "max_completion_tokens"} for one of another name,
    {"temperature": ""} for one that is not sent; `readable` in provider/capabilities.py reads it. Prices are
    per million tokens; `price_cached` is that of input which comes from the provider's cache, None for
    `price_in`. One that was added `by_name` is never gone: its provider need not list it.
    """

    provider = models.ForeignKey(
        ModelProvider,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="models",
        verbose_name=_("provider"),
    )
    name = models.CharField(pgettext_lazy("of a model", "name"), max_length=LONGEST_MODEL_NAME)
    label = models.CharField(_("display name"), max_length=80, blank=True)
    description = models.CharField(
        _("description"),
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("What it is good for, shown where people choose a model."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_offered = models.BooleanField(_("enabled"), default=True)
    is_default = models.BooleanField(_("default"), default=False)
    by_name = models.BooleanField(default=False, editable=False)
    gone_at = models.DateTimeField(_("removed on"), null=True, blank=True, editable=False)
    price_in = models.DecimalField(
        _("input price per 1M tokens"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    price_out = models.DecimalField(
        _("output price per 1M tokens"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    price_cached = models.DecimalField(
        _("cached input price per 1M tokens"),
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Leave blank if cached input costs the same as other input."),
    )
    capabilities = models.JSONField(default=dict, blank=True, editable=False, db_column="quirks")

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "name"], name="one_row_per_model"),
            # NULL is not equal to NULL: the environment's provider needs a rule of its own
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(provider__isnull=True),
                name="one_row_per_model_of_environment",
            ),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_model"
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.name
