"""Background tasks: whether somebody does them."""

from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.core.errors import wait_words
from chat.jobs import queue
from chat.operations.findings import Finding, ok, warn

LONG = timedelta(minutes=10)


async def examine() -> list[Finding]:
    """Return how many wait, and for how long the first of them does."""
    return [await sync_to_async(_examine)()]


def _examine() -> Finding:
    part, (count, since) = _("Background tasks"), queue.backlog()
    if since is None:
        return ok(part, _("None are waiting."))
    age = timezone.now() - since
    message = _("Waiting: %(count)d, the first of them for %(wait)s.") % {
        "count": count,
        "wait": wait_words(age.total_seconds()),
    }
    if age < LONG:
        return ok(part, message)
    return warn(part, message, _("Start more with manage.py worker, or check that JOBS_IN_SERVER isn’t 0."))
