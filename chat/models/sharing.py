"""What people share: links to snapshots, how often those are looked at, and what is reported of them."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.conversations import Conversation
from chat.models.reports import Category, Report


class Audience(models.TextChoices):
    """Who may open a link."""

    ANYONE = "anyone", _("Anyone with the link")
    MEMBERS = "members", _("Members of this site")


class ShareQuerySet(models.QuerySet["Share"]):
    """Links to snapshots."""

    def open(self) -> Self:
        """Return those that have neither expired nor been taken down."""
        lasting = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(lasting, taken_down_at=None)


class Share(models.Model):
    """A link to a snapshot. The row outlives the snapshot, so that a link that is gone is known to be gone.

    The token in its address is kept as a hash, by which it is found, and sealed, for its owner to copy again.
    `passphrase` is what chat/sharing/passphrases.py makes of one, "" without. `decision_unseen` is whether
    the owner is yet to be told that moderators took it down or restored it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sealed_token = models.TextField(editable=False)
    audience = models.CharField(max_length=7, choices=Audience, default=Audience.ANYONE)
    passphrase = models.CharField(max_length=200, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decision_unseen = models.BooleanField(default=False)

    objects: ClassVar = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        default_permissions = ()  # moderators decide on reports of them
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at"], name="shares_of_a_person")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class Snapshot(models.Model):
    """What a link shows: a copy of messages as they were, without the words that were to be removed.

    It goes with its conversation and when the link is revoked. `messages` are dicts with `source` (the uuid
    of the message it was), `role`, `text` and `html`, the rendering of an answer by renderer `html_version`.
    `author` is the name of who shared it, "" if that is not shown. `sealed_words` are the removed words,
    sealed, for their owner's next update.
    """

    share = models.OneToOneField(Share, models.CASCADE, primary_key=True, related_name="snapshot")
    # Without a constraint: the version before does not know this table, and removes conversations
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="snapshots", db_constraint=False
    )
    title = models.CharField(max_length=120)
    author = models.CharField(max_length=80, blank=True)
    messages = models.JSONField()
    html_version = models.PositiveSmallIntegerField()
    sealed_words = models.TextField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class ShareViews(models.Model):
    """How often a link was opened on one day (UTC): a number, and nothing about who it was."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="views")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["share", "day"], name="one_count_per_share_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class ShareReport(models.Model):
    """What somebody, with an account or without, told the moderators about a link."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="reports", verbose_name=_("shared link"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reported by"),
    )
    category = models.CharField(_("category"), max_length=10, choices=Category)
    note = models.CharField(_("details"), max_length=1000, blank=True)
    state = models.CharField(
        pgettext_lazy("of a report", "status"), max_length=10, choices=Report.State, default=Report.State.OPEN
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
        verbose_name = _("report of a shared link")
        verbose_name_plural = _("reports of shared links")
        default_permissions = ("view", "change")
        indexes: ClassVar = [models.Index(fields=["state", "-created_at"], name="share_report_queue")]

    def __str__(self) -> str:
        return f"{self.get_category_display()} ({self.get_state_display()})"
