"""What was sent to a model for an answer, as its reader may see it."""

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models.functions import Left

from chat.conversations.actions import message_of
from chat.conversations.context import interruption
from chat.core.errors import NotFound
from chat.core.instructions import CONTINUE
from chat.models import Message, ModelRequest, Role, Status, User
from chat.models.generations import generation_of
from chat.provider import service_name
from chat.provider.capabilities import NEWER
from chat.provider.parameters import labels

MILLION = 1_000_000
_OURS = {newer: name for name, newer in NEWER.items()}

MOST_REQUESTS = 5
"""Requests of one answer that are shown: a person may continue it as often as they like."""

LONGEST_PART = 4000
"""Characters of a message that are shown; the whole of it has an address of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a request. `kind` is system, personal (what the reader tells every model) and project
    (what they tell it in a project), which stand at the end of the instructions, user, assistant, continue
    (what asks to write on), or interrupted (what tells, at the start of the message after it, how far an
    answer was heard).

    Instructions that are folded went into the first question, since the model has no role for them.
    `text` is None where a moderator has hidden the message since, and for another person's instructions. Of a
    message of the conversation that is longer than LONGEST_PART it is the beginning, and `whole` its message.
    """

    kind: str
    text: str | None
    is_pinned: bool = False
    is_folded: bool = False
    whole: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: its row, what it said, and what follows from the row's figures (None if not known)."""

    request: ModelRequest
    parts: list[Part]

    @property
    def provider(self) -> str:
        """Its name, in the active language."""
        return service_name(self.request.provider)

    @property
    def parameters(self) -> list[tuple[str, str, str]]:
        """What people call each, its name and its value as they went out: JSON, but for words, which need no
        quotation marks.
        """
        return [
            (
                labels(_OURS.get(name, name)),
                name,
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
            )
            for name, value in self.request.parameters.items()
        ]

    @property
    def tokens_per_second(self) -> float | None:
        """From the first token to the end."""
        row = self.request
        if not row.tokens_out or row.first_token_ms is None or row.total_ms is None:
            return None
        seconds = (row.total_ms - row.first_token_ms) / 1000
        return row.tokens_out / seconds if seconds > 0 else None

    @property
    def cost(self) -> Decimal | None:
        """In the currency of the prices. What came from a cache has a price of its own, if one was set."""
        row = self.request
        if row.price_in is None or row.price_out is None or row.tokens_in is None or row.tokens_out is None:
            return None
        cached = min(row.tokens_cached or 0, row.tokens_in)
        price_cached = row.price_in if row.price_cached is None else row.price_cached
        read = row.price_in * (row.tokens_in - cached) + price_cached * cached
        return (read + row.price_out * row.tokens_out) / MILLION


def sent_for(user: User, reply_uuid: uuid.UUID) -> tuple[Message, list[Sent]]:
    """Return a person's answer, and its latest requests, the first one first.

    There are none where they are not recorded.

    Raises NotFound, also for a hidden answer. Three queries.
    """
    reply = message_of(user, reply_uuid)
    if reply.role != Role.ASSISTANT or reply.is_hidden:
        raise NotFound
    requests = list(reply.model_requests.order_by("-pk")[:MOST_REQUESTS])[::-1]
    wanted = {pk for request in requests for pk in request.message_ids}
    rows = Message.objects.filter(conversation=reply.conversation_id, pk__in=wanted)
    rows = rows.annotate(beginning=Left("text", LONGEST_PART + 1))
    messages = {row.pk: row for row in rows.only("uuid", "role", "hidden_at", "heard")}
    return reply, [Sent(request, _parts(request, reply, messages)) for request in requests]


def context_starts_at(reply: Message) -> uuid.UUID | None:
    """Return the first message that the model saw for a stored answer, if exchanges were left out.

    Pinned ones do not count. Two queries then, none as a rule.
    """
    if reply.role != Role.ASSISTANT or reply.is_hidden or reply.status in {Status.RUNNING, Status.FAILED}:
        return None
    if not generation_of(reply).truncated_exchanges:
        return None
    request = reply.model_requests.last()
    first = request.message_ids[request.pinned :][:1] if request else []
    rows = Message.objects.filter(conversation=reply.conversation_id, pk__in=first)
    return rows.values_list("uuid", flat=True).first()


def _parts(request: ModelRequest, reply: Message, messages: dict[int, Any]) -> list[Part]:
    system = request.system if request.system_is_open else None
    parts = [Part("system", system, is_folded=request.system_is_folded)] if request.system else []
    for kind, words in (("personal", request.personal), ("project", request.project)):
        if words:
            parts.append(Part(kind, words, is_folded=request.system_is_folded and not parts))
    for place, pk in enumerate(request.message_ids):
        row, before = messages.get(pk), messages.get(request.message_ids[place - 1]) if place else None
        if row is not None:
            if before is not None and (remark := interruption(before, row)):
                parts.append(Part("interrupted", None if before.is_hidden else remark))
            parts.append(_part(row, None if row.is_hidden else row.beginning, place < request.pinned))
    if request.partial:
        parts += [_part(reply, reply.text[: request.partial]), Part("continue", CONTINUE)]
    return parts


def _part(row: Message, text: str | None, is_pinned: bool = False) -> Part:
    if text is None or len(text) <= LONGEST_PART:
        return Part(row.role, text, is_pinned)
    return Part(row.role, text[:LONGEST_PART], is_pinned, whole=row.uuid)
