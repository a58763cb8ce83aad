"""Whom people talk to: personas of their own, those of the site, and what others share with everybody.

A persona is reached through whoever may see it. What it tells the model is for its owner and for who
approves it; others may talk to it, and neither read nor copy that.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from chat.conversations import actions as conversations
from chat.conversations.placeholders import fill_placeholders
from chat.core.errors import NotFound, Suspended
from chat.models import Conversation, Message, Persona, Role, User, soft_delete
from chat.moderation import actions as moderation
from chat.moderation import audit
from chat.moderation.audit import Action
from chat.personas.builtin import BUILTINS
from chat.personas.errors import MOST_PERSONAS, PersonaChanged, TooManyPersonas

A_PAGE = 36
"""Personas of one's own, and as many shared ones, that the gallery shows at once."""

A_MENU = 200
"""As many in the menu of the chat page, which has no second page: the gallery has the rest."""

LONGEST_SEARCH = 100
"""Characters of a search that count."""

_LAST_PAGE = 1000
# What a list of them does without: it is long, and most readers may not see it
_UNLISTED = ("picture", "instructions", "parameters")
_OFFERED = {Persona.Sharing.ASKED, Persona.Sharing.SHARED}


@dataclass(frozen=True, slots=True)
class Gallery:
    """One page of who may be chosen; `next_page` is the number of the next one, 0 when there is none."""

    own: list[Persona]
    shared: list[Persona]
    builtin: list[Persona]
    next_page: int


def gallery(user: User, words: str = "", page: int = 1, count: int = A_PAGE) -> Gallery:
    """Return whom this person may choose whose name or description holds `words`. Three queries.

    `count` are on a page, of one's own as of others'.
    """
    words = words.strip()[:LONGEST_SEARCH]
    rows = _listed(Persona.objects.all())
    found = Q(name__icontains=words) | Q(description__icontains=words) if words else Q()
    page = max(1, min(page, _LAST_PAGE))
    place = slice((page - 1) * count, page * count + 1)
    mine = list(rows.filter(found, owner=user).order_by("name", "id")[place])
    others = rows.filter(found, sharing=Persona.Sharing.SHARED, builtin__isnull=True).exclude(owner=user)
    shared = list(others.order_by("name", "id")[place])
    return Gallery(
        own=mine[:count],
        shared=shared[:count],
        builtin=_builtin(rows, words) if page == 1 else [],
        next_page=page + 1 if max(len(mine), len(shared)) > count else 0,
    )


def get_owned(user: User, persona_uuid: uuid.UUID) -> Persona:
    """Return one of this person's personas, whole. Raises NotFound, for another's as for a random id."""
    found = _with_picture(Persona.objects.filter(owner=user, uuid=persona_uuid)).defer("picture").first()
    if found is None:
        raise NotFound
    return found


def picture(user: User, persona_uuid: uuid.UUID) -> bytes:
    """Return the WebP of a persona that a person may choose or approve. Raises NotFound, also without one."""
    rows = Persona.objects.filter(uuid=persona_uuid)
    found = (rows & _visible(user)).values_list("picture", flat=True).first()
    if found is None and moderation.is_allowed(user, "chat.approve_persona"):
        found = (rows & to_decide_on()).values_list("picture", flat=True).first()
    if not found:
        raise NotFound
    return bytes(found)


def active_persona(user: User, conversation: Conversation) -> Persona | None:
    """Return who answers in a conversation, as far as the person may still see it; None for nobody.

    It greets this person: its placeholders are filled in. It is not to be saved.
    """
    found = visible_persona(user, conversation.persona_id)
    if found is None:
        return None
    found.opening = fill_placeholders(found.opening, user)
    found.starters = [fill_placeholders(starter, user) for starter in found.starters]
    return found


def visible_persona(user: User, persona_id: int | None) -> Persona | None:
    """Return the persona if this person may choose it now, in their language; None for nobody."""
    found = _listed(_visible(user)).filter(pk=persona_id).first() if persona_id else None
    return localized(found) if found else None


def choosable(user: User) -> list[Persona]:
    """Return all whom this person may choose, up to A_MENU of their own and of others'."""
    found = gallery(user, count=A_MENU)
    return [*found.own, *found.builtin, *found.shared]


@transaction.atomic
def create(user: User, fields: dict[str, Any]) -> Persona:
    """Return a new persona, for its owner alone. `fields` are checked columns. Raises TooManyPersonas."""
    _check_room(user)
    return Persona.objects.create(owner=user, **fields)


