"""What conversations refuse."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MOST_PINNED = 20
"""Exchanges of one conversation that are pinned; each of them goes with every message."""

MOST_PINNED_CONVERSATIONS = 50
"""Conversations of one person on top of the list: all of them come with every page."""

MOST_CHOSEN = 500
"""Conversations that are changed at once."""


class TemporaryChatsOff(RequestError):
    code = "temporary_chats_off"
    status = 403
    sentence = _("Temporary chats are turned off on this site.")


class TooManyPins(RequestError):
    code = "too_many_pins"
    status = 409
    sentence = with_limits(
        _("You can keep up to %(limit)s exchanges in context. Remove one first."), limit=MOST_PINNED
    )


class TooManyPinnedConversations(RequestError):
    code = "too_many_pinned_conversations"
    status = 409
    sentence = with_limits(
        _("You can pin up to %(limit)s conversations. Unpin one first."), limit=MOST_PINNED_CONVERSATIONS
    )


class TooManyChosen(RequestError):
    code = "too_many_chosen"
    status = 413
    sentence = with_limits(_("Select up to %(limit)s conversations at a time."), limit=MOST_CHOSEN)
