"""The request id: one short name for everything a request, a socket command or a reply logs."""

import logging
import re
from contextvars import ContextVar
from copy import copy
from random import getrandbits
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

# What nobody sees, and what moves, colours or ends what they see: controls, the separators that some readers
# take for line ends, marks of direction, other invisible formats, and surrogates, which no file takes
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\ufeff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)


def new_request_id() -> str:
    """Start a new id for the current context and return it: 12 hexadecimal characters."""
    # Nothing is guarded by it. To ask the system for each lets go of Python's lock, and the loop then waits
    # for a thread that took it
    name = f"{getrandbits(48):012x}"
    request_id.set(name)
    return name


class RequestIdFilter(logging.Filter):
    """Gives every record the request id of the context that logged it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def printable(text: str) -> str:
    """Return a text for one line of a log or a terminal: what cannot be seen is written out, as \\u202e."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    character = found[0]
    is_ascii = character.isascii()
    return f"\\x{ord(character):02x}" if is_ascii else character.encode("ascii", "backslashreplace").decode()


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
