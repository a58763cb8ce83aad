"""What a reader makes of one conversation of a file, whatever product wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat.core.text import clean

LONGEST_DETAIL = 120
"""Characters of a name (a file's, a tool's) that the report keeps."""

DETAILS_KEPT = 3
"""Names that the report gives for one kind of thing in one conversation."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""A date before this, or after tomorrow, is a broken clock's or none at all (0 is 1970)."""

LONGEST_ID = 200


@dataclass(slots=True)
class Loss:
    """Things of one kind that could not be taken in: how many, and the names of the first."""

    count: int = 0
    details: list[str] = field(default_factory=list)


class Losses(dict[str, Loss]):
    """What could not be taken in, by kind (`losses.KINDS`)."""

    @classmethod
    def one(cls, kind: str) -> Losses:
        """Return a single thing of this kind, without a name."""
        made = cls()
        made.add(kind)
        return made

    def add(self, kind: str, detail: object = "", count: int = 1) -> None:
        """Count something that stays behind; `detail` is what people call it, if it has a name."""
        loss = self.setdefault(kind, Loss())
        loss.count += count
        if isinstance(detail, str) and detail and len(loss.details) < DETAILS_KEPT:
            name = clean(" ".join(detail[:LONGEST_DETAIL].split()))
            if name and name not in loss.details:
                loss.details.append(name)


@dataclass(slots=True)
class Node:
    """One message as its product keeps it.

    `role` is "user", "assistant", or "" for what nobody sees, whose children take its place. `facts` are
    those of our own format that other products do not have.
    """

    id: str
    parent: str = ""
    role: str = ""
    text: str = ""
    reasoning: str = ""
    model: str = ""
    at: datetime | None = None
    status: str = "complete"
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """One conversation of a file. `nodes` are in the product's order, by which versions are numbered.

    `current` is the node that its page shows last. `is_ours` says that the nodes are messages of this site,
    which are taken as they are; `facts` are what only our own format has.
    """

    source: str
    id: str
    title: str = ""
    nodes: list[Node] = field(default_factory=list)
    current: str = ""
    created_at: datetime | None = None
    last_activity_at: datetime | None = None
    instructions: str = ""
    is_archived: bool = False
    is_pinned: bool = False
    is_ours: bool = False
    losses: Losses = field(default_factory=Losses)
    facts: dict[str, Any] = field(default_factory=dict)


# Values of a file may be of any type, whatever its product writes today


def text_of(value: Any) -> str:
    """Return a text, "" for anything else."""
    return value if isinstance(value, str) else ""


def map_of(value: Any) -> dict[str, Any]:
    """Return an object's fields, none for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> Sequence[Any]:
    """Return a list's values, none for anything else."""
    return value if isinstance(value, list) else ()


def id_of(value: Any) -> str:
    """Return what names something in its product, "" for what is no name."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return clean(str(value)[:LONGEST_ID])
    return ""


def moment_of(value: Any) -> datetime | None:
    """Return a point in time: ISO 8601, or seconds, milliseconds or less since 1970. None for no such."""
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)  # JSON has whole numbers that are too large for one
        for _ in range(3):  # milliseconds, microseconds, nanoseconds
            if abs(seconds) > 1e11:
                seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _written(words: str) -> datetime | None:
    try:
        found = parse_datetime(words)
    except ValueError:
        return None
    if found is None:
        return moment_of(float(words)) if words.replace(".", "", 1).isdecimal() and len(words) < 25 else None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def is_plausible(moment: datetime | None) -> bool:
    """Return whether a conversation can have been held then."""
    return moment is not None and EARLIEST <= moment <= timezone.now() + timedelta(days=1)
