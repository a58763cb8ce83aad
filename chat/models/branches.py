"""Walks up the message tree: one recursive query each, whose cost does not grow with the conversation."""

from typing import TypeVar

from django.db import models
from django.db.models.expressions import RawSQL

Row = TypeVar("Row", bound=models.Model)

# Rows one walk may visit beyond those it looks for: enough to step over hundreds of failed answers
WALK_LIMIT = 1000
# Rows that the walk to the oldest pinned one may visit
PIN_WALK_LIMIT = 20_000
# Characters of a context that are ever loaded
MOST_CHARACTERS = 4_000_000

_WALK = """
WITH RECURSIVE walk(id, parent_id, depth) AS (
    SELECT id, parent_id, 1 FROM chat_message WHERE id = %s
    UNION ALL
    SELECT m.id, m.parent_id, walk.depth + 1
    FROM chat_message m JOIN walk ON m.id = walk.parent_id
    WHERE walk.depth < %s
)
"""
_BRANCH = f"{_WALK} SELECT id FROM walk"
# Those that have no more characters together than one may read at once, and the last in any case
_SHORT_BRANCH = f"""
{_WALK}, sized(id, depth, total) AS (
    SELECT m.id, walk.depth, sum(length(m.text) + length(m.reasoning)) OVER (ORDER BY walk.depth)
    FROM walk JOIN chat_message m ON m.id = walk.id
)
SELECT id FROM sized WHERE depth = 1 OR total <= %s
"""

# The pinned questions on the way up from a message, each with what follows it there. A row is older than all
# that follow it, so the walk ends at the oldest pinned one: without any it does not begin.
_PINS = """
pins(id) AS (
    SELECT m.id FROM chat_message tip JOIN chat_message m ON m.conversation_id = tip.conversation_id
    WHERE tip.id = %s AND m.pinned_at IS NOT NULL
),
oldest(id) AS (SELECT min(id) FROM pins),
up(id, parent_id, below, depth) AS (
    SELECT m.id, m.parent_id, m.id, 1 FROM chat_message m JOIN oldest ON m.id > oldest.id WHERE m.id = %s
    UNION ALL
    SELECT m.id, m.parent_id, up.id, up.depth + 1
    FROM up JOIN oldest ON up.id > oldest.id JOIN chat_message m ON m.id = up.parent_id
    WHERE up.depth < %s
),
pinned(question, answer) AS (
    SELECT up.id, up.below FROM up JOIN pins ON pins.id = up.id
    JOIN chat_message a ON a.id = up.below AND a.role = 'assistant'
)
"""

# `answered` tells whether the row just below is an answer that may be shown to the model; an
# exchange counts when its question may be shown too. `usable` is the same rule as context.py's.
_CONTEXT = f"""
WITH RECURSIVE walk(id, parent_id, depth, answered, found) AS (
    SELECT id, parent_id, 1, 0, 0 FROM chat_message WHERE id = %s
    UNION ALL
    SELECT m.id, m.parent_id, walk.depth + 1,
        CASE WHEN m.role = 'assistant' AND m.hidden_at IS NULL AND m.status <> 'running' AND m.text <> ''
             THEN 1 ELSE 0 END,
        walk.found + CASE WHEN m.role = 'user' AND m.hidden_at IS NULL THEN walk.answered ELSE 0 END
    FROM chat_message m JOIN walk ON m.id = walk.parent_id
    WHERE walk.depth < %s AND walk.found < %s
),
{_PINS},
of_pins(id) AS (SELECT question FROM pinned UNION SELECT answer FROM pinned),
sized(id, total) AS (
    SELECT m.id, sum(length(m.text)) OVER (
        ORDER BY CASE WHEN m.id IN (SELECT id FROM of_pins) THEN 0 ELSE 1 END, m.id DESC
    )
    FROM chat_message m WHERE m.id IN (SELECT id FROM walk UNION SELECT id FROM of_pins)
)
SELECT m.id, m.uuid, m.role, m.status, m.hidden_at, m.pinned_at, m.parts, m.heard,
    CASE WHEN sized.total <= %s OR m.id = %s THEN m.text ELSE substr(m.text, 1, 1) END AS text,
    CASE WHEN sized.total <= %s OR m.id = %s THEN 0 ELSE 1 END AS is_clipped
FROM sized JOIN chat_message m ON m.id = sized.id ORDER BY m.id
"""

