"""Questions and replies from the nodes of any product: parents first, no circle, no gap, one reply a turn.

A product writes a reply in several nodes (thinking, a tool's call, its result, the words). Here they are one
message, as they are on the product's own page. A question that was never answered gets an empty reply that
says "interrupted", so that it can be retried: in this site every question has a reply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from django.utils import timezone

from chat.core.text import clean
from chat.transfer.imports import losses
from chat.transfer.imports.source import Found, Node, is_plausible

LONGEST_TEXT = 250_000
"""Characters of a message: a page of this site shows that many (conversations/actions.py: A_PAGE)."""

LONGEST_MODEL = 200
"""Characters of a model's name (models/conversations.py)."""

MOST_COPIED = 4
"""Times its nodes, and their text, that the replies of a conversation may have: versions of a reply that
share their first nodes each have the whole text."""

UNANSWERED = ":unanswered"
"""What the id of the empty reply to a question ends with."""


@dataclass(slots=True)
class Row:
    """A message to be. `parent` is the place of its parent among the rows, -1 for a first message."""

    id: str
    parent: int
    role: str
    text: str
    reasoning: str = ""
    model: str = ""
    at: datetime | None = None
    status: str = "complete"
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """The messages of a conversation, parents first; `tip` is the place of the last one in view."""

    rows: list[Row]
    tip: int
    created_at: datetime
    last_activity_at: datetime


@dataclass(slots=True, eq=False)
class _Turn:
    """Nodes of the model's in a row, from the last to the first; `row` where they are a message already."""

    node: Node
    before: _Turn | None
    parent: int
    row: int = -1


def plant(found: Found) -> Tree | None:
    """Return the tree of a conversation, and note in its losses what is not in it. None without any text."""
    grower = _Grower(found)
    grower.grow()
    if not any(row.text or row.reasoning for row in grower.rows):
        found.losses.add(losses.EMPTY)
        return None
    dates = [row.at for row in grower.rows if row.at is not None]
    now = timezone.now()
    created = found.created_at if is_plausible(found.created_at) else min(dates, default=None)
    last = found.last_activity_at if is_plausible(found.last_activity_at) else max(dates, default=None)
    created = created or last or now
    for row in grower.rows:  # parents first, so theirs is known
        row.at = row.at or (grower.rows[row.parent].at if row.parent >= 0 else created)
    return Tree(grower.rows, grower.tip(), created, last or created)


def _in_order(found: Found) -> tuple[list[Node], dict[str, list[Node]]]:
    """Return the first nodes of each branch, and the children of each node by its id."""
    nodes: dict[str, Node] = {}
    for node in found.nodes:
        if node.id in nodes:
            found.losses.add(losses.DUPLICATE)
        else:
            nodes[node.id] = node
    roots: list[Node] = []
    children: dict[str, list[Node]] = {}
    for node in nodes.values():
        if node.parent and node.parent not in nodes:
            found.losses.add(losses.ORPHAN)
        if node.parent in nodes:
            children.setdefault(node.parent, []).append(node)
        else:
            roots.append(node)
    seen: set[str] = set()
    _visit(roots, children, seen)
    for node in nodes.values():  # what no root leads to goes round in a circle
        if node.id not in seen:
            found.losses.add(losses.CYCLE)
            children[node.parent].remove(node)
            roots.append(node)
            _visit([node], children, seen)
    return roots, children


def _visit(roots: Iterable[Node], children: dict[str, list[Node]], seen: set[str]) -> None:
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.id not in seen:
            seen.add(node.id)
            waiting += children.get(node.id, [])


