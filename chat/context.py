"""What the model sees: the system prompt, the latest exchanges, and the question.

An exchange is a person's message and its answer, and counts only when both may be shown to the
model: a failed answer without text, or a hidden half, takes its exchange out of view, since most
chat templates refuse two messages of one role in a row. A stopped or interrupted answer counts
with the text it has. The rule has a twin in SQL (models/branches.py), which finds the rows.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol


class Row(Protocol):
    """What is needed of a message."""

    role: str
    text: str
    status: str

    @property
    def is_hidden(self) -> bool: ...


Prompt = list[dict[str, str]]

CONTINUE = (
    "Your last answer broke off. Write on from exactly where it ends, in the same language and form: "
    "no introduction, no remark, and nothing repeated."
)
"""What asks a model to go on: of the ways there are, the one that every server understands."""


def usable(row: Row) -> bool:
    """Whether the model may see this message."""
    return bool(row.text) and not row.is_hidden and row.status != "running"


def latest_exchanges(rows: Sequence[Row], count: int) -> list[tuple[Row, Row]]:
    """The last `count` full exchanges among `rows` (a branch, oldest first), oldest first."""
    exchanges = [
        (question, answer)
        for question, answer in pairwise(rows)
        if question.role == "user" and answer.role == "assistant" and usable(question) and usable(answer)
    ]
    return exchanges[-count:] if count > 0 else []


def view_begins(rows: Sequence[Row], count: int, *, whole: bool) -> Row | None:
    """The question of the first exchange that goes with the next message, if anything above it does not.

    `rows` are the last ones of a branch, oldest first; `whole` says that the branch begins with them.
    """
    exchanges = latest_exchanges(rows, count)
    if not exchanges or len(exchanges) < count:
        return None
    first = exchanges[0][0]
    return None if whole and first is rows[0] else first


def prompt(system: str, rows: Sequence[Row], count: int, begun: str = "") -> Prompt:
    """The messages of a request; `rows` is a branch, oldest first, that ends in the question to answer.

    `begun` is the part of the answer that is there, and to be continued.
    """
    *earlier, question = rows
    messages = [{"role": "system", "content": system}] if system else []
    for pair in latest_exchanges(earlier, count):
        messages += [{"role": row.role, "content": row.text} for row in pair]
    messages.append({"role": "user", "content": question.text})
    if begun:
        messages += [{"role": "assistant", "content": begun}, {"role": "user", "content": CONTINUE}]
    return messages
