"""Temporary chats: what this site does with them, and whether those that are over are erased."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.conversations import temporary
from chat.conversations.errors import TemporaryChatsOff
from chat.operations.findings import Finding, ok, warn


async def examine() -> list[Finding]:
    """Return what holds for temporary chats, or how many of them are there that should not be."""
    return [await sync_to_async(_examine)()]


def _examine() -> Finding:
    part, days = _("Temporary chats"), settings.TEMPORARY_RECORD_DAYS
    if overdue := temporary.count_overdue():
        message = _("Overdue to be deleted: %(count)d.") % {"count": overdue}
        return warn(part, message, _("Start the site: it deletes them while it runs."))
    recorded = ngettext(
        "This site keeps a record for %(count)s day, which its moderators can read.",
        "This site keeps a record for %(count)s days, which its moderators can read.",
        days,
    )
    sentences = {
        "on": _("Deleted an hour after their page is closed."),
        "off": str(TemporaryChatsOff().user_text()),
        "recorded": recorded % {"count": days},
    }
    return ok(part, sentences[settings.TEMPORARY_CHATS])
