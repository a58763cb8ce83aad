"""What was sent to a model: one row for each request of a reply."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Message


class ModelRequest(models.Model):
    """One request, as it was sent. A reply that is continued has several.

    `system` is the instructions in full, which are not open when they hold another person's persona;
    `personal` came after them: what the conversation's owner tells every model; then `project`: what they
    tell it in the conversation's project. All three went into the first question (`system_is_folded`) where
    the model has no role for them; `message_ids` are the rows that followed, in order (their texts never
    change), the first `pinned` of them only because they are pinned; `partial` counts the characters of the
    reply's own text that went along when it was continued; `truncated_exchanges` were left out because the
    model said the context is too long. `tokens_cached` of `tokens_in` came from the provider's cache, None
    where it does not say. Prices are per million tokens, as they were then; `price_cached` None is
    `price_in`. `provider` is its label then, and `model` its own name for it.
    """

    reply = models.ForeignKey(Message, models.CASCADE, related_name="model_requests")
    provider = models.CharField(max_length=80, db_column="service")
    model = models.CharField(max_length=200)
    system = models.TextField(blank=True)
    personal = models.TextField(blank=True, default="", db_default="")
    project = models.TextField(blank=True, default="", db_default="")
    system_is_open = models.BooleanField(default=True)
    system_is_folded = models.BooleanField(default=False, db_default=False)
    message_ids = models.JSONField(default=list)
    pinned = models.PositiveSmallIntegerField(default=0)
    partial = models.PositiveIntegerField(default=0, db_column="begun")
    truncated_exchanges = models.PositiveSmallIntegerField(default=0, db_column="dropped")
    parameters = models.JSONField(default=dict)
    tokens_in = models.PositiveIntegerField(null=True)
    tokens_out = models.PositiveIntegerField(null=True)
    tokens_cached = models.PositiveIntegerField(null=True)
    first_token_ms = models.PositiveIntegerField(null=True)
    total_ms = models.PositiveIntegerField(null=True)
    price_in = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    price_out = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    price_cached = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("model request")
        verbose_name_plural = _("model requests")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.model}: {self.sent_at}"
