"""How much may be asked for, so that an open sign-up cannot burn the operator's key."""

from collections import Counter
from contextvars import ContextVar
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from chat.core import limits
from chat.core.errors import ChatError, Suspended
from chat.core.limits import HOUR, Allowance
from chat.models import Generation, Status, User
from chat.models.prepared import Selection, prepared
from chat.replies.errors import (
    TooManyFromAddress,
    TooManyMessages,
    TooManyOnSite,
    TooManyReplies,
    TooManyRequests,
)

MINUTE = timedelta(minutes=1)

_PERSON = Selection(
    User, "SELECT {columns} FROM chat_user u WHERE u.id = %s {lock}", "u", "FOR NO KEY UPDATE"
)
# What is being written, and how much was asked for lately, each by its own index: with "+" not
# by that of all that the person has written, where it would go through all of it
_RATE = f"""
SELECT (SELECT count(*) FROM chat_message WHERE status = '{Status.RUNNING.value}' AND +author_id = %s),
    sum(request_count)
FROM chat_generation WHERE requested_by_id = %s AND requested_at > %s
"""

Count = tuple[int, int, str]
"""For whom requests are counted: a person, how many, the address they come from."""

_later: ContextVar[list[Count] | None] = ContextVar("later", default=None)


def check_may_ask(user: User) -> None:
    """Raise unless this person may start another reply now.

    Raises Suspended, TooManyMessages (with the seconds to wait) or TooManyReplies. Called inside
    the transaction that saves the message, and takes the person's row until its end, so that
    parallel sends to several processes cannot pass together. Where several share a transaction
    (`count_later`), that has read and taken the rows of all.
    """
    if _later.get() is None:
        found = _PERSON.first([user.pk])
        if found is None:
            raise User.DoesNotExist
        user, _ = found
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    since = timezone.now() - MINUTE
    with connection.cursor() as cursor:
        cursor.execute(_RATE, [user.pk, user.pk, prepared(Generation, "requested_at", since)])
        running, recent = cursor.fetchone()
    if 0 < settings.MESSAGES_PER_MINUTE <= (recent or 0):
        lately = Generation.objects.filter(requested_by=user, requested_at__gt=since)
        first = lately.aggregate(first=Min("requested_at"))["first"] or since
        raise TooManyMessages(retry_after=max(1.0, (first - since).total_seconds()))
    if 0 < settings.REPLIES_AT_ONCE <= running:
        raise TooManyReplies(settings.REPLIES_AT_ONCE)


def count_requests(user: User, count: int) -> None:
    """Count requests to a model that this person is about to cause. One query.

    Raises TooManyRequests, TooManyFromAddress or TooManyOnSite, with the seconds to wait. Called as the last
    thing in the transaction, which a refusal undoes: the site's counter is everybody's, and is to be held
    for as short as can be. Where several messages share a transaction, that is at its end (`count_later`).
    """
    later = _later.get()
    if later is not None:
        later.append((user.pk, count, limits.client_address.get()))
        return
    allowances = _of_the_model(user.pk, limits.client_address.get())
    if refusal := limits.take(*allowances, count=count):
        raise allowances[refusal.allowance](retry_after=refusal.wait)


def count_later(counts: list[Count]) -> None:
    """Let `count_requests` only note in `counts` what is to be counted, for the rest of this context.

    Its transaction holds the rows of all who are counted for.
    """
    _later.set(counts)


def count_all(counts: list[Count]) -> bool:
    """Count what was noted, and return whether all of it is within the limits. One query."""
    sums: Counter[Allowance] = Counter()
    for person, count, address in counts:
        for allowance in _of_the_model(person, address):
            sums[allowance] += count
    return limits.take_all(sums) is None


def note_requests(person: int, count: int) -> None:
    """Count requests that were made beyond those counted before. It is the next one that is refused."""
    limits.take(*_of_the_model(person, limits.client_address.get()), count=count)


def _of_the_model(person: int, address: str) -> dict[Allowance, type[ChatError]]:
    """Return what a request to a model is counted by, each with the error of the one that is used up."""
    allowances: dict[Allowance, type[ChatError]] = {
        Allowance("model", f"person {person}", settings.MODEL_REQUESTS_PER_PERSON, HOUR): TooManyRequests,
        Allowance("model", "site", settings.MODEL_REQUESTS_PER_SITE, HOUR): TooManyOnSite,
    }
    if address:
        from_there = Allowance("model", f"address {address}", settings.MODEL_REQUESTS_PER_ADDRESS, HOUR)
        allowances[from_there] = TooManyFromAddress
    return allowances
