"""The request id: one short name for everything a request, a socket command or a reply logs."""

import logging
import uuid
from contextvars import ContextVar
from copy import copy

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Control characters and the separators that some log readers take for line ends
_UNPRINTABLE = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)]}
_UNPRINTABLE |= {0x2028: " ", 0x2029: " "}


def new_request_id() -> str:
    """Start a new id for the current context and return it: 12 hexadecimal characters."""
    name = uuid.uuid4().hex[:12]
    request_id.set(name)
    return name


class RequestIdFilter(logging.Filter):
    """Gives every record the request id of the context that logged it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    """One record, one line: what a client typed can neither forge a line nor colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """What Django refuses for safety (a strange host) is a client's doing: no traceback."""
        if record.name.startswith("django.security."):
            record = copy(record)
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_UNPRINTABLE)