@transaction.atomic
def change(user: User, persona_uuid: uuid.UUID, fields: dict[str, Any]) -> Persona:
    """Give a persona other columns. One that is shared waits for approval again, for what it is now.

    Raises NotFound.
    """
    persona = Persona.objects.select_for_update().filter(owner=user, uuid=persona_uuid).first()
    if persona is None:
        raise NotFound
    for name, value in fields.items():
        setattr(persona, name, value)
    if persona.sharing == Persona.Sharing.SHARED:
        persona.sharing, persona.decision_unseen = Persona.Sharing.ASKED, False
    persona.save()
    return persona


@transaction.atomic
def duplicate(user: User, persona_uuid: uuid.UUID) -> Persona:
    """Return a copy of one's own, or of one of the site's. Raises NotFound for others', and TooManyPersonas.

    A copy of somebody else's would tell its instructions.
    """
    mine = Q(owner=user) | Q(builtin__isnull=False)
    persona = Persona.objects.filter(mine, uuid=persona_uuid).first()
    if persona is None:
        raise NotFound
    _check_room(user)
    localized(persona)
    name = gettext("Copy of %(name)s") % {"name": persona.name}
    kept = ("emoji", "picture", "description", "instructions", "opening", "starters", "model", "parameters")
    fields = {column: getattr(persona, column) for column in kept}
    return Persona.objects.create(
        owner=user, name=name[: Persona._meta.get_field("name").max_length], **fields
    )


def delete(user: User, persona_uuid: uuid.UUID) -> Persona:
    """Take a persona away, and give it; `restore` brings it back for UNDO_WINDOW. Raises NotFound.

    Conversations with it go on with what it was.
    """
    persona = get_owned(user, persona_uuid)
    soft_delete.delete(persona)
    return persona


@transaction.atomic
def restore(user: User, persona_uuid: uuid.UUID) -> Persona:
    """Bring a deleted persona back, as it was shared. Raises NotFound, and TooManyPersonas."""
    rows = Persona.with_deleted.filter(owner=user, uuid=persona_uuid)
    if soft_delete.restorable(rows).exists():
        _check_room(user)
        soft_delete.restore(rows)
    return get_owned(user, persona_uuid)


def request_sharing(user: User, persona_uuid: uuid.UUID) -> None:
    """Ask that everybody may choose it. Raises NotFound, and Suspended for who may not speak to others."""
    if user.is_suspended:
        raise Suspended(user.suspended_until, user.suspension_reason)
    _share(user, persona_uuid, {Persona.Sharing.PRIVATE, Persona.Sharing.REFUSED}, Persona.Sharing.ASKED)


def withdraw(user: User, persona_uuid: uuid.UUID) -> None:
    """Keep it for oneself again. Raises NotFound."""
    _share(user, persona_uuid, _OFFERED, Persona.Sharing.PRIVATE)


def unseen_decisions(user: User) -> list[Persona]:
    """Return a person's personas that an administrator has decided on since they were last told."""
    return list(Persona.objects.filter(owner=user, decision_unseen=True).only("name", "sharing", "reason"))


def mark_decisions_seen(decided: list[Persona]) -> None:
    """Note that their owner knows of them now; of what was decided meanwhile not yet."""
    for row in decided:
        unchanged = Persona.objects.filter(pk=row.pk, sharing=row.sharing, reason=row.reason)
        unchanged.update(decision_unseen=False)


def to_decide_on() -> QuerySet[Persona]:
    """Return what administrators see: what waits for approval, and what has it; nobody's private ones."""
    return _with_picture(Persona.objects.filter(sharing__in=_OFFERED, owner__isnull=False)).defer("picture")


def approve(persona: Persona, by: User, seen: datetime) -> None:
    """Let everybody choose a persona that waits for it, as it was at `seen`, its last change.

    Raises PersonaChanged when it is not the same any more.
    """
    _decide(persona, by, seen, {Persona.Sharing.ASKED}, Persona.Sharing.SHARED)


def refuse(persona: Persona, by: User, seen: datetime, reason: str = "") -> None:
    """Leave a persona to its owner alone, who reads the reason. Raises PersonaChanged, as `approve`."""
    _decide(persona, by, seen, _OFFERED, Persona.Sharing.REFUSED, reason)


