"""Reports: what people tell the moderators about an answer."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.conversations import Message

LONGEST_NOTE = 10_000
"""Characters that a note may grow to when the same person reports the same message again."""


class Category(models.TextChoices):
    """Why an answer was reported."""

    HARMFUL = "harmful", _("Harmful or dangerous")
    HATEFUL = "hateful", _("Hateful or harassing")
    SEXUAL = "sexual", _("Sexual content")
    PRIVATE = "private", _("Private information")
    WRONG = "wrong", _("False or misleading")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """One person's report of one message. Open until a moderator decides; then a new one may follow."""

    class State(models.TextChoices):
        """What the moderators made of it."""

        OPEN = "open", pgettext_lazy("a report", "Open")
        DISMISSED = "dismissed", _("Dismissed")
        UPHELD = "upheld", _("Upheld")

    message = models.ForeignKey(
        Message,
        models.CASCADE,
        related_name="reports",
        verbose_name=pgettext_lazy("in a conversation", "message"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", verbose_name=_("reported by")
    )
    category = models.CharField(_("category"), max_length=10, choices=Category)
    note = models.CharField(_("details"), max_length=LONGEST_NOTE, blank=True)
    state = models.CharField(
        pgettext_lazy("of a report", "status"), max_length=10, choices=State, default=State.OPEN
    )
    created_at = models.DateTimeField(_("reported"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["message", "reporter"],
                condition=models.Q(state="open"),
                name="one_open_report_per_person",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-created_at"], name="report_queue")]

    def __str__(self) -> str:
        return f"{self.get_category_display()} ({self.get_state_display()})"
