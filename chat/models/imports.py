"""What people brought along from elsewhere: the files, what was made of them, and what stayed behind."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from chat.models.conversations import Conversation


class ImportStatus(models.TextChoices):
    """How far an import is. Those that are open have a file; of one person there is one of them."""

    READING = "reading"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = (ImportStatus.READING, ImportStatus.READY, ImportStatus.RUNNING)


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports; those reached for a person go through `of`."""

    def of(self, user: models.Model) -> Self:
        """Return this person's imports."""
        return self.filter(owner_id=user.pk)

    def open(self) -> Self:
        """Return those that have not ended."""
        return self.filter(status__in=OPEN)


class Import(models.Model):
    """One uploaded file: looked through first, then, if its owner wants it, taken in by a job.

    `preview` is what was found in the file, `report` what was made of it (transfer/imports/tally.py);
    `with_deleted` says that what its owner has deleted here comes back. `job` is what works on it, or did
    last. `error` is the code of a ChatError.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Without constraints: a version that does not know this table yet may remove what they refer to
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.READING)
    preview = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    with_deleted = models.BooleanField(default=False)
    job = models.UUIDField(null=True)
    error = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = ImportQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # nobody works on these by hand
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="imports_of_a_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner"], condition=models.Q(status__in=OPEN), name="one_open_import_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.uuid}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in OPEN


class ImportNote(models.Model):
    """A line of an import's report: what of one conversation, or of the file, stayed behind.

    `kind` is one of transfer/imports/losses.py, `count` how many, `detail` the names of the first. `title`
    is the conversation's, or the name of a file; `conversation` is None where none was made of it, or it is
    gone.
    """

    of = models.ForeignKey(Import, models.CASCADE, related_name="notes")
    conversation = models.ForeignKey(
        Conversation, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    title = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20)
    detail = models.CharField(max_length=400, blank=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"


class ImportedConversation(models.Model):
    """Which conversation here is which one elsewhere, so that a file that comes again doubles nothing.

    `key` makes the ids of its messages of those they had (uuid5). `conversation` is None once its row is
    gone.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=200)
    key = models.UUIDField(default=uuid.uuid4)
    conversation = models.ForeignKey(
        Conversation, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "source", "source_id"], name="one_row_per_imported_conversation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
