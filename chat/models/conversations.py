"""Conversations and their messages, which form a tree: nothing is overwritten, a retry is a sibling."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import content
from chat.models.branches import (
    MOST_CHARACTERS,
    branch_to,
    context_rows,
    count_pinned,
    depth_of,
    ids_below,
    latest_below,
)

if TYPE_CHECKING:
    from chat.models.projects import Project


IN_NO_PROJECT = models.Q(project=None) | models.Q(project__deleted_at__isnull=False)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """The one gate: rows reached for a person go through `of`."""

    def of(self, user: models.Model) -> Self:
        """Return this person's conversations that are not deleted."""
        return self.filter(owner_id=user.pk, deleted_at=None)

    def lasting(self) -> Self:
        """Return those that are not temporary: what is in a list, an index or a file is one of these."""
        return self.filter(temporary=False)

    def started(self) -> Self:
        """Return the lasting ones with a message in them: the first gives them their title."""
        return self.lasting().exclude(title="")

    def listed(self) -> Self:
        """Return those that are in the list: started, and not archived."""
        return self.started().filter(archived_at=None)

    def latest_first(self) -> Self:
        """Order by the latest activity; the id settles ties, so that pages never overlap."""
        return self.order_by("-last_activity_at", "-id")


class Conversation(models.Model):
    """One chat of one person. `tip` is the last message of the branch in view, None before the first.

    `model` None is the default one, `exchanges` None the site's number. `persona_name` and `instructions`
    are the persona's as they were when it was chosen: it may be changed or deleted since. Those of another
    person's persona are not open: they are for the model, not for the conversation's owner.
    What is archived is out of the list, and keeps its place among the pinned ones for when it comes back.

    A `temporary` one has no title, and is erased when no page has shown it for a while
    (conversations/temporary.py). `recorded` ones are kept for moderators after that, as their pages say.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations", verbose_name=_("owner")
    )
    title = models.CharField(pgettext_lazy("of a conversation", "title"), max_length=120, blank=True)
    tip = models.ForeignKey(
        "Message", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("latest message")
    )
    model = models.ForeignKey("OfferedModel", models.SET_NULL, null=True, blank=True, related_name="+")
    persona = models.ForeignKey("Persona", models.SET_NULL, null=True, blank=True, related_name="+")
    persona_name = models.CharField(_("persona"), max_length=80, blank=True)
    instructions = models.TextField(_("instructions"), blank=True)
    instructions_are_open = models.BooleanField(default=True)
    parameters = models.JSONField(default=dict, blank=True)
    exchanges = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    last_activity_at = models.DateTimeField(
        _("last activity"), default=timezone.now, editable=False, db_column="updated_at"
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    project = models.ForeignKey(
        "Project",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="conversations",
        db_index=False,
        verbose_name=_("project"),
    )
    reply_unseen = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether a reply has been asked for whose end no page of the owner has shown to them yet."""
    pinned_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    temporary = models.BooleanField(default=False, db_default=False, editable=False)
    recorded = models.BooleanField(default=False, db_default=False, editable=False)
    page_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a page last showed a temporary one."""
    copied_from = models.ForeignKey(
        "Share", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    """The link that its first messages were copied from."""

    objects: ClassVar = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "deleted_at", "-last_activity_at", "-id"], name="conversations_of_a_person"
            ),
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="deleted_ones"
            ),
            models.Index(
                fields=["owner"], condition=models.Q(reply_unseen=True), name="conversations_with_news"
            ),
            models.Index(fields=["page_seen_at"], condition=models.Q(temporary=True), name="temporary_ones"),
            models.Index(
                fields=["project", "-last_activity_at", "-id"],
                condition=models.Q(project__isnull=False),
                name="conversations_of_a_project",
            ),
            # Else who has thousands of the one kind waits for all of them before the first of the other. With
            # `deleted_at` as a column, since SQLite takes the index that more of the query's equations fit
            models.Index(
                fields=["owner", "deleted_at", "-last_activity_at", "-id"],
                condition=models.Q(archived_at__isnull=True),
                name="listed_conversations",
            ),
            models.Index(
                fields=["owner", "deleted_at", "-last_activity_at", "-id"],
                condition=models.Q(archived_at__isnull=False),
                name="archived_conversations",
            ),
            models.Index(
                fields=["owner", "deleted_at", "-pinned_at", "-id"],
                condition=models.Q(pinned_at__isnull=False),
                name="pinned_conversations",
            ),
            models.Index(
                fields=["copied_from"], condition=models.Q(copied_from__isnull=False), name="copies_of_shares"
            ),
        ]

    def __str__(self) -> str:
        if self.temporary:
            return str(_("Temporary chat"))
        return self.title or str(_("New chat"))

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.uuid])

    @property
    def current_project(self) -> "Project | None":
        """The project that it is in; None also while that is deleted."""
        return self.project if self.project is not None and self.project.deleted_at is None else None

    @property
    def has_project_instructions(self) -> bool:
        """Whether its project tells the model something."""
        project = self.current_project
        return project is not None and bool(project.instructions.strip())

    @property
    def context_exchanges(self) -> int:
        """How many exchanges the model sees, beside the new message."""
        return settings.CONTEXT_EXCHANGES if self.exchanges is None else self.exchanges


class Role(models.TextChoices):
    """Who speaks, in the words of the model API."""

    USER = "user", _("You")
    ASSISTANT = "assistant", _("Assistant")


class Status(models.TextChoices):
    """A message's state. Only RUNNING may change, and only once, by one conditional update."""

    RUNNING = "running", _("in progress")
    COMPLETE = "complete", _("complete")
    STOPPED = "stopped", _("stopped")
    INTERRUPTED = "interrupted", _("interrupted")
    FAILED = "failed", _("failed")


