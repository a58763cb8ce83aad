"""Where people keep the conversations that belong together."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.catalog import OfferedModel
from chat.models.personas import Persona
from chat.models.soft_delete import DELETED, Deletable, PresentManager

LONGEST_INSTRUCTIONS = 8000
"""Characters of what a project tells the model: they go with every message in it."""

ICONS = ("folder", "book", "briefcase", "code", "flask", "home", "bulb", "chart", "plane", "heart")
"""Drawings of static/chat/icons.svg that a project may have for its icon."""

DEFAULT_ICON = ICONS[0]


class ProjectManager(PresentManager["Project"]):
    """The one gate: rows reached for a person go through `of`."""

    def of(self, user: models.Model) -> "models.QuerySet[Project]":
        """Return this person's projects that are not deleted."""
        return self.filter(owner_id=user.pk)


class Project(Deletable):
    """A folder of one person's conversations, which it tells the model the same.

    `icon` is an emoji or one of ICONS. `persona` and `model` are those of a conversation
    that is begun in it, None whatever a new chat has. While it is deleted, its conversations are as if they
    were in none (`Conversation.current_project`); they are back in it when it is restored.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="projects", verbose_name=_("owner")
    )
    name = models.CharField(pgettext_lazy("of a project", "name"), max_length=80)
    icon = models.CharField(pgettext_lazy("of a project", "icon"), max_length=32, default=DEFAULT_ICON)
    instructions = models.TextField(_("instructions"), blank=True, max_length=LONGEST_INSTRUCTIONS)
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("persona")
    )
    model = models.ForeignKey(
        OfferedModel,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("that answers", "model"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[ProjectManager] = ProjectManager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes: ClassVar = [
            models.Index(fields=["deleted_at"], name="deleted_projects", condition=DELETED),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_emoji(self) -> bool:
        """Whether its icon is an emoji, and not one of ICONS."""
        return self.icon not in ICONS

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.uuid])
