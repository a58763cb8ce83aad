"""`manage.py worker`: background jobs in a process of their own, until a signal ends it."""

import os
import signal
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from chat.jobs.runner import Runner

LOOK = 1.0
"""Seconds between two looks for jobs when there was none."""

END_LIMIT = 8.0
"""Seconds until a job that does not stop is left behind, for the next process to go on with."""


class Command(BaseCommand):
    """Does one job at a time. Several of them may run, beside any number of servers."""

    help = "Do background jobs in this process until Ctrl+C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do jobs until the end. A database that is away is waited for."""
        ending, stopped = threading.Event(), threading.Event()
        runner = Runner(f"{socket.gethostname()}-worker:{os.getpid()}", ending)

        def work() -> None:
            try:
                while not ending.is_set():
                    runner.run_in_thread()
                    ending.wait(LOOK)
            finally:
                stopped.set()

        # A daemon, as it may not stop in time. Not in this thread: a signal's handler runs in the middle of
        # whatever that does, and an exception there would come in the middle of a job
        thread = threading.Thread(target=work, name="jobs", daemon=True)
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            thread.start()
            self.stdout.write("Doing background jobs (Ctrl+C ends it)")
            self.stdout.flush()
            stopped.wait()  # not for the thread itself: what interrupts that takes it for ended
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        ending.set()
        stopped.wait(END_LIMIT)