CUT = "length"
"""The finish reason of an answer that reached the maximum length."""


class Siblings:
    """A message among those that follow the same one: "2 / 3", and the ones beside it (None at the ends)."""

    def __init__(self, own: uuid.UUID, family: list[uuid.UUID]) -> None:
        place = family.index(own) if own in family else 0
        self.number, self.count = place + 1, len(family)
        self.before = family[place - 1] if place > 0 else None
        self.after = family[place + 1] if place + 1 < len(family) else None


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, reached for a person only through `of`."""

    def of(self, user: models.Model) -> Self:
        """Return the messages in this person's conversations that are not deleted."""
        return self.filter(conversation__owner_id=user.pk, conversation__deleted_at=None)

    def running(self) -> Self:
        """Return the replies that some process is writing."""
        return self.filter(status=Status.RUNNING)

    def continuable(self) -> Self:
        """Return those whose state lets them be written on."""
        broken = models.Q(status__in=[Status.INTERRUPTED, Status.STOPPED])
        return self.filter(broken | models.Q(status=Status.COMPLETE, finish_reason=CUT))


class Message(models.Model):
    """What a person or the model said; how that was written is in an answer's `generation`.

    `html` is the closed rendering of `text` by renderer `html_version`, `thinking_html` that of `reasoning`.
    `parts` is what it holds (models/content.py), None for `text` alone. `finish_reason` is why the model
    ended, in the words of chat/provider/finish.py. `model` is the provider's own name for what answered,
    `model_label` what people read, `requested_model` the label of the one that was chosen and is gone, and
    `persona_name` who answered. `pinned_at` is a question's, and pins its exchange.
    `depth` is how many messages lead to it, None in rows of a version that did not know: `get_depth` counts.
    `heard` is how far an answer was heard that was interrupted while it was read aloud (models/heard.py).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    # Whose act made the row: the writer of a message, the person who asked for an answer
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    role = models.CharField(max_length=9, choices=Role)
    text = models.TextField(pgettext_lazy("of a message", "text"), blank=True)
    parts = models.JSONField(null=True, blank=True, editable=False)
    reasoning = models.TextField(_("thinking"), blank=True)
    html = models.TextField(blank=True)
    thinking_html = models.TextField(blank=True, default="", db_default="", editable=False)
    html_version = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(
        pgettext_lazy("of a message", "status"), max_length=11, choices=Status, default=Status.COMPLETE
    )
    finish_reason = models.CharField(
        _("finish reason"), max_length=40, blank=True, default="", db_default="", editable=False
    )
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True, editable=False)
    heard = models.JSONField(null=True, blank=True, editable=False)
    depth = models.PositiveIntegerField(null=True, blank=True, editable=False)
    model = models.CharField(pgettext_lazy("that answers", "model"), max_length=200, blank=True)
    model_label = models.CharField(max_length=200, blank=True, editable=False)
    requested_model = models.CharField(max_length=200, blank=True, editable=False, db_column="instead_of")
    persona_name = models.CharField(max_length=80, blank=True, editable=False)
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("in a conversation", "message")
        verbose_name_plural = pgettext_lazy("in a conversation", "messages")
        permissions: ClassVar = [("hide_message", "Can hide and restore messages")]
        constraints: ClassVar = [
            # The same send arriving five times makes one message, whatever the process remembers
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_client_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(status="running"), name="replies_being_written"),
            models.Index(
                fields=["conversation"], condition=models.Q(parent__isnull=True), name="first_messages"
            ),
            models.Index(
                fields=["conversation"], condition=models.Q(pinned_at__isnull=False), name="pinned_messages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.text[:60]}"

    @property
    def content(self) -> tuple[content.Part, ...]:
        """What it holds, in order."""
        return (content.TextPart(self.text),) if self.parts is None else content.read(self.parts)

    @property
    def is_hidden(self) -> bool:
        """Whether a moderator took the message out of view."""
        return self.hidden_at is not None

    @property
    def is_cut(self) -> bool:
        """Whether it is whole but for the maximum length that it reached, so that it may be continued."""
        return self.status == Status.COMPLETE and self.finish_reason == CUT

    def get_is_in_view(self) -> bool:
        """Return whether it is on the branch that its conversation shows. One query."""
        return ids_below(type(self), self.pk, self.conversation.tip_id) is not None

    @classmethod
    def branch_to(cls, tip_id: int, limit: int, characters: int = 0) -> "list[Message]":
        """Return the last `limit` messages that lead to `tip_id`, oldest first. One query.

        If `characters` is given they are fewer when they have more together, but always one.
        """
        return branch_to(cls, tip_id, limit, characters)

    def get_depth(self) -> int:
        """Return how many messages lead to this one. One query where its row does not know."""
        return depth_of(type(self), self.pk) if self.depth is None else self.depth

    @classmethod
    def ids_below(cls, message_id: int, tip_id: int | None) -> list[int] | None:
        """Return what `branches.ids_below` does."""
        return ids_below(cls, message_id, tip_id)

    @classmethod
    def latest_below(cls, message_id: int) -> int:
        """Return the id of the latest message below `message_id` on any branch, or its own. One query."""
        return latest_below(cls, message_id)

    @classmethod
    def context_rows(cls, tip_id: int, exchanges: int, characters: int = MOST_CHARACTERS) -> "list[Message]":
        """Return the rows with the latest `exchanges` full exchanges before `tip_id`, oldest first.

        One query. Before them are the pinned ones; what goes beyond `characters` is cut to one
        (`is_clipped`).
        """
        return context_rows(cls, tip_id, exchanges, characters)

    @classmethod
    def count_pinned(cls, tip_id: int) -> int:
        """Return how many pinned exchanges go with what follows `tip_id`. One query."""
        return count_pinned(cls, tip_id)

    @classmethod
    def siblings_of(cls, messages: "list[Message]") -> dict[int, Siblings]:
        """Return the place of each of these messages of one conversation, by its id. One query."""
        if not messages:
            return {}
        parents = {message.parent_id for message in messages}
        beside = models.Q(parent__in=parents - {None})
        if None in parents:
            beside |= models.Q(parent=None)
        rows = cls.objects.filter(beside, conversation=messages[0].conversation_id).order_by("pk")
        families: dict[int | None, list[uuid.UUID]] = {}
        for parent, sibling in rows.values_list("parent_id", "uuid"):
            families.setdefault(parent, []).append(sibling)
        return {
            message.pk: Siblings(message.uuid, families.get(message.parent_id, [message.uuid]))
            for message in messages
        }
