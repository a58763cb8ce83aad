"""What an examination of one part of the set-up has found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a part is doing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` in a sentence, and what to do about it (`advice`, "" when it is well)."""

    level: Level
    part: str
    said: str
    advice: str = ""


def ok(part: str, said: str) -> Finding:
    return Finding(Level.OK, part, said)


def warn(part: str, said: str, advice: str) -> Finding:
    return Finding(Level.WARN, part, said, advice)


def fail(part: str, said: str, advice: str) -> Finding:
    return Finding(Level.FAIL, part, said, advice)