@transaction.atomic
def choose(user: User, conversation_uuid: uuid.UUID, persona_uuid: uuid.UUID | None) -> Conversation:
    """Let a conversation be with this persona, as it is now, from its next answer on; None is nobody special.

    Its parameters come with it, and its model if it has one of its own. Raises NotFound.
    """
    conversation = conversations.conversation_of(user, conversation_uuid)
    if persona_uuid is None:
        conversation.persona, conversation.persona_name = None, ""
        conversation.instructions, conversation.parameters = "", {}
        conversation.instructions_are_open = True
    else:
        persona = localized(_chosen(user, persona_uuid))
        conversation.persona, conversation.persona_name = persona, persona.name
        conversation.instructions, conversation.parameters = persona.instructions, persona.parameters
        conversation.instructions_are_open = persona.owner_id in {None, user.pk}
        conversation.model_id = persona.model_id or conversation.model_id
    changed = ["persona", "persona_name", "instructions", "instructions_are_open", "parameters", "model"]
    conversation.save(update_fields=changed)
    return conversation


@transaction.atomic
def start(user: User, persona_uuid: uuid.UUID) -> Conversation:
    """Return a conversation without messages, with this persona. Raises NotFound."""
    return choose(user, conversations.start(user).uuid, persona_uuid)


def switches(messages: list[Message]) -> dict[int, str]:
    """Return by whom questions are answered, where it is another than before: names by ids, "" for nobody.

    `messages` are those of a branch, oldest first. Who answered before the first of them is not known. The
    same rule as the page (thread/markers.js: switches).
    """
    before, found = None, {}
    for place, answer in enumerate(messages):
        if answer.role != Role.ASSISTANT:
            continue
        if place and before is not None and answer.persona_name != before:
            found[messages[place - 1].pk] = answer.persona_name
        before = answer.persona_name
    return found


def localized(persona: Persona) -> Persona:
    """Return the same row, a built-in one with its words in the active language. It is not to be saved."""
    if words := BUILTINS.get(persona.builtin or ""):
        persona.name, persona.emoji = str(words.name), words.emoji
        persona.description, persona.opening = str(words.description), str(words.opening)
        persona.instructions = str(words.instructions)
        persona.starters = [str(starter) for starter in words.starters]
    return persona


# Internal


def _visible(user: User) -> QuerySet[Persona]:
    return Persona.objects.filter(Q(owner=user) | Q(sharing=Persona.Sharing.SHARED))


def _with_picture(rows: QuerySet[Persona]) -> QuerySet[Persona]:
    return rows.annotate(has_picture=~Q(picture=b""))


def _listed(rows: QuerySet[Persona]) -> QuerySet[Persona]:
    return _with_picture(rows).defer(*_UNLISTED)


def _builtin(rows: QuerySet[Persona], words: str) -> list[Persona]:
    places = {code: place for place, code in enumerate(BUILTINS)}
    found = [localized(row) for row in rows.filter(builtin__in=places)]
    found.sort(key=lambda row: places[row.builtin or ""])
    wanted = words.casefold()
    return [row for row in found if wanted in f"{row.name}\n{row.description}".casefold()]


def _chosen(user: User, persona_uuid: uuid.UUID) -> Persona:
    found = _visible(user).defer("picture").filter(uuid=persona_uuid).first()
    if found is None:
        raise NotFound
    return found


def _check_room(user: User) -> None:
    """Raise TooManyPersonas if there is no room for one more.

    Within a transaction, which holds the person's row: of two at once one comes after the other.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Persona.objects.filter(owner=user).count() >= MOST_PERSONAS:
        raise TooManyPersonas


def _share(user: User, persona_uuid: uuid.UUID, before: set[Persona.Sharing], now: Persona.Sharing) -> None:
    mine = Persona.objects.filter(owner=user, uuid=persona_uuid)
    to_change = mine.filter(sharing__in=before)
    if not to_change.update(sharing=now, reason="", decision_unseen=False) and not mine.exists():
        raise NotFound


@transaction.atomic
def _decide(
    persona: Persona,
    by: User,
    seen: datetime,
    before: set[Persona.Sharing],
    now: Persona.Sharing,
    reason: str = "",
) -> None:
    rows = Persona.objects.filter(pk=persona.pk, updated_at=seen, sharing__in=before)
    if not rows.update(sharing=now, reason=reason, decision_unseen=True):
        raise PersonaChanged
    audit.record(by, persona, Action.SHARING_DECIDED, before=persona.sharing, after=now.value, reason=reason)
