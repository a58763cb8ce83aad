"""What is over is removed, and gone from the disk: run every few seconds by each process."""

import time

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.core import limits
from chat.jobs import actions as jobs
from chat.search import index as search
from chat.search.find import LAST

# Seconds between two looks for what has expired by itself
EXPIRE_AGAIN = 600.0
# Milliseconds to wait for readers of SQLite's log; whoever writes waits meanwhile
LOG_PATIENCE = 200


class Sweeper:
    """One per process. What an earlier one erased may be in SQLite's log, so the first turn empties it."""

    def __init__(self) -> None:
        self._must_empty_log = True
        self._expires_next = 0.0
        self._unindexed_below = LAST

    def run(self) -> None:
        """Take one turn, which is cheap when there is nothing to do."""
        search.remove_deleted()
        if self._unindexed_below:
            self._unindexed_below = search.fill(self._unindexed_below)
        self._must_empty_log |= bool(conversations.purge())
        if time.monotonic() >= self._expires_next:
            self._expires_next = time.monotonic() + EXPIRE_AGAIN
            expire()
        if self._must_empty_log:
            self._must_empty_log = not empty_log()


def expire() -> None:
    """Remove counters, cached values, sessions and ended jobs whose time has passed."""
    limits.expire()
    jobs.purge()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def empty_log() -> bool:
    """Move SQLite's log (`-wal`) into the database and cut it to nothing: it holds pages as they once were.

    Return False when somebody was reading it; then it is tried again. Other databases keep none beside them.
    """
    if connection.vendor != "sqlite":
        return True
    usual = round(settings.DATABASES["default"]["OPTIONS"]["timeout"] * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {LOG_PATIENCE}")
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
    return not is_busy
