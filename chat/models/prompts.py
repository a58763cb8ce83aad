"""Texts that a person keeps."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.soft_delete import DELETED, PRESENT, Deletable


class SavedPrompt(Deletable):
    """A text that a person keeps, to be put in the message box by typing "/" and its name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="prompts")
    name = models.CharField(pgettext_lazy("of a prompt", "name"), max_length=40)
    text = models.TextField(pgettext_lazy("of a prompt", "text"), max_length=8000)

    class Meta:
        verbose_name = _("saved prompt")
        verbose_name_plural = _("saved prompts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_prompt_per_name", condition=PRESENT)
        ]
        indexes: ClassVar = [
            models.Index(fields=["deleted_at"], name="deleted_prompts", condition=DELETED),
        ]

    def __str__(self) -> str:
        return self.name
