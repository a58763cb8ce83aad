"""The models that a page offers, for its message box, and how one is chosen."""

import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.catalog.status_lines import environment_line, named_provider_line
from chat.conversations import actions as conversations
from chat.models import Conversation, OfferedModel
from chat.models.catalog import MOST_MODELS
from chat.provider import service_name
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script

ANY = "{}"
"""Stands for the model's name in a line."""

FEW = 30
"""Models that every chat page carries; of more it has only those in use, until somebody wants to choose."""


@dataclass(slots=True)
class ProviderModels:
    """The models of one provider, and the line that says who answers by one of them."""

    name: str
    line: str
    models: list[OfferedModel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Picker:
    """The models that a page offers.

    `providers` is empty where there is nothing to choose, and has not all models if not `is_whole`. `gone`
    is the label of the one that was chosen and is no longer offered; `line` says who answers, "" while that
    is not known.
    """

    providers: list[ProviderModels]
    is_whole: bool
    chosen: OfferedModel | None
    default: OfferedModel | None
    gone: str
    line: str


@member_view("GET")
def model_options(request: MemberRequest) -> HttpResponse:
    """Return all that a new chat may be answered by, for the picker of its page."""
    return render(request, "catalog/_model_options.html", {"models": picker_for(None, whole=True)})


@member_view("GET", "POST")
def conversation_model(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET all that may answer: a page, or the options of the picker. POST model, the id of its row."""
    if request.method == "POST":
        found = catalog.choose(request.user, conversation_uuid, request.POST.get("model", ""))
        if is_script(request):
            return HttpResponse(status=204)
        return HttpResponseRedirect(found.get_absolute_url(), status=303)
    found = conversations.conversation_of(request.user, conversation_uuid)
    template = "catalog/_model_options.html" if is_script(request) else "catalog/model.html"
    context = {"models": picker_for(found, whole=True), "back": found.get_absolute_url()}
    return render(request, template, context)


def picker_for(conversation: Conversation | None, *, whole: bool = False) -> Picker:
    """Return what may answer in a conversation, or in a new chat: all, or only those in use if that is many.

    One query.
    """
    endpoint = environment.endpoint()
    chosen_id = conversation.model_id if conversation else None
    found = catalog.CatalogSnapshot(
        catalog.rows_for(chosen_id), endpoint, endpoint.model if endpoint else settings.OPENAI_MODEL
    )
    answering, gone = found.answering(chosen_id)
    is_choice = answering is not None and (len(found.on_offer) > 1 or bool(gone))
    is_whole = whole or len(found.on_offer) <= FEW
    in_use = {answering, found.default}
    shown = [row for row in found.on_offer if is_whole or row in in_use]
    return Picker(
        _by_provider(shown, service_name(endpoint.label) if endpoint else "") if is_choice else [],
        is_whole,
        answering,
        found.default,
        gone,
        _line(answering, str(answering)) if answering else "",
    )


def _by_provider(rows: list[OfferedModel], environment_name: str) -> list[ProviderModels]:
    providers: dict[int | None, ProviderModels] = {}
    for row in sorted(rows, key=lambda row: row.provider_id or 0)[:MOST_MODELS]:
        if row.provider_id not in providers:
            name = row.provider.name if row.provider else environment_name
            providers[row.provider_id] = ProviderModels(name, _line(row, ANY))
        providers[row.provider_id].models.append(row)
    return list(providers.values())


def _line(row: OfferedModel, model: str) -> str:
    return named_provider_line(row.provider.name, model) if row.provider else environment_line(model)
