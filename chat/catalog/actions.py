"""The models that people may choose: which there are, which answers, and what the providers list."""

import logging
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.catalog.errors import KeyUnreadable, ModelNotOffered
from chat.conversations.actions import conversation_of
from chat.core import text
from chat.core.sealing import Unreadable, unseal, unseal_headers
from chat.models import Conversation, ModelChoice, ModelProvider, OfferedModel, User
from chat.models.catalog import LONGEST_MODEL_NAME, MOST_MODELS, ON_OFFER
from chat.models.model_choices import MOST_RECENT, MOST_STARRED
from chat.provider import Endpoint, Timeouts, is_for_chat
from chat.provider.capabilities import readable
from chat.realtime import layer

logger = logging.getLogger(__name__)

# Columns; what is left out costs more to read than all of these, and there may be hundreds of rows
_NAMED = (
    *("name", "label", "description", "is_offered", "is_default", "gone_at"),
    *("provider__name", "provider__is_enabled", "provider__keeps_prefix"),
)

# As _is_no_stopgap says of a row
_NO_STOPGAP = Q(provider__isnull=False) | Q(is_default=True)


class CatalogSnapshot:
    """The models at one moment, by id.

    `environment` is the provider that the environment names (None if unknown), `environment_model` its model.
    The built-in demo's is on offer while no other is, and where administrators made it the default.
    A row is named by what is in it and never asked for more: no query.
    """

    def __init__(
        self, rows: Iterable[OfferedModel], environment: Endpoint | None, environment_model: str
    ) -> None:
        self.rows = {row.pk: row for row in rows}
        self.on_offer = [row for row in self.rows.values() if is_on_offer(row)]
        is_demo = environment is not None and environment.kind == "demo"
        if is_demo and any(map(_is_no_stopgap, self.on_offer)):
            self.on_offer = list(filter(_is_no_stopgap, self.on_offer))
        self._ids = {row.pk for row in self.on_offer}
        self.default = self._default("" if is_demo else environment_model)

    def answering(self, chosen: int | None) -> tuple[OfferedModel | None, str]:
        """Return what answers where `chosen` was chosen, and the label of that one if it cannot.

        None stands for the model that the environment's provider has without a row.
        """
        row = self.rows.get(chosen) if chosen is not None else None
        if row is None or row.pk in self._ids:
            return row or self.default, ""
        return self.default, str(row)

    def _default(self, environment_model: str) -> OfferedModel | None:
        """Return the administrators' choice, else the environment's, else the first."""
        if chosen := next((row for row in self.on_offer if row.is_default), None):
            return chosen
        if environment_model:
            rows = (row for row in self.rows.values() if row.provider_id is None)
            named = next((row for row in rows if row.name == environment_model), None)
            if named is None:  # not listed yet
                return None
            if is_on_offer(named):
                return named
        return min(self.on_offer, key=lambda row: row.provider_id is not None, default=None)


def _is_no_stopgap(row: OfferedModel) -> bool:
    """Return whether the row is more than a stand-in, on a site whose environment names the demo."""
    return row.provider_id is not None or row.is_default


def is_on_offer(row: OfferedModel) -> bool:
    """Return whether people may choose it now. Needs its provider to be fetched with it."""
    return row.is_offered and row.gone_at is None and (row.provider is None or row.provider.is_enabled)


def all_rows() -> list[OfferedModel]:
    """Return every model, also those that are gone. One query."""
    return list(OfferedModel.objects.select_related("provider"))


def on_offer(environment: Endpoint | None) -> QuerySet[OfferedModel]:
    """Return those that people may choose, with `environment` and the demo's as in CatalogSnapshot."""
    found = _named(ON_OFFER)
    if environment is None or environment.kind != "demo":
        return found
    others = found.filter(_NO_STOPGAP)
    return others if others.exists() else found


def _named(which: Q) -> QuerySet[OfferedModel]:
    return OfferedModel.objects.select_related("provider").filter(which).only(*_NAMED)


