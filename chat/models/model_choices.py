"""Which models a person likes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.catalog import ON_OFFER, OfferedModel
from chat.models.prepared import Selection

MOST_RECENT = 5
MOST_STARRED = 50
"""Favourites of one person; of more the oldest give way."""


class ModelChoice(models.Model):
    """One row a person, once they have chosen a model or made one a favourite.

    `recent` and `starred` have ids of OfferedModel, the latest first. One that is not on offer is passed
    over, and counts again when it is back.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="model_choice"
    )
    recent = models.JSONField(default=list, blank=True)
    starred = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("model choice")
        verbose_name_plural = _("model choices")
        default_permissions = ()  # nobody works on these by hand

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def of(cls, person_id: int) -> "ModelChoice":
        """Return a person's row, not saved yet if they never chose any."""
        return cls.objects.filter(person_id=person_id).first() or cls(person_id=person_id)

    @classmethod
    def for_new_chat(cls, person_id: int, shown: int | None = None) -> int | None:
        """Return the id of the model for a person's new chat, None for the site's default.

        It is what their page showed, 0 for the default: they may have chosen another one elsewhere since.
        Without that it is what they chose last. One that is gone gives way to the default.
        """
        if shown is None:
            found = _CHOICE.first([person_id])
            shown = found[0].recent[0] if found and found[0].recent else 0
        if shown == 0:
            return None
        return OfferedModel.objects.filter(ON_OFFER, pk=shown).values_list("pk", flat=True).first()


_CHOICE = Selection(ModelChoice, "SELECT {columns} FROM chat_modelchoice c WHERE c.person_id = %s", "c")
