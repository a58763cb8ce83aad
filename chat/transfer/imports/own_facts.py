"""What only a file of our own says of conversations and replies (docs/export-format.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chat.conversations.actions import MOST_EXCHANGES
from chat.core.fields import longest
from chat.core.text import clean
from chat.models import Conversation, Generation, Message, OfferedModel, Project, Role
from chat.models.projects import DEFAULT_ICON, ICONS
from chat.projects.emoji import is_emoji
from chat.projects.errors import MOST_PROJECTS
from chat.provider import parameters
from chat.provider.errors import BadParameter
from chat.transfer.imports.source import is_plausible, map_of, moment_of, text_of

_TIMES = ("first_token_ms", "thinking_ms", "total_ms")
# Fields of a reply by what the file calls them
_OF_REPLIES = {
    "finish_reason": "finish_reason",
    "model_label": "model_label",
    "requested_model": "requested_model",
    "persona_name": "persona",
}
_MOST = 2**31 - 1


def adjust(conversation: Conversation, facts: dict[str, Any]) -> None:
    """Give a conversation its persona's name, parameters, model and project, as far as they are here."""
    conversation.persona_name = _text(facts, "persona", longest(Conversation, "persona_name"))
    conversation.archived_at = _when(facts, "archived_at", conversation)
    conversation.pinned_at = _when(facts, "pinned_at", conversation)
    exchanges = facts.get("context_exchanges")
    if type(exchanges) is int and 0 <= exchanges <= MOST_EXCHANGES:
        conversation.exchanges = exchanges
    try:
        conversation.parameters = parameters.check(map_of(facts.get("parameters")))
    except BadParameter:
        conversation.parameters = {}
    if model := _text(facts, "model", longest(OfferedModel, "name")):
        offered = OfferedModel.objects.filter(name=model, is_offered=True, gone_at=None)
        conversation.model = offered.order_by("position", "pk").first()
    if isinstance(facts.get("project"), dict):
        conversation.project = _project(conversation, facts["project"])


def _when(facts: dict[str, Any], name: str, conversation: Conversation) -> datetime | None:
    found = moment_of(facts.get(name))
    return found if found is None or is_plausible(found) else conversation.last_activity_at


def _project(conversation: Conversation, facts: dict[str, Any]) -> Project | None:
    """Return the owner's project of this name, made if there is none, and room for it."""
    name = " ".join(_text(facts, "name", longest(Project, "name")).split())
    if not name:
        return None
    theirs = Project.objects.of(conversation.owner)
    known = theirs.filter(name=name).order_by("pk").first()
    if known or theirs.count() >= MOST_PROJECTS:
        return known
    icon = _text(facts, "icon", longest(Project, "icon"))
    return Project.objects.create(
        owner=conversation.owner,
        name=name,
        icon=icon if icon in ICONS or is_emoji(icon) else DEFAULT_ICON,
        instructions=_text(facts, "instructions", longest(Project, "instructions")),
    )


def of_message(role: str, written_at: datetime, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a file of ours says of a message beyond what all say: fields of its row."""
    found: dict[str, Any] = {}
    pinned = moment_of(facts.get("pinned_at"))
    if role == Role.USER and is_plausible(pinned):
        found["pinned_at"] = pinned
    if facts.get("hidden") is True:
        found["hidden_at"] = written_at
    if role == Role.ASSISTANT:
        for name, fact in _OF_REPLIES.items():
            found[name] = _text(facts, fact, longest(Message, name))
    return found


def of_generation(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of the generation of a reply that was written elsewhere: fields of its row."""
    usage = map_of(facts.get("usage"))
    found: dict[str, Any] = {name: _count(usage.get(name)) for name in _TIMES}
    found["error"] = _text(facts, "error", longest(Generation, "error"))
    found["tokens_in"] = _count(usage.get("input_tokens"))
    found["tokens_out"] = _count(usage.get("output_tokens"))
    found["tokens_cached"] = _count(usage.get("cached_tokens"))
    return found


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST else None


def _text(facts: dict[str, Any], name: str, most: int) -> str:
    return clean(text_of(facts.get(name)))[:most]