def rows_for(chosen: int | None) -> list[OfferedModel]:
    """Return the models on offer, and the one that was chosen if it is not among them.

    They have the columns that lists need. One query.
    """
    return list(_named(ON_OFFER | Q(pk=chosen)))


@transaction.atomic
def choose(user: User, conversation_uuid: uuid.UUID, model: str) -> Conversation:
    """Let a model (the id of its row) answer in a conversation from now on, and in this person's new chats.

    Raises NotFound, or ModelNotOffered for one that is not on offer.
    """
    conversation = conversation_of(user, conversation_uuid)
    found = choose_for_new_chats(user, model)
    Conversation.objects.filter(pk=conversation.pk).update(model=found)
    conversation.model = found
    return conversation


@transaction.atomic
def choose_for_new_chats(user: User, model: str) -> OfferedModel:
    """Let a model (the id of its row) answer in a person's new chats; return it. Raises ModelNotOffered."""
    found = _named_by(model)
    _put_first(user, "recent", found.pk, MOST_RECENT)
    return found


@transaction.atomic
def star(user: User, model: str, *, is_on: bool) -> None:
    """Make a model (the id of its row) a person's favourite, or no longer. Raises ModelNotOffered."""
    _put_first(user, "starred", _named_by(model).pk, MOST_STARRED if is_on else 0)


def _named_by(model: str) -> OfferedModel:
    is_id = model.isascii() and model.isdecimal() and len(model) < 19
    return offered_model(int(model) if is_id else 0)


def offered_model(pk: int) -> OfferedModel:
    """Return the model that has this id. Raises ModelNotOffered for one that is not on offer."""
    found = OfferedModel.objects.filter(ON_OFFER, pk=pk).first()
    if found is None:
        raise ModelNotOffered
    return found


def _put_first(user: User, column: str, model_id: int, most: int) -> None:
    """Put a model in front of `recent` or `starred`, which keeps `most`; with 0 take it out.

    Within a transaction, which holds the row.
    """
    ModelChoice.objects.get_or_create(person=user)
    row = ModelChoice.objects.select_for_update().get(person=user)
    others = [known for known in getattr(row, column) if known != model_id]
    setattr(row, column, [model_id, *others][:most] if most else others)
    row.save(update_fields=[column])


# Providers


def providers() -> list[ModelProvider]:
    """Return those in use. One query."""
    return list(ModelProvider.objects.filter(is_enabled=True))


def endpoint_of(provider: ModelProvider) -> Endpoint:
    """Return where and how it is asked. Raises KeyUnreadable."""
    try:
        key = unseal(provider.sealed_key)
        headers = unseal_headers(provider.sealed_headers)
    except Unreadable as problem:
        raise KeyUnreadable(f"{provider.name}: sealed with another ENCRYPTION_KEY or SECRET_KEY") from problem
    reach: Any = "private" if provider.allow_private else "public"
    return Endpoint(
        "compatible", provider.base_url, key, "", provider.name, headers, reach, provider.keeps_prefix
    )


def keeps_prefix(model: OfferedModel | None) -> bool:
    """Return whether a model's provider is sent what it can reuse. None is of the environment's."""
    provider = model.provider if model else None
    return settings.OPENAI_PROMPT_CACHING if provider is None else provider.keeps_prefix


def timeouts_of(provider: ModelProvider | None) -> Timeouts:
    """Return how long a provider may take; None is the one that the environment names."""
    first = provider.first_token_timeout if provider else None
    pause = provider.pause_timeout if provider else None
    total = provider.reply_timeout if provider else None
    return Timeouts(
        first=first or settings.PROVIDER_FIRST_TOKEN_TIMEOUT,
        between=pause or settings.PROVIDER_PAUSE_TIMEOUT,
        total=total or settings.PROVIDER_REPLY_TIMEOUT,
    )