_PINNED = f"""
WITH RECURSIVE {_PINS}
SELECT q.id FROM pinned JOIN chat_message q ON q.id = pinned.question
JOIN chat_message a ON a.id = pinned.answer
WHERE q.hidden_at IS NULL AND a.hidden_at IS NULL AND a.status <> 'running' AND a.text <> ''
"""

# From a tip up to a message, or to what is older than that where it is not on the way
_UP_TO = """
WITH RECURSIVE up(id, parent_id) AS (
    SELECT id, parent_id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT m.id, m.parent_id FROM chat_message m JOIN up ON m.id = up.parent_id WHERE up.id > %s
)
SELECT id FROM up ORDER BY id DESC
"""

# From a message up to the next one whose depth is written down, or to the first
_DEPTH = """
WITH RECURSIVE up(id, parent_id, depth, distance) AS (
    SELECT id, parent_id, depth, 0 FROM chat_message WHERE id = %s
    UNION ALL
    SELECT m.id, m.parent_id, m.depth, up.distance + 1
    FROM up JOIN chat_message m ON m.id = up.parent_id WHERE up.depth IS NULL
)
SELECT id, COALESCE(depth, 0) + distance AS found FROM up ORDER BY distance DESC LIMIT 1
"""

# Everything that follows; a message's children are younger than it, so the youngest of all is an end
_LATEST = """
WITH RECURSIVE below(id) AS (
    SELECT id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT m.id FROM chat_message m JOIN below ON m.parent_id = below.id
)
SELECT max(id) AS id FROM below
"""


def latest_below(model: type[Row], message_id: int) -> int:
    """Return the id of the youngest message among `message_id` and all that follow it."""
    return int(model._default_manager.raw(_LATEST, [message_id])[0].pk)


def depth_of(model: type[Row], message_id: int) -> int:
    """Return how many messages lead to one. It visits those up to the next that has it in its row."""
    return int(model._default_manager.raw(_DEPTH, [message_id])[0].found)  # type: ignore[attr-defined]


def ids_below(model: type[Row], message_id: int, tip_id: int | None) -> list[int] | None:
    """Return the ids of what follows a message up to `tip_id`, oldest first; None where that does not.

    One query, which visits those rows alone.
    """
    found = [row.pk for row in model._default_manager.raw(_UP_TO, [tip_id, message_id])]
    return found[-2::-1] if found and found[-1] == message_id else None


def branch_to(model: type[Row], tip_id: int, limit: int, characters: int = 0) -> list[Row]:
    """Return the last `limit` rows that lead to `tip_id`, oldest first, with their generations.

    If `characters` is given, the last of those that have no more of them together, and at least one.
    """
    query, bounds = (_SHORT_BRANCH, [characters]) if characters else (_BRANCH, [])
    rows = model._default_manager.filter(pk__in=RawSQL(query, [tip_id, limit, *bounds]))
    # A row is older than all that follow it
    return list(rows.select_related("generation").order_by("pk"))


def context_rows(
    model: type[Row], tip_id: int, exchanges: int, characters: int = MOST_CHARACTERS
) -> list[Row]:
    """Return the rows from `tip_id` up to where `exchanges` full exchanges are found, oldest first, after the
    pinned exchanges that are further up.

    Only uuid, role, text, parts, status, hidden_at, pinned_at and heard are loaded. Of a row that would make
    more than `characters`, pinned ones and then the latest counted first, there is one character
    (`is_clipped`); the last is whole. At most WALK_LIMIT more rows are visited, and PIN_WALK_LIMIT where
    something is pinned.
    """
    limits = [tip_id, WALK_LIMIT + 2 * exchanges, exchanges, tip_id, tip_id, PIN_WALK_LIMIT]
    bounds = [characters, tip_id] * 2
    return list(model._default_manager.raw(_CONTEXT, [*limits, *bounds]))


def count_pinned(model: type[Row], tip_id: int) -> int:
    """Return how many pinned exchanges go with what follows `tip_id`."""
    return len(model._default_manager.raw(_PINNED, [tip_id, tip_id, PIN_WALK_LIMIT]))
