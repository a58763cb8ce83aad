"""How much one person may ask for, so that an open sign-up cannot burn the operator's key."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from chat.errors import Suspended, TooManyMessages, TooManyReplies
from chat.models import Message, Status, User

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
    now = timezone.now()
    asked = Message.objects.filter(Q(asked_at__gt=now - MINUTE) | Q(status=Status.RUNNING), author=user)
    running = 0
    recent: list[datetime] = []
    for status, asked_at, requests in asked.values_list("status", "asked_at", "requests"):
        running += status == Status.RUNNING
        if asked_at and asked_at > now - MINUTE:
            recent += [asked_at] * requests
    if len(recent) >= settings.MESSAGES_PER_MINUTE:
        raise TooManyMessages(retry_after=max(1.0, (min(recent) + MINUTE - now).total_seconds()))
    if running >= settings.REPLIES_AT_ONCE:
        raise TooManyReplies
