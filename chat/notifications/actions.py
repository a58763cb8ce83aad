"""What people do about notifications, a function each."""

from django.db import transaction

from chat.models import PushSubscription, User
from chat.notifications import endpoints
from chat.notifications.errors import BadSubscription

MOST_BROWSERS = 10
"""Browsers of one person; the one that came first gives way."""


@transaction.atomic
def subscribe(user: User, *, endpoint: str, p256dh: str, auth: str, session: str) -> None:
    """Tell the person in this browser until its `session` ends; no longer whoever was told before.

    Raises BadSubscription, also for a browser of somebody else whose keys are not known.
    """
    if not (endpoints.is_usable(endpoint) and endpoints.are_keys(p256dh, auth)):
        raise BadSubscription
    theirs = PushSubscription.objects.filter(endpoint=endpoint).exclude(owner=user)
    if theirs.exclude(p256dh=p256dh, auth=auth).exists():
        raise BadSubscription
    keys = {"p256dh": p256dh, "auth": auth}
    values = {"owner": user, "session": session, **keys}
    PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
    kept = PushSubscription.objects.filter(owner=user).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(owner=user).exclude(pk__in=list(kept[:MOST_BROWSERS])).delete()


def unsubscribe(user: User, endpoint: str) -> None:
    """Tell the person in this browser no more; one that is not theirs stays as it is."""
    PushSubscription.objects.filter(owner=user, endpoint=endpoint).delete()


def unsubscribe_all(user: User) -> None:
    """Tell the person in no browser any more."""
    PushSubscription.objects.filter(owner=user).delete()
