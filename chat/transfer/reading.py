"""Conversations as files have them: their messages read a few at a time, and nothing that is not to leave.

A conversation is first read without its words (`Outline`), which takes some sixty bytes for each message.
Then its messages come in pieces of bounded size, each by a query of its own: a reader that takes its time
holds nothing open in the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce, Length

from chat.core.errors import NotFound
from chat.models import Conversation, Message, Project, User

AT_ONCE = 200
"""Messages that are in memory at a time."""

CHARACTERS_AT_ONCE = 500_000
"""Characters of the messages that are in memory at a time, but for one that is longer."""

MESSAGE_COST = 400
"""What a message adds to the size of a file, in characters, beside what was said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose conversations are meant: those that are named, those of a project, or all of them.

    All include the archived ones. Temporary and deleted ones are in no choice.
    """

    conversations: tuple[UUID, ...] = ()
    project: UUID | None = None

    @classmethod
    def named(cls, conversations: Sequence[str], project: str) -> Choice:
        """Return the choice that texts name, "" for no project. Raises ValueError for what is no UUID."""
        return cls(tuple(map(UUID, conversations)), UUID(project) if project else None)

    def rows(self, user: User) -> QuerySet[Conversation]:
        """Return the conversations, the latest first."""
        found = Conversation.objects.of(user).started()
        if self.project is not None:
            found = found.filter(project__in=Project.objects.of(user).filter(uuid=self.project))
        elif self.conversations:
            found = found.filter(uuid__in=self.conversations)
        return found.latest_first()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was chosen: the ids of the conversations, the latest first, and about how many characters."""

    ids: list[int]
    messages: int
    characters: int


def extent_of(user: User, choice: Choice) -> Extent:
    """Return how much is chosen. Raises NotFound for what is not the person's."""
    rows = choice.rows(user)
    if choice.project is not None and not Project.objects.of(user).filter(uuid=choice.project).exists():
        raise NotFound
    ids = list(rows.values_list("pk", flat=True))
    if not ids and choice.conversations:
        raise NotFound
    messages = Message.objects.filter(conversation__in=rows.order_by().values("pk"))
    said = Coalesce(Sum(Length("text") + Length("reasoning")), 0)
    counted = messages.aggregate(count=Count("pk"), said=said)
    return Extent(ids, counted["count"], counted["said"] + counted["count"] * MESSAGE_COST)


@dataclass(slots=True)
class Outline:
    """A conversation without its words: the ids of its messages, oldest first, and how long each is."""

    sizes: dict[int, int] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, conversation: Conversation) -> Outline:
        """Read it. One query."""
        size = Length("text") + Length("reasoning")
        rows = Message.objects.filter(conversation=conversation).order_by("pk")
        outline = cls()
        for pk, parent, length in rows.values_list("pk", "parent_id", size):
            outline.sizes[pk], outline.parents[pk] = length, parent
        return outline

    def branch_to(self, tip: int | None) -> list[int]:
        """Return the ids of the messages that lead to `tip`, oldest first."""
        found: list[int] = []
        while tip in self.parents and (not found or tip < found[-1]):
            found.append(tip)
            tip = self.parents[tip]
        return found[::-1]

    def versions(self, branch: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return for each message of a branch which of how many versions it is: (2, 3)."""
        families = Counter(self.parents.values())
        wanted = {self.parents[pk]: pk for pk in branch if families[self.parents[pk]] > 1}
        places: dict[int, tuple[int, int]] = {}
        seen: Counter[int | None] = Counter()
        for pk, parent in self.parents.items():
            if parent in wanted:
                seen[parent] += 1
                if wanted[parent] == pk:
                    places[pk] = seen[parent], families[parent]
        return places

    def pieces(self, ids: Sequence[int]) -> Iterator[list[int]]:
        """Return these ids in pieces of AT_ONCE messages and CHARACTERS_AT_ONCE, each at least one."""
        piece: list[int] = []
        characters = 0
        for pk in ids:
            characters += self.sizes[pk]
            if piece and (len(piece) == AT_ONCE or characters > CHARACTERS_AT_ONCE):
                yield piece
                piece, characters = [], self.sizes[pk]
            piece.append(pk)
        if piece:
            yield piece

    def messages(self, ids: Sequence[int], *, with_html: bool = False) -> Iterator[Message]:
        """Return the messages of these ids in their order, with their generations and `parent_uuid`."""
        left_out = ("heard", "client_id", *(() if with_html else ("html", "thinking_html")))
        rows = Message.objects.select_related("generation").defer(*left_out)
        for piece in self.pieces(ids):
            yield from rows.filter(pk__in=piece).annotate(parent_uuid=F("parent__uuid")).order_by("pk")
