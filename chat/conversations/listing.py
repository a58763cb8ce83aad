"""The lists of a person's conversations: the pinned ones, the others page by page, and the archived ones."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import BooleanField, Exists, OuterRef, Value

from chat.core.errors import NotFound
from chat.models import Conversation, Project, Share, Snapshot, User
from chat.models.conversations import IN_NO_PROJECT, ConversationQuerySet
from chat.realtime.protocol import ARCHIVED, DELETED, IN_PROJECT, PINNED

Page = tuple[list[Conversation], str]


def recent(user: User, count: int) -> list[Conversation]:
    """Return the `count` conversations with the latest activity, of those that are in the list."""
    return list(_rows(user).listed().latest_first()[:count])


def pinned(user: User, among: Sequence[uuid.UUID] | None = None) -> list[Conversation]:
    """Return those that are pinned, the one that was pinned last first; `among` these alone if given."""
    # `exclude(pinned_at=None)` says the same, but SQLite does not see by it that an index has all of them
    rows = _among(_rows(user).listed().filter(pinned_at__isnull=False), among)
    return list(rows.order_by("-pinned_at", "-id"))


def latest(user: User, before: str, count: int) -> Page:
    """Return `count` conversations in no project, latest activity first, after the cursor `before`.

    Those that are pinned are not among them.
    "" is the cursor of the first page. Return them and the cursor of the next page, "" when there is none. A
    cursor that is not one of ours raises NotFound.
    """
    return _page(_rows(user).listed().filter(IN_NO_PROJECT, pinned_at=None), before, count)


def in_project(user: User, project: Project, before: str, count: int) -> Page:
    """Return a page of those in a project, pinned or not, as `latest` does of the others."""
    return _page(_rows(user).listed().filter(project=project), before, count)


def unpinned(user: User, among: Sequence[uuid.UUID]) -> list[Conversation]:
    """Return those of `among` that `latest` has on one of its pages, in its order."""
    rows = _rows(user).listed().filter(IN_NO_PROJECT, pinned_at=None)
    return list(_among(rows, among).latest_first())


def archived(user: User, before: str, count: int) -> Page:
    """Return a page of those that are archived, as `latest` does of the others."""
    return _page(_rows(user).started().filter(archived_at__isnull=False), before, count)


def count_archived(user: User) -> int:
    """Return how many of a person's conversations are archived."""
    return Conversation.objects.of(user).started().filter(archived_at__isnull=False).count()


def place_of(row: Conversation) -> str:
    """Return where a conversation belongs, as pages are told."""
    if row.deleted_at:
        return DELETED
    if row.archived_at:
        return ARCHIVED
    if row.pinned_at:
        return PINNED
    return IN_PROJECT if row.project_id else ""


def _rows(user: User) -> ConversationQuerySet:
    """Return a person's conversations; `is_shared` is whether a link to one can be opened now."""
    rows: ConversationQuerySet = Conversation.objects.of(user)
    links = Snapshot.objects.filter(conversation=OuterRef("pk"), share__in=Share.objects.open())
    is_shared = Value(False, BooleanField()) if settings.SHARING == "off" else Exists(links)
    # What a list does not show may be long
    return rows.defer("instructions", "parameters").annotate(is_shared=is_shared)


def _among(rows: ConversationQuerySet, among: Sequence[uuid.UUID] | None) -> ConversationQuerySet:
    return rows if among is None else rows.filter(uuid__in=among)


def _page(rows: ConversationQuerySet, before: str, count: int) -> Page:
    rows = rows.latest_first()
    if before:
        when, pk = _read_cursor(before)
        rows = rows.filter(last_activity_at__lte=when).exclude(last_activity_at=when, pk__gte=pk)
    found = list(rows[: count + 1])
    last = found[count - 1] if len(found) > count else None
    return found[:count], f"{last.last_activity_at.isoformat()}_{last.pk}" if last else ""


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    when, _, pk = cursor.rpartition("_")
    try:
        number = int(pk)
    except ValueError as problem:
        raise NotFound from problem
    if not 0 < number < 2**63:
        raise NotFound
    return read_moment(when), number


def read_moment(text: str) -> datetime:
    """Return the moment of a text in ISO form with its zone, in UTC. Raises NotFound for any other text."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise NotFound
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise NotFound from problem
