"""Mails on their way out: in threads of their own, so that nobody's answer waits for a mail server.

What a form answers, and when, would otherwise tell strangers whether an address has an account: the mail
server's time is a hundred times the form's.
"""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)

# Mails sent at once, and mails that may wait for it
THREADS = 4
MOST_WAITING = 500
# Seconds to wait before each further try
PAUSES = (2.0, 20.0)


class MailQueue:
    """One per process."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._waiting: set[Future[None]] = set()
        self._lock = threading.Lock()
        self._must_hurry = threading.Event()

    def enqueue(self, message: EmailMessage) -> None:
        """Send it soon. Waits for nothing and raises nothing: what goes wrong is told in the log."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                logger.error("a mail is lost: %d wait to be sent already", len(self._waiting))
                return
            if self._threads is None:
                self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")
            task = self._threads.submit(self._send, message)
            self._waiting.add(task)
        task.add_done_callback(self._done)

    def flush(self, seconds: float) -> int:
        """Wait until all are sent, at most so long; return how many are not. Nothing is tried again now."""
        self._must_hurry.set()
        with self._lock:
            waiting = set(self._waiting)
        left = len(wait(waiting, timeout=seconds).not_done)
        if left:
            logger.error("%d mails could not be sent before the end", left)
        return left

    def _send(self, message: EmailMessage) -> None:
        for pause in (*PAUSES, None):
            try:
                message.send()
            except Exception as problem:
                domains = {address.rpartition("@")[2] for address in message.to}
                again = pause is not None and not self._must_hurry.is_set()
                what = "trying again" if again else "given up"
                logger.error("a mail to %s was not sent (%s): %r", ", ".join(domains), what, problem)
                if not again or self._must_hurry.wait(pause):
                    return
            else:
                return

    def _done(self, task: Future[Any]) -> None:
        with self._lock:
            self._waiting.discard(task)


mail_queue = MailQueue()
