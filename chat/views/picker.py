"""The models that a page offers, for its message box."""

from dataclasses import dataclass, field

from django.conf import settings

from chat import offers, replies
from chat.context_processors import own_line, service_line
from chat.models import Conversation, OfferedModel
from chat.models.catalogue import MOST_MODELS

ANY = "{}"
"""Stands for the model's name in a line."""


@dataclass(slots=True)
class Service:
    """The models of one service, and the line that says who answers by one of them."""

    name: str
    line: str
    models: list[OfferedModel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Picker:
    """`services` is empty where there is nothing to choose. `gone` is the label of the one that was chosen
    and is no longer offered; `line` says who answers, "" while that is not known.
    """

    services: list[Service]
    chosen: OfferedModel | None
    default: OfferedModel | None
    gone: str
    line: str


def picker_for(conversation: Conversation | None) -> Picker:
    """What may answer in a conversation, or in a new chat. One query."""
    own = replies.endpoint()
    chosen_id = conversation.model_id if conversation else None
    found = offers.Offers(offers.rows_for(chosen_id), own, own.model if own else settings.OPENAI_MODEL)
    answering, gone = found.answering(chosen_id)
    services: dict[int | None, Service] = {}
    for row in sorted(found.on_offer, key=lambda row: row.provider_id or 0)[:MOST_MODELS]:
        if row.provider_id not in services:
            name = row.provider.name if row.provider else own.label if own else ""
            services[row.provider_id] = Service(name, _line(row, ANY))
        services[row.provider_id].models.append(row)
    is_choice = answering is not None and (len(found.on_offer) > 1 or bool(gone))
    return Picker(
        list(services.values()) if is_choice else [],
        answering,
        found.default,
        gone,
        _line(answering, str(answering)) if answering else "",
    )


def _line(row: OfferedModel, model: str) -> str:
    return service_line(row.provider.name, model) if row.provider else own_line(model)
