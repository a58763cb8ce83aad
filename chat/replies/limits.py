"""How much may be asked for, so that an open sign-up cannot burn the operator's key."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Value
from django.utils import timezone

from chat.core import limits
from chat.core.errors import ChatError, Suspended
from chat.core.limits import HOUR, Allowance
from chat.models import Generation, Message, User
from chat.replies.errors import (
    TooManyFromAddress,
    TooManyMessages,
    TooManyOnSite,
    TooManyReplies,
    TooManyRequests,
)

MINUTE = timedelta(minutes=1)


def check_may_ask(user: User) -> None:
    """Raise unless this person may start another reply now.

    Raises Suspended, TooManyMessages (with the seconds to wait) or TooManyReplies. Called inside
    the transaction that saves the message, and takes the person's row until its end, so that
    parallel sends to several processes cannot pass together.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    now = timezone.now()
    lately = Generation.objects.filter(requested_by=user, requested_at__gt=now - MINUTE)
    being_written = Message.objects.running().filter(author=user)
    # One query for both, each by its own index
    rows = being_written.values_list("created_at", Value(0)).union(
        lately.values_list("requested_at", "request_count"), all=True
    )
    running = 0
    recent: list[datetime] = []
    for requested_at, request_count in rows:
        running += request_count == 0
        recent += [requested_at] * request_count
    if len(recent) >= settings.MESSAGES_PER_MINUTE:
        raise TooManyMessages(retry_after=max(1.0, (min(recent) + MINUTE - now).total_seconds()))
    if running >= settings.REPLIES_AT_ONCE:
        raise TooManyReplies(settings.REPLIES_AT_ONCE)


def count_requests(user: User, count: int) -> None:
    """Count requests to a model that this person is about to cause. One query.

    Raises TooManyRequests, TooManyFromAddress or TooManyOnSite, with the seconds to wait. Called as the last
    thing in the transaction, which a refusal undoes: the site's counter is everybody's, and is to be held
    for as short as can be.
    """
    allowances = _of_the_model(user.pk)
    if refusal := limits.take(*allowances, count=count):
        raise allowances[refusal.allowance](retry_after=refusal.wait)


def note_requests(person: int, count: int) -> None:
    """Count requests that were made beyond those counted before. It is the next one that is refused."""
    limits.take(*_of_the_model(person), count=count)


def _of_the_model(person: int) -> dict[Allowance, type[ChatError]]:
    """Return what a request to a model is counted by, each with the error of the one that is used up."""
    allowances: dict[Allowance, type[ChatError]] = {
        Allowance("model", f"person {person}", settings.MODEL_REQUESTS_PER_PERSON, HOUR): TooManyRequests,
        Allowance("model", "site", settings.MODEL_REQUESTS_PER_SITE, HOUR): TooManyOnSite,
    }
    if address := limits.client_address.get():
        from_there = Allowance("model", f"address {address}", settings.MODEL_REQUESTS_PER_ADDRESS, HOUR)
        allowances[from_there] = TooManyFromAddress
    return allowances