class _Grower:
    """Walks down the nodes of one conversation, without calling itself: a branch may be long."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.rows: list[Row] = []
        self._roots, self._children = _in_order(found)
        self._where: dict[str, int] = {}
        self._unanswered: dict[int, int] = {}
        size = sum(len(node.text) + len(node.reasoning) for node in found.nodes)
        self._left = MOST_COPIED * size
        self._steps = MOST_COPIED * len(found.nodes)

    def grow(self) -> None:
        if self.found.is_ours:
            self._grow_ours()
            return
        waiting: list[tuple[Node, int, _Turn | None]] = [(node, -1, None) for node in reversed(self._roots)]
        while waiting:
            node, parent, turn = waiting.pop()
            if node.role == "user" and node.text:
                parent, turn = self._ask(node, parent, turn), None
            elif node.role == "assistant" and (node.text or node.reasoning):
                turn = _Turn(node, turn, parent)
            below = self._children.get(node.id, [])
            if not below:
                self._where[node.id] = parent if turn is None else self._reply(turn)
            waiting += [(child, parent, turn) for child in reversed(below)]
        asked = [place for place, row in enumerate(self.rows) if row.role == "user"]
        answered = {row.parent for row in self.rows}
        for place in asked:
            if place not in answered:
                self._fill(place)

    def _grow_ours(self) -> None:
        """Take every message as it is, in the order of the file, in which they were made; parents first."""
        number = {node.id: place for place, node in enumerate(self.found.nodes)}
        waiting = [(number[node.id], node, -1) for node in self._roots]
        heapify(waiting)
        while waiting:
            _number, node, parent = heappop(waiting)
            if node.role:
                parent = self._add(node, parent, node.text, node.reasoning, node.model)
            below = self._children.get(node.id, [])
            if not below:
                self._where[node.id] = parent
            for child in below:
                heappush(waiting, (number[child.id], child, parent))

    def tip(self) -> int:
        """Return the place of what was in view, else of the last one."""
        place = self._where.get(self.found.current, len(self.rows) - 1)
        below = {row.parent: number for number, row in enumerate(self.rows)}
        while self.rows[place].role == "user" and place in below:
            place = below[place]
        return place

    def _ask(self, node: Node, parent: int, turn: _Turn | None) -> int:
        if turn is not None:
            parent = self._reply(turn)
        elif parent >= 0 and self.rows[parent].role == "user":
            parent = self._fill(parent)
        return self._add(node, parent, node.text, node.reasoning, node.model)

    def _reply(self, turn: _Turn) -> int:
        """Return the place of the reply that these nodes are, made when it is first needed."""
        if turn.row >= 0:
            return turn.row
        nodes = [turn.node]
        before = turn.before
        while before is not None and self._steps > 0:
            nodes.append(before.node)
            before = before.before
            self._steps -= 1
        nodes.reverse()
        size = sum(len(node.text) + len(node.reasoning) for node in nodes)
        if before is not None or size > self._left:
            nodes = nodes[-1:]
        self._left -= size
        text = "\n\n".join(node.text for node in nodes if node.text)
        reasoning = "\n\n".join(node.reasoning for node in nodes if node.reasoning)
        model = next((node.model for node in reversed(nodes) if node.model), "")
        turn.row = self._add(turn.node, turn.parent, text, reasoning, model)
        return turn.row

    def _fill(self, question: int) -> int:
        """Return the place of the empty reply to a question that was not answered."""
        if question not in self._unanswered:
            row = self.rows[question]
            self.rows.append(
                Row(row.id + UNANSWERED, question, "assistant", "", at=row.at, status="interrupted")
            )
            self._unanswered[question] = len(self.rows) - 1
        return self._unanswered[question]

    def _add(self, node: Node, parent: int, text: str, reasoning: str, model: str) -> int:
        if node.at is not None and not is_plausible(node.at):
            self.found.losses.add(losses.DATE)
            node.at = None
        row = Row(
            id=node.id,
            parent=parent,
            role=node.role,
            text=self._fit(text),
            reasoning=self._fit(reasoning),
            model=clean(model[:LONGEST_MODEL]),
            at=node.at,
            status=node.status if node.role == "assistant" else "complete",
            facts=node.facts,
        )
        self.rows.append(row)
        self._where[node.id] = len(self.rows) - 1
        return self._where[node.id]

    def _fit(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            self.found.losses.add(losses.LONG_TEXT)
            text = text[:LONGEST_TEXT]
        return clean(text)
