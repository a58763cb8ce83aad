"""How much one person may ask for, so that an open sign-up cannot burn the operator's key."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from chat.errors import Suspended, TooManyMessages, TooManyReplies
from chat.models import Message, User

MINUTE = timedelta(minutes=1)


def check_may_ask(user: User) -> None:
    """Whether this person may start another reply now.

    Raises Suspended, TooManyMessages (with the seconds to wait) or TooManyReplies. Called inside
    the transaction that saves the message, and takes the person's row until its end, so that
    parallel sends to several processes cannot pass together.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    _check_pace(user)
    running = Message.objects.running().filter(conversation__owner=user).count()
    if running >= settings.REPLIES_AT_ONCE:
        raise TooManyReplies


def _check_pace(user: User) -> None:
    now = timezone.now()
    asked = Message.objects.filter(author=user, created_at__gt=now - MINUTE).order_by("-created_at")
    times = list(asked.values_list("created_at", flat=True)[: settings.MESSAGES_PER_MINUTE])
    if len(times) >= settings.MESSAGES_PER_MINUTE:
        raise TooManyMessages(retry_after=max(1.0, (times[-1] + MINUTE - now).total_seconds()))
