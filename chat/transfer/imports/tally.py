"""How many conversations and messages a file has, what becomes of them, and what stays behind."""

from __future__ import annotations

from datetime import date
from typing import Any

from chat.transfer.imports.source import Found, Losses
from chat.transfer.imports.tree import Tree

NEW, GROWN, SAME, DELETED = "new", "grown", "same", "deleted"
OUTCOMES = (NEW, GROWN, SAME, DELETED)
"""What a conversation of a file is here: not there, there with fewer messages, there, or deleted by its
owner."""


class Tally:
    """Counts, as they are kept in an import's `preview` and `report` and in its job's state.

    `outcomes` are the conversations of the file by what they are here, `taken` those that came or grew,
    `messages` all of the file's and `added` those that are not here. `products` and `losses` count by name;
    `skipped` are things that are no conversation; `first` and `last` days in ISO 8601.
    """

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        stored = stored or {}
        self.outcomes: dict[str, int] = {name: stored.get(name, 0) for name in OUTCOMES}
        self.messages: int = stored.get("messages", 0)
        self.added: int = stored.get("added", 0)
        self.taken: int = stored.get("taken", 0)
        self.skipped: int = stored.get("skipped", 0)
        self.notes: int = stored.get("notes", 0)
        self.products: dict[str, int] = dict(stored.get("products", {}))
        self.losses: dict[str, int] = dict(stored.get("losses", {}))
        self.first: str = stored.get("first", "")
        self.last: str = stored.get("last", "")

    @property
    def conversations(self) -> int:
        """How many conversations the file has."""
        return sum(self.outcomes.values())

    @property
    def begun(self) -> date | None:
        """The day of the first conversation."""
        return date.fromisoformat(self.first) if self.first else None

    @property
    def ended(self) -> date | None:
        """The day of the latest activity."""
        return date.fromisoformat(self.last) if self.last else None

    @property
    def total(self) -> int:
        """How many things the file has, conversations or not."""
        return self.conversations + self.skipped

    def add(self, found: Found, tree: Tree, outcome: str, added: int) -> None:
        """Count a conversation, of which `added` messages are new; what stays behind, unless it is here."""
        self.outcomes[outcome] += 1
        self.products[found.source] = self.products.get(found.source, 0) + 1
        self.messages += len(tree.rows)
        self.added += added
        begun, ended = tree.created_at.date().isoformat(), tree.last_activity_at.date().isoformat()
        self.first, self.last = min(self.first or begun, begun), max(self.last, ended)
        if outcome != SAME:
            self._lose(found.losses)

    def skip(self, losses: Losses) -> None:
        """Count something that is no conversation, and why."""
        self.skipped += 1
        self._lose(losses)

    def _lose(self, losses: Losses) -> None:
        for kind, loss in losses.items():
            self.losses[kind] = self.losses.get(kind, 0) + loss.count

    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            **self.outcomes,
            "messages": self.messages,
            "added": self.added,
            "taken": self.taken,
            "skipped": self.skipped,
            "notes": self.notes,
            "products": self.products,
            "losses": self.losses,
            "first": self.first,
            "last": self.last,
        }
