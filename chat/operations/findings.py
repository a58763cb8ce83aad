"""What an examination of one part of the set-up has found."""

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
    """`said` in a sentence, and what to do about it (`advice`, "" when it is well).

    `id` is that of the system check that says the same, "" where there is none.
    """

    level: Level
    part: str
    said: str
    advice: str = ""
    id: str = ""

    def __str__(self) -> str:
        """Return the lines of a terminal."""
        said = f"{self.level:5} {self.part}: {printable(str(self.said))}"
        return f"{said}\n      {printable(str(self.advice))}" if self.advice else said


def ok(part: str, said: str) -> Finding:
    return Finding(Level.OK, part, said)


def warn(part: str, said: str, advice: str, id: str = "") -> Finding:
    return Finding(Level.WARN, part, said, advice, id)


def fail(part: str, said: str, advice: str, id: str = "") -> Finding:
    return Finding(Level.FAIL, part, said, advice, id)
