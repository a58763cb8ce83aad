"""`manage.py reindex`: make the index of the search anew."""

import os
import signal
import socket
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.conversations.actions import REINDEX
from chat.jobs import actions as jobs
from chat.jobs.runner import Runner
from chat.models import Job, JobStatus

LOOK = 1.0
"""Seconds between two looks at what another process does."""


class Command(BaseCommand):
    """Begins a job that empties the index and fills it again, and does it here, unless a server is quicker.

    A job that was begun before is gone on with. Ended in the middle, by a signal or harder, it
    is gone on with by whichever process does background jobs, or by the next of these.
    """

    help = "Make the index of the search anew, while the site runs."

    _said = 0

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how far it is, a line for each hundredth."""
        job = Job.objects.filter(kind=REINDEX).open().first() or jobs.enqueue(REINDEX, {})
        ending = threading.Event()
        runner = Runner(
            f"{socket.gethostname()}-reindex:{os.getpid()}", ending, kinds=[REINDEX], told=self._say
        )
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for number in before:
                signal.signal(number, lambda *_: ending.set())
            while job.is_open and not ending.is_set():
                runner.run()
                job.refresh_from_db()
                self._say(job.done, job.total)
                if job.is_open:
                    time.sleep(LOOK)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if job.status != JobStatus.DONE:
            raise CommandError(
                f"The index is not whole yet: {job.done} of {job.total} messages. Run it again."
            )
        self.stdout.write(f"{job.total} messages can be searched.")

    def _say(self, done: int, total: int) -> None:
        if (share := min(99, 100 * done // total) if total else 0) > self._said:
            self._said = share
            self.stdout.write(f"{share} %")
