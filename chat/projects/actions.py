"""Where people keep the conversations that belong together. Every row is reached through its owner."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import listing
from chat.conversations.errors import MOST_CHOSEN, TooManyChosen
from chat.core.errors import NotFound
from chat.models import Conversation, Project, User, soft_delete
from chat.models.conversations import ConversationQuerySet
from chat.projects.errors import MOST_PROJECTS, ProjectNotFound, TooManyProjects
from chat.realtime import layer

IN_SIDEBAR, LATEST = 8, 5
"""Projects that the sidebar names, and conversations of one that it shows."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A conversation, where it is now and where it was; None is in no project."""

    conversation: Conversation
    project: Project | None
    before: Project | None


@dataclass(frozen=True, slots=True)
class Latest:
    """Conversations of a project; `has_more` says that there are earlier ones."""

    rows: list[Conversation]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The projects in the sidebar. Of `current`, which the page shows, it has the conversations `latest`."""

    projects: list[Project]
    has_more: bool
    current: Project | None
    latest: Latest | None


def projects_of(user: User, most: int = MOST_PROJECTS) -> list[Project]:
    """Return a person's projects without their instructions, those first that were put to use last."""
    return list(Project.objects.of(user).order_by("-updated_at", "-pk").defer("instructions")[:most])


def project_of(user: User, project_uuid: uuid.UUID) -> Project:
    """Return the person's project. Raises ProjectNotFound, for another person's as for a random id."""
    found = Project.objects.of(user).select_related("persona", "model").filter(uuid=project_uuid).first()
    if found is None:
        raise ProjectNotFound
    return found


def side(user: User, current: Project | None = None) -> Side:
    """Return what the sidebar shows; `current` is among it in any case. Two queries, three with `current`."""
    found = projects_of(user, IN_SIDEBAR + 1)
    shown = found[:IN_SIDEBAR]
    if current and current not in shown:
        shown = [*shown[: IN_SIDEBAR - 1], current]
    return Side(shown, len(found) > IN_SIDEBAR, current, latest(user, current) if current else None)


def latest(user: User, project: Project) -> Latest:
    """Return the latest conversations of a project."""
    found, cursor = listing.in_project(user, project, "", LATEST)
    return Latest(found, bool(cursor))


@transaction.atomic
def create(user: User, fields: dict[str, Any]) -> Project:
    """Return a new project. `fields` are checked columns. Raises TooManyProjects."""
    _check_room(user)
    made = Project.objects.create(owner=user, **fields)
    layer.announce_projects(user.pk)
    return made


@transaction.atomic
def change(user: User, project_uuid: uuid.UUID, fields: dict[str, Any]) -> Project:
    """Give a project other columns; what it tells the model holds from the next reply on.

    Raises ProjectNotFound.
    """
    project = project_of(user, project_uuid)
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=[*fields, "updated_at"])
    layer.announce_projects(user.pk)
    return project


def count(user: User, project: Project) -> int:
    """Return how many conversations are in a project."""
    return Conversation.objects.of(user).started().filter(project=project).count()


@transaction.atomic
def delete(user: User, project_uuid: uuid.UUID, *, with_conversations: bool) -> Project:
    """Take a project away, and give it; `restore` brings it back for UNDO_WINDOW. Raises ProjectNotFound.

    Its conversations are deleted in the same moment, by which `restore` knows them, or are in no project.
    """
    project = project_of(user, project_uuid)
    now = timezone.now()
    Project.objects.filter(pk=project.pk).update(deleted_at=now)
    if with_conversations:
        conversations.delete_among(user, Conversation.objects.of(user).filter(project=project), now)
    layer.announce_projects(user.pk)
    # What stays is among all others from now on, also on pages that are open
    staying = _listed(user, project).filter(pinned_at=None).latest_first()[: conversations.MOST_TOLD]
    if places := {row.uuid: "" for row in staying}:
        layer.announce_arranged(user.pk, places)
    return project


@transaction.atomic
def restore(user: User, project_uuid: uuid.UUID) -> Project:
    """Bring a deleted project back, with the conversations that were deleted with it.

    Raises ProjectNotFound and TooManyProjects.
    """
    rows = Project.with_deleted.filter(owner=user, uuid=project_uuid)
    if gone := soft_delete.restorable(rows).first():
        _check_room(user)
        conversations.restore_among(
            user, Conversation.objects.filter(project=gone, deleted_at=gone.deleted_at)
        )
        soft_delete.restore(rows)
        layer.announce_projects(user.pk)
        conversations.tell_places(user, _listed(user, gone))
    return project_of(user, project_uuid)


def _listed(user: User, project: Project) -> ConversationQuerySet:
    rows: ConversationQuerySet = Conversation.objects.of(user).listed().filter(project=project)
    return rows


@transaction.atomic
def move(user: User, conversation_uuid: uuid.UUID, project_uuid: uuid.UUID | None) -> Moved:
    """Put a conversation into a project, None into none. Raises NotFound and ProjectNotFound."""
    conversation = conversations.lasting_conversation_of(user, conversation_uuid)
    before = conversation.current_project
    project = project_of(user, project_uuid) if project_uuid else None
    put(conversation, project)
    layer.announce_listed(conversation, moved=False)
    return Moved(conversation, project, before)


@transaction.atomic
def move_many(
    user: User, wanted: Mapping[uuid.UUID, uuid.UUID | None]
) -> dict[Conversation, uuid.UUID | None]:
    """Put each conversation into the project beside it; return those that moved, and where they were.

    Raises NotFound when none of them is the person's, ProjectNotFound and TooManyChosen.
    """
    if len(wanted) > MOST_CHOSEN:
        raise TooManyChosen
    rows = Conversation.objects.of(user).lasting().filter(uuid__in=wanted).select_related("project")
    found = list(rows.select_for_update(of=("self",)))
    if not found:
        raise NotFound
    targets = {target: project_of(user, target) for target in set(wanted.values()) if target}
    before: dict[Conversation, uuid.UUID | None] = {}
    for conversation in found:
        target, was = wanted[conversation.uuid], conversation.current_project
        if target == (was.uuid if was else None):
            continue
        put(conversation, targets[target] if target else None)
        layer.announce_listed(conversation, moved=False)
        before[conversation] = was.uuid if was else None
    return before


def put(conversation: Conversation, project: Project | None) -> None:
    """Let a conversation be in a project of the same person, which is put to use by that."""
    conversation.project = project
    Conversation.objects.filter(pk=conversation.pk).update(project=project)
    if project:
        Project.objects.filter(pk=project.pk).update(updated_at=timezone.now())


def _check_room(user: User) -> None:
    """Raise TooManyProjects if there is no room for one more.

    Within a transaction, which holds the person's row: of two at once one comes after the other.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Project.objects.of(user).count() >= MOST_PROJECTS:
        raise TooManyProjects
