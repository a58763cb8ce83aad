"""What the model sees: the system prompt, pinned exchanges, the latest ones, and the question.

An exchange is a person's message and its answer, and counts only when both may be shown to the
model: a failed answer without text, or a hidden half, takes its exchange out of view, since most
chat templates refuse two messages of one role in a row. A stopped or interrupted answer counts
with the text it has. A pinned question pins its exchange: that goes along however old it is. The
rules have a twin in SQL (models/branches.py), which finds the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol
from uuid import UUID

from chat.core.instructions import ABOUT_PERSON, CONTINUE, INTERRUPTED, PROJECT, REPLY_STYLE, UNHEARD
from chat.models import Preferences, Project, heard
from chat.models.content import Part
from chat.provider.content import content_of
from chat.provider.errors import ContextTooLong


class Row(Protocol):
    """What is needed of a message."""

    pk: int
    uuid: UUID
    role: str
    text: str
    status: str
    pinned_at: datetime | None
    heard: Any

    @property
    def content(self) -> tuple[Part, ...]: ...

    @property
    def is_hidden(self) -> bool: ...


class Heard(Protocol):
    """What is needed of a message to know whether its reading was interrupted."""

    role: str
    heard: Any


Prompt = list[dict[str, str]]
Exchange = tuple[Row, Row]


SHARES = (1 / 4, 1 / 3, 1.0)
"""How much of the earlier text that is left, in characters, each further try leaves out when it is too long
for the model: a quarter, half of what there was, all.

As a rule a conversation outgrows a model by a little, and a quarter less fits with most of the memory kept;
a model that is much too small for it would refuse every cautious step, so the last try is the question alone.
"""


@dataclass(frozen=True, slots=True)
class PromptContext:
    """What one request shows a model.

    `personal` is what the person tells every model, and `project` what they tell it in the conversation's
    project. Both go with the instructions, `system`, after them: what others wrote (the site, a persona's
    owner) comes before what the person did, and what holds everywhere before what holds in one place, since
    models keep to the latter where two disagree. Of the exchanges, oldest first, the first `pinned` ones go
    along only because they are pinned; `partial` is the part of the answer that is there, and to be
    continued; `truncated_exchanges` were left out for being too much, in `tries` steps.
    """

    system: str
    exchanges: tuple[Exchange, ...]
    pinned: int
    question: Row
    partial: str = ""
    truncated_exchanges: int = 0
    tries: int = 0
    personal: str = ""
    project: str = ""

    @property
    def rows(self) -> list[Row]:
        """The messages of the conversation that are sent, in order."""
        return [*(row for exchange in self.exchanges for row in exchange), self.question]

    @property
    def instructions(self) -> str:
        """What is sent before all messages."""
        return joined(self.system, self.personal, self.project)

    @property
    def first(self) -> Row:
        """The first message that is sent for its place, not for being pinned."""
        latest = self.exchanges[self.pinned :]
        return latest[0][0] if latest else self.question

    def messages(self) -> Prompt:
        """Return the messages of the request, as a provider takes them."""
        messages = [{"role": "system", "content": self.instructions}] if self.instructions else []
        rows = self.rows
        for before, row in zip([None, *rows], rows, strict=False):
            content = content_of(row.content)
            if remark := interruption(before, row):
                content = f"{remark}\n\n{content}"
            messages.append({"role": row.role, "content": content})
        if self.partial:
            messages.append({"role": "assistant", "content": self.partial})
            messages.append({"role": "user", "content": CONTINUE})
        return messages

    @property
    def _order(self) -> list[Exchange]:
        """The order in which exchanges go: the oldest first, pinned ones last."""
        return [*self.exchanges[self.pinned :], *self.exchanges[: self.pinned]]

    def within(self, most: int) -> PromptContext:
        """Return as much of it as has `most` tokens (0: any number), by the estimate of `tokens`.

        Raises ContextTooLong when the question alone has more.
        """
        order = self._order
        # What was too much to be loaded goes in any case, and with it all that goes before it
        gone = max((place + 1 for place, exchange in enumerate(order) if is_clipped(exchange)), default=0)
        if most:
            words = self.system, self.personal, self.project, self.question.text, self.partial
            total = sum(map(tokens, words))
            if total > most:
                raise ContextTooLong(f"about {total} tokens; CONTEXT_TOKENS is {most}")
            sizes = [sum(tokens(row.text) for row in exchange) for exchange in order]
            while gone < len(order) and total + sum(sizes[gone:]) > most:
                gone += 1
        return self._without(gone) if gone else self

    def shorter(self) -> PromptContext | None:
        """Return the next try with less. None when nothing can go."""
        if not self.exchanges:
            return None
        order = self._order
        wanted, gone = SHARES[self.tries] * sum(map(length, order)), 1
        while gone < len(order) and sum(map(length, order[:gone])) < wanted:
            gone += 1
        return replace(self._without(gone), tries=self.tries + 1)

    def _without(self, gone: int) -> PromptContext:
        """Return the same without the first `gone` exchanges in the order in which they go."""
        pinned, latest = self.exchanges[: self.pinned], self.exchanges[self.pinned :]
        kept_latest, kept_pinned = latest[gone:], pinned[max(0, gone - len(latest)) :]
        return replace(
            self,
            exchanges=(*kept_pinned, *kept_latest),
            pinned=len(kept_pinned),
            truncated_exchanges=self.truncated_exchanges + gone,
        )


def interruption(before: Heard | None, row: Heard) -> str:
    """Return what a model is told with a person's message of how far its answer before that was heard.

    "" when it was not interrupted. Not a message of its own: most chat templates refuse two of one role in a
    row, and one of the system's in between.
    """
    mark = heard.read(before.heard) if before is not None and row.role == "user" else None
    if mark is None:
        return ""
    return INTERRUPTED.format(words=mark.words) if mark.words else UNHEARD


def joined(*parts: str) -> str:
    """Return instructions below one another."""
    return "\n\n".join(part for part in parts if part)


def personal_instructions(chosen: Preferences) -> str:
    """Return what a person tells every model, "" while that is off. What is in braces stays as it is."""
    if not chosen.is_personalised:
        return ""
    wishes = (ABOUT_PERSON, chosen.about.strip()), (REPLY_STYLE, chosen.reply_style.strip())
    return joined(*(heading.format(words=words) for heading, words in wishes if words))


def project_instructions(project: Project | None) -> str:
    """Return what a person tells the model in a project, "" for nothing. What is in braces stays as it is."""
    words = project.instructions.strip() if project else ""
    return PROJECT.format(name=project.name, words=words) if project and words else ""


def length(exchange: Exchange) -> int:
    """Return how many characters it has."""
    return sum(len(row.text) for row in exchange)


def tokens(text: str) -> int:
    """Return about how many tokens a text has, without any model's tokenizer.

    Four letters of ASCII are one, and so is one Chinese character. By its bytes, which is quick: what has
    more of them has more tokens.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return round(len(text) / 4 + (size - len(text)) * 3 / 8)


