"""The models that a page offers, for the message box: which answers, and what else may be chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.catalog.actions import CatalogSnapshot
from chat.catalog.status_lines import environment_line, named_provider_line
from chat.models import Conversation, ModelChoice, OfferedModel, User
from chat.models.catalog import MOST_MODELS
from chat.provider import service_name


@dataclass(frozen=True, slots=True)
class Picker:
    """What answers, as the message box shows it.

    `is_choice` is False where nothing else may be chosen. `gone` is the label of what was chosen for the
    conversation, or by the person for new chats, if that is no longer offered. `line` says
    who answers, "" while that is not known; at `url` one is chosen. `choice` is what a new chat that is begun
    here is to keep: the id of the model, 0 for the site's default whichever that is.
    """

    is_choice: bool
    chosen: OfferedModel | None
    default: OfferedModel | None
    gone: str
    line: str
    url: str
    choice: int


@dataclass(frozen=True, slots=True)
class ModelOption:
    """A model that may be chosen; `provider` is "" where there is only one."""

    row: OfferedModel
    provider: str
    is_default: bool
    is_starred: bool


@dataclass(slots=True)
class ModelGroup:
    """Models under one heading. Favourites and recent ones (`is_mixed`) may be of several providers."""

    name: str
    options: list[ModelOption] = field(default_factory=list)
    is_mixed: bool = False


def picker_for(user: User, conversation: Conversation | None, usual: int | None = None) -> Picker:
    """Return what answers in a conversation, or in a new chat of this person. Two queries at most.

    A new chat begins with the model `usual`, without that with the one that was chosen last.
    """
    chosen_id = conversation.model_id if conversation else usual or _last_of(user)
    found = _snapshot(chosen_id)
    answering, gone = found.answering(chosen_id)
    is_choice = answering is not None and (len(found.on_offer) > 1 or bool(gone))
    line = _line(answering) if answering else ""
    url = reverse("conversation_model", args=[conversation.uuid]) if conversation else reverse("models")
    choice = chosen_id if chosen_id and answering and answering.pk == chosen_id else 0
    return Picker(is_choice, answering, found.default, gone, line, url, choice)


def groups_by_provider() -> list[ModelGroup]:
    """Return all that may be chosen, by provider. One query."""
    return _by_provider(_options(_snapshot(None), set()))


def groups_for(user: User) -> list[ModelGroup]:
    """Return all that may be chosen: favourites, what this person chose last, the rest by provider.

    Each model is there once. Two queries.
    """
    found, choice = _snapshot(None), ModelChoice.of(user.pk)
    options = {option.row.pk: option for option in _options(found, set(choice.starred))}
    starred = [options.pop(pk) for pk in choice.starred if pk in options]
    recent = [options.pop(pk) for pk in choice.recent if pk in options]
    groups = [
        ModelGroup(_("Favourites"), starred, is_mixed=True),
        ModelGroup(pgettext("models", "Recent"), recent, is_mixed=True),
        *_by_provider(options.values()),
    ]
    return [group for group in groups if group.options]


def _last_of(user: User) -> int | None:
    recent = ModelChoice.objects.filter(person=user).values_list("recent", flat=True).first()
    return recent[0] if recent else None


def _snapshot(chosen_id: int | None) -> CatalogSnapshot:
    endpoint = environment.endpoint()
    model = endpoint.model if endpoint else settings.OPENAI_MODEL
    return CatalogSnapshot(catalog.rows_for(chosen_id), endpoint, model)


def _options(found: CatalogSnapshot, starred: set[int]) -> list[ModelOption]:
    """Return at most MOST_MODELS, those of the environment's provider first."""
    rows = sorted(found.on_offer, key=lambda row: row.provider_id or 0)[:MOST_MODELS]
    several = len({row.provider_id for row in rows}) > 1
    return [
        ModelOption(row, _provider_name(row) if several else "", row == found.default, row.pk in starred)
        for row in rows
    ]


def _by_provider(options: Iterable[ModelOption]) -> list[ModelGroup]:
    groups: dict[int | None, ModelGroup] = {}
    for option in options:
        provider_id = option.row.provider_id
        groups.setdefault(provider_id, ModelGroup(_provider_name(option.row))).options.append(option)
    return list(groups.values())


def _provider_name(row: OfferedModel) -> str:
    if row.provider:
        return row.provider.name
    endpoint = environment.endpoint()
    return service_name(endpoint.label) if endpoint else ""


def _line(row: OfferedModel) -> str:
    if row.provider:
        return named_provider_line(row.provider.name, str(row))
    return environment_line(str(row))
