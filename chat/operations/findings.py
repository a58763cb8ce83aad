"""What an examination of one part of the setup has found."""

from dataclasses import dataclass
from enum import StrEnum

from chat.core.tracing import printable


class Level(StrEnum):
    """How a part is doing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`message` in a sentence, and what to do about it (`advice`, "" when it is well).

    `id` is that of the system check that says the same, "" where there is none. `detail` is what a library
    or a server said, in its own language.
    """

    level: Level
    part: str
    message: str
    advice: str = ""
    id: str = ""
    detail: str = ""

    @property
    def full_message(self) -> str:
        """The message, with the detail behind it."""
        return f"{self.message} ({self.detail})" if self.detail else str(self.message)

    def __str__(self) -> str:
        """Return the lines of a terminal."""
        message = f"{self.level:5} {self.part}: {printable(self.full_message)}"
        return f"{message}\n      {printable(str(self.advice))}" if self.advice else message


def ok(part: str, message: str) -> Finding:
    return Finding(Level.OK, part, message)


def warn(part: str, message: str, advice: str, id: str = "", detail: str = "") -> Finding:
    return Finding(Level.WARN, part, message, advice, id, detail)


def fail(part: str, message: str, advice: str, id: str = "", detail: str = "") -> Finding:
    return Finding(Level.FAIL, part, message, advice, id, detail)