def is_clipped(exchange: Exchange) -> bool:
    """Return whether one of it was too long to be loaded (models/branches.py)."""
    return any(getattr(row, "is_clipped", 0) for row in exchange)


def usable(row: Row) -> bool:
    """Return whether the model may see this message."""
    return bool(row.text) and not row.is_hidden and row.status != "running"


def full_exchanges(rows: Sequence[Row]) -> list[Exchange]:
    """Return the full exchanges among `rows` (a branch, oldest first), oldest first."""
    return [
        (question, answer)
        for question, answer in pairwise(rows)
        if question.role == "user" and answer.role == "assistant" and usable(question) and usable(answer)
    ]


@dataclass(frozen=True, slots=True)
class Steps:
    """How a context moves on in steps: it grows by up to `growth` exchanges before the oldest leave it.

    10 exchanges become 15, and then 10 again: so five requests of six begin with all that the one before was,
    and its provider can reuse that. Where a step begins follows from the place on the branch alone, whatever
    was sent before: `depth` is how many messages lead to the last row of a branch. Of a step's 12 messages
    those that the latest 10 exchanges do not reach go along too. The same rule is in thread/markers.js.
    """

    growth: int
    depth: int

    @classmethod
    def of(cls, count: int, depth: int) -> Steps:
        """Return those of a context that has `count` exchanges at least."""
        return cls(growth_of(count), depth)

    def begin(self, rows: Sequence[Row], row: Row) -> int:
        """Return the place in `rows` at which the step of `row` begins; below 0 where that is further up."""
        place = rows.index(row)
        above = self.depth - (len(rows) - 1 - place)
        return place - above % (2 * (self.growth + 1))


def growth_of(count: int) -> int:
    """Return by how many exchanges a context of `count` grows in steps."""
    return count // 2


def _first_sent(
    rows: Sequence[Row], exchanges: Sequence[Exchange], count: int, steps: Steps | None
) -> tuple[int, bool]:
    """Return which exchange is the first that goes along, and whether those further up may as well."""
    first = max(0, len(exchanges) - count)
    if steps is None or first == len(exchanges) or len(exchanges) < count:
        return first, False
    begin, least = steps.begin(rows, exchanges[first][0]), max(0, first - steps.growth)
    while first > least and rows.index(exchanges[first - 1][0]) >= begin:
        first -= 1
    return first, begin < 0


def context_start(rows: Sequence[Row], count: int, *, whole: bool, steps: Steps | None = None) -> Row | None:
    """Return the question of the first of the exchanges that go with the next message.

    Those are `count`, or more with `steps`. None when all that is above goes along too, or, where that is not
    all here, may do so. `rows` are the last ones of a branch, oldest first; `whole` says that the branch
    begins with them.
    """
    exchanges = full_exchanges(rows)
    if count <= 0 or len(exchanges) < count:
        return None
    first, may_be_above = _first_sent(rows, exchanges, count, steps)
    start = exchanges[first][0]
    return None if may_be_above or (whole and start is rows[0]) else start


def prompt_context(
    system: str,
    rows: Sequence[Row],
    count: int,
    partial: str = "",
    personal: str = "",
    project: str = "",
    *,
    steps: Steps | None = None,
) -> PromptContext:
    """Return what a model is to see of `rows`, a branch, oldest first, that ends in the question to answer.

    That is the latest `count` exchanges, with `steps` perhaps some more, and before them the pinned ones that
    are older.
    """
    *earlier, question = rows
    exchanges = full_exchanges(earlier)
    first, _ = _first_sent(rows, exchanges, count, steps)
    pinned = [exchange for exchange in exchanges[:first] if exchange[0].pinned_at is not None]
    seen = (*pinned, *exchanges[first:])
    return PromptContext(system, seen, len(pinned), question, partial, personal=personal, project=project)