@transaction.atomic
def note_listing(provider_id: int | None, names: list[str]) -> bool:
    """Keep what a provider (None: the environment's) lists; return whether that was news.

    Models that are new get a row, at most MOST_MODELS a provider; those no longer listed are gone, unless
    they were added by name, and come back with their settings when they are listed again. May be called by
    several processes at once.
    """
    known = {row.name: row for row in OfferedModel.objects.filter(provider=provider_id)}
    listed = list(dict.fromkeys(filter(is_name, names)))
    now = timezone.now()
    current = set(listed)
    current |= {row.name for row in known.values() if row.by_name}
    gone = [row.pk for row in known.values() if row.gone_at is None and row.name not in current]
    back = [row.pk for row in known.values() if row.gone_at is not None and row.name in current]
    room = MOST_MODELS - sum(row.name in current for row in known.values())
    new = [name for name in listed if name not in known][: max(0, room)]
    OfferedModel.objects.filter(pk__in=gone).update(gone_at=now)
    _forget_gone(provider_id, len(known) + len(new) - MOST_MODELS)
    OfferedModel.objects.filter(pk__in=back).update(gone_at=None)
    rows = [OfferedModel(provider_id=provider_id, name=name, is_offered=is_for_chat(name)) for name in new]
    OfferedModel.objects.bulk_create(rows, ignore_conflicts=True)
    provider = ModelProvider.objects.filter(pk__in=[provider_id])
    was_ill = provider.exclude(problem="").exists()
    provider.update(listed_at=now, problem="", problem_detail="")
    return bool(gone or back or new or was_ill)


def note_named(name: str) -> bool:
    """Keep a row for the model that the settings name, of a provider that lists none; whether it is new."""
    row, is_new = OfferedModel.objects.get_or_create(provider=None, name=name[:LONGEST_MODEL_NAME])
    is_back = OfferedModel.objects.filter(pk=row.pk).exclude(gone_at=None).update(gone_at=None)
    return is_new or bool(is_back)


def note_problem(provider_id: int, code: str, detail: str) -> None:
    """Keep why a provider could not be listed: nothing else changes."""
    ModelProvider.objects.filter(pk=provider_id).update(problem=code, problem_detail=detail[:600])


@transaction.atomic
def note_capabilities(provider_id: int | None, name: str, news: dict[str, str]) -> None:
    """Keep what was learnt of a model (chat/provider/capabilities.py), beside what is kept of it.

    One of the environment's provider gets a row if it has none yet; a model that is removed gets none.
    """
    rows = OfferedModel.objects.select_for_update()
    if provider_id is None and is_name(name):
        rows.get_or_create(provider=None, name=name)
    for row in rows.filter(provider=provider_id, name=name):
        OfferedModel.objects.filter(pk=row.pk).update(capabilities=readable(row.capabilities) | news)


def forget_capabilities(which: QuerySet[OfferedModel]) -> None:
    """Let them be asked with every parameter again, by every process."""
    which.update(capabilities={})
    layer.announce_models()


def make_default(model: OfferedModel) -> None:
    """Let this one answer where nobody has chosen, in place of the one before. Raises ModelNotOffered."""
    with transaction.atomic():
        found = OfferedModel.objects.select_related("provider").get(pk=model.pk)
        if not is_on_offer(found):
            raise ModelNotOffered
        OfferedModel.objects.filter(is_default=True).update(is_default=False)
        OfferedModel.objects.filter(pk=model.pk).update(is_default=True)
        layer.announce_models()


def is_name(name: str) -> bool:
    """Return whether a provider's name for a model can be kept and read: one line, all of it visible."""
    return 0 < len(name) <= LONGEST_MODEL_NAME and not text.is_blank(name) and not text.has_hidden(name)


def _forget_gone(provider_id: int | None, excess: int) -> None:
    """Remove the rows that have been gone for longest, so that a provider never has more than MOST_MODELS."""
    if excess > 0:
        gone = (
            OfferedModel.objects.filter(provider=provider_id).exclude(gone_at=None).order_by("gone_at", "pk")
        )
        OfferedModel.objects.filter(pk__in=[row.pk for row in gone[:excess]]).delete()
