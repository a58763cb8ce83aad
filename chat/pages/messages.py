"""The messages of a page: the rows of a branch with all that is told of them, and the HTML of one."""

from typing import Any

from django.template.loader import render_to_string

from chat.conversations.context import Steps, context_start
from chat.conversations.presenter import ContextLine, ShownMessage, present
from chat.feedback.actions import ratings_among
from chat.models import Conversation, Message, Status
from chat.moderation.actions import reported_among
from chat.personas.actions import switches
from chat.replies.request_log import context_starts_at

MESSAGES_A_PAGE = 30
MESSAGES_AT_MOST = 400
"""Messages of a page that has those from one of them on."""


def present_branch(
    conversation: Conversation, rows: list[Message], *, in_steps: bool = False
) -> list[ShownMessage]:
    """Return the rows of its branch in view, oldest first, as its page shows them.

    `in_steps` says that what answers in it keeps prefixes.
    """
    siblings, reported, switched = Message.siblings_of(rows), reported_among(rows), switches(rows)
    ratings = ratings_among(rows)
    told: dict[int, dict[str, Any]] = {}
    depth = rows[-1].get_depth() if rows and in_steps else None
    if rows and rows[-1].pk == conversation.tip_id:
        told = _context_line(conversation, rows, depth)
    if rows:  # from which the page's script counts on
        told.setdefault(rows[-1].pk, {})["depth"] = depth
    return [
        present(
            row,
            siblings=siblings[row.pk],
            is_reported=row.pk in reported,
            rating=ratings.get(row.pk, ""),
            switched_to=switched.get(row.pk),
            **told.get(row.pk, {}),
        )
        for row in rows
    ]


def _context_line(
    conversation: Conversation, rows: list[Message], depth: int | None
) -> dict[int, dict[str, Any]]:
    """Return what is told of the context, by the messages at which it is; as in thread/markers.js.

    `depth` is the last row's where the context moves on in steps.
    """
    tip = rows[-1]
    if start := context_starts_at(tip):
        first = {row.pk: _line("shortened") for row in rows if row.uuid == start}
        return first | {tip.pk: {"context_starts_at": start}}
    if conversation.context_exchanges == 0 and tip.status != Status.RUNNING:
        return {tip.pk: _line("nothing")}
    count = conversation.context_exchanges
    steps = None if depth is None else Steps.of(count, depth)
    begins = context_start(rows, count, whole=rows[0].parent_id is None, steps=steps)
    return {begins.pk: _line("starts")} if begins else {}


def _line(kind: ContextLine) -> dict[str, Any]:
    return {"context_line": kind}


def article(message: Message) -> str:
    """Return the HTML of a message as its page has it, but for the lines that its neighbours make."""
    shown = present(
        message,
        siblings=Message.siblings_of([message])[message.pk],
        is_reported=bool(reported_among([message])),
        rating=ratings_among([message]).get(message.pk, ""),
        context_starts_at=context_starts_at(message),
        depth=message.depth,
    )
    return render_to_string("pages/_message.html", {"message": shown})
