"""The request id: one short name for everything a request, a socket command or a reply logs."""

import logging
import uuid
from contextvars import ContextVar
from copy import copy
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# What nobody sees, and what moves, colours or ends what they see: controls, the separators that some readers
# take for line ends, marks of direction, other invisible formats, and surrogates, which no file takes
_HIDDEN = [
    *(range(0x20), range(0x7F, 0xA0), [0xAD, 0x61C, 0x180E, 0xFEFF], range(0x200B, 0x2010)),
    *(range(0x2028, 0x202F), range(0x2060, 0x2070), range(0xD800, 0xE000), range(0xFFF9, 0xFFFC)),
    range(0xE0000, 0xE0080),
]
_WRITTEN_OUT = {code: chr(code).encode("ascii", "backslashreplace").decode() for r in _HIDDEN for code in r}
_WRITTEN_OUT |= {code: f"\\x{code:02x}" for code in [*range(0x20), 0x7F]}


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


def printable(text: str) -> str:
    """Return a text for one line of a log or a terminal: what cannot be seen is written out, as \\u202e."""
    return text if text.isascii() and text.isprintable() else text.translate(_WRITTEN_OUT)


class LineFormatter(logging.Formatter):
    """One record, one line: what a client typed can neither forge a line nor colour a terminal.

    A traceback's lines are set in, so that none of them can be taken for a record: the words of an exception
    are often somebody else's.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write no traceback of what Django refuses for safety (a strange host): that is a client's doing."""
        record = copy(record)
        record.exc_text = None  # as another formatter may have left it
        if record.name.startswith("django.security."):
            record.exc_info = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return _set_in(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return _set_in(super().formatStack(stack_info))


def _set_in(text: str) -> str:
    return "\n".join(f"  | {printable(line)}" for line in text.split("\n"))
