"""How an answer is written, and how that went: one row beside each answer.

A beat of a running reply touches this narrow row alone; the message beside it is history. Whoever changes
both locks this row first.
"""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.conversations import Message


def _blank(longest: int, name: Any = None) -> "models.CharField[str, str]":
    """Return a text that has a value in rows of a version which does not know the column."""
    return models.CharField(name, max_length=longest, blank=True, default="", db_default="")


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Generations, for those who lock them."""

    def locked(self) -> Self:
        """Take the rows until the end of the transaction, before anything of their messages is changed."""
        return self.select_for_update(of=("self",), no_key=True)


class Generation(models.Model):
    """The writing of one answer, over all requests that it took.

    `worker` says which process writes or wrote it, `heartbeat` (database time) when that was last alive,
    and `seq` counts the flushes that are folded into the text. `requested_by` asked for it, last at
    `requested_at`, and for the `request_count`th time, each within a minute of the one before: continuing
    counts against the limit a minute. Tokens and times (milliseconds) are summed over all requests;
    `tokens_cached` of `tokens_in` came from the provider's cache.
    `chosen_model` is the one that this reply was asked of, None the conversation's.
    `truncated_exchanges` were left out because the model said the context is too long; `ignored_parameters`
    names, with spaces between, those that were set and that the model does not take. `error` is the code of
    a ChatError, `error_detail` the operator's text, and `request_id` finds it in the log.
    """

    reply = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="generation")
    worker = _blank(100)
    heartbeat = models.DateTimeField(null=True, blank=True)
    seq = models.PositiveIntegerField(default=0, db_default=0)
    # The reply's author as well: here for the index by which every send is limited
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField(null=True, blank=True)
    request_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    chosen_model = models.ForeignKey(
        "OfferedModel", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    truncated_exchanges = models.PositiveSmallIntegerField(default=0, db_default=0)
    ignored_parameters = _blank(100)
    first_token_ms = models.PositiveIntegerField(_("time to first token (ms)"), null=True, blank=True)
    thinking_ms = models.PositiveIntegerField(_("thinking time (ms)"), null=True, blank=True)
    total_ms = models.PositiveIntegerField(_("total time (ms)"), null=True, blank=True)
    tokens_in = models.PositiveIntegerField(_("input tokens"), null=True, blank=True)
    tokens_out = models.PositiveIntegerField(_("output tokens"), null=True, blank=True)
    tokens_cached = models.PositiveIntegerField(_("cached input tokens"), null=True, blank=True)
    error = _blank(40, pgettext_lazy("of a message", "error"))
    error_detail = _blank(600, _("details"))
    request_id = _blank(20, _("request ID"))

    objects: ClassVar = GenerationQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # nobody works on these by hand
        indexes: ClassVar = [
            models.Index(
                fields=["requested_by", "-requested_at"],
                condition=models.Q(requested_at__isnull=False),
                name="replies_requested",
            ),
            models.Index(fields=["reply"], condition=models.Q(error__gt=""), name="replies_with_an_error"),
            # For a model that is removed
            models.Index(
                fields=["chosen_model"],
                condition=models.Q(chosen_model__isnull=False),
                name="replies_of_a_chosen_model",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker}: {self.seq}"


def generation_of(reply: Message) -> Generation:
    """Return an answer's generation, a blank one for an answer that was not written by a model."""
    return getattr(reply, "generation", None) or Generation()


class FailedReply(Generation):
    """A reply with an error. Its own model, so that who may read of errors need not see what was said."""

    class Meta:
        proxy = True
        default_permissions: ClassVar = ["view"]
        verbose_name = _("failed reply")
        verbose_name_plural = _("failed replies")

    def __str__(self) -> str:
        return self.request_id or str(self.pk)
