"""Replies that did not come whole, as the operator reads of them."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Message


class FailedReply(Message):
    """A reply with an error. Its own model, so that who may read of errors need not see what was said."""

    class Meta:
        proxy = True
        default_permissions: ClassVar = ["view"]
        verbose_name = _("failed reply")
        verbose_name_plural = _("failed replies")

    def __str__(self) -> str:
        return self.request_id or str(self.uuid)
