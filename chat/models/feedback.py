"""Feedback: whether a person found a reply good or bad, for whoever runs the site."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.conversations import Message

LONGEST_COMMENT = 1000
"""Characters of the words beside a reason."""


class Rating(models.TextChoices):
    """What a person found of a reply."""

    UP = "up", pgettext_lazy("a rating", "Good")
    DOWN = "down", pgettext_lazy("a rating", "Bad")


class Reason(models.TextChoices):
    """Why a reply was found bad."""

    WRONG = "wrong", _("Not correct")
    OFF_TASK = "off_task", _("Didn’t do what I asked")
    TOO_LONG = "too_long", _("Too long")
    TOO_SHORT = "too_short", _("Too short or incomplete")
    STYLE = "style", _("Style or tone")
    REFUSED = "refused", _("Refused without need")
    OTHER = "other", _("Something else")


class Feedback(models.Model):
    """What one person found of one reply; they may change it and take it back.

    `model` and `persona` are what people called those who wrote the reply when it was rated.
    """

    message = models.ForeignKey(
        Message,
        models.CASCADE,
        related_name="feedback",
        verbose_name=pgettext_lazy("in a conversation", "message"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="feedback", verbose_name=_("given by")
    )
    rating = models.CharField(_("rating"), max_length=4, choices=Rating)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    comment = models.CharField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    model = models.CharField(pgettext_lazy("that answers", "model"), max_length=200, blank=True)
    persona = models.CharField(_("persona"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("given"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = pgettext_lazy("on a reply", "feedback")
        verbose_name_plural = pgettext_lazy("on replies", "feedback")
        default_permissions: ClassVar = ["view"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "person"], name="one_feedback_per_person_and_reply")
        ]
        indexes: ClassVar = [
            models.Index(fields=["-changed_at", "-id"], name="feedback_latest"),
            models.Index(fields=["model", "rating"], name="feedback_by_model"),
        ]

    def __str__(self) -> str:
        return str(self.get_rating_display())
