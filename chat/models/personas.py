"""Whom a person may talk to, and what they often say."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.catalog import OfferedModel
from chat.models.soft_delete import DELETED, Deletable

PICTURE_TYPE = "image/webp"
"""Of the pictures that are kept (chat/pictures/making.py)."""


class Persona(Deletable):
    """A role for the model. One of ours has a `builtin` code and no owner; its words come from the code.

    `picture` is a small WebP that was made here, or empty. `parameters` are those of
    provider/parameters.py. `reason` is an administrator's for refusing it, and `decision_unseen` whether the
    owner is yet to be told.
    """

    class Sharing(models.TextChoices):
        """Who may choose it."""

        PRIVATE = "private", pgettext_lazy("a persona", "Private")
        ASKED = "asked", pgettext_lazy("a persona", "Pending approval")
        SHARED = "shared", pgettext_lazy("a persona", "Public")
        REFUSED = "refused", pgettext_lazy("a persona", "Not approved")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="personas",
        verbose_name=_("owner"),
    )
    builtin = models.CharField(max_length=40, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(pgettext_lazy("of a persona", "name"), max_length=80)
    emoji = models.CharField(_("emoji"), max_length=16, blank=True)
    picture = models.BinaryField(blank=True, default=bytes, editable=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    instructions = models.TextField(_("instructions"), blank=True, max_length=16_000)
    opening = models.TextField(_("greeting"), blank=True, max_length=2000)
    starters = models.JSONField(_("conversation starters"), default=list, blank=True)
    model = models.ForeignKey(
        OfferedModel,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("that answers", "model"),
    )
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    sharing = models.CharField(_("sharing"), max_length=7, choices=Sharing, default=Sharing.PRIVATE)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    decision_unseen = models.BooleanField(default=False, editable=False, db_column="is_news")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        permissions: ClassVar = [("approve_persona", "Can approve personas for everybody")]
        indexes: ClassVar = [
            models.Index(fields=["sharing", "name"], name="personas_for_everybody"),
            models.Index(fields=["deleted_at"], name="deleted_personas", condition=DELETED),
        ]

    def __str__(self) -> str:
        return self.name
