"""Conversations with everything in them, and an import from a file's bytes to its rows, its jobs done at once."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files import File
from django.utils import timezone

from chat.jobs import queue, registry
from chat.jobs.context import JobContext
from chat.models import Conversation, Generation, JobStatus, Message, OfferedModel, Project, Role, Status
from chat.transfer.imports import actions, files
from tests.support.exports import as_json

EARLY = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    """Uploaded files in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def do_jobs(django_capture_on_commit_callbacks):
    """Do what waits of these kinds, one after the other, as a process would."""

    def do(*kinds):
        done = []
        while job := queue.claim("here", kinds):
            with django_capture_on_commit_callbacks(execute=True):
                registry.kinds()[job.kind](JobContext(job))
                queue.finish(job, JobStatus.DONE)
            done.append(job)
        return done

    return do


@pytest.fixture
def look_through(do_jobs):
    """Upload bytes, or a value as JSON, for a person, and make the preview; return the import."""

    def look(user, data):
        content = data if isinstance(data, bytes) else as_json(data)
        upload = files.Uploaded(File(BytesIO(content), "export.zip"))
        made = actions.begin(user, "export.zip", upload, len(content), 10**9)
        do_jobs(actions.PREVIEW)
        return actions.import_of(user, made.uuid)

    return look


@pytest.fixture
def bring(look_through, do_jobs, django_capture_on_commit_callbacks):
    """Import bytes, or a value as JSON, for a person; return the import."""

    def bring_in(user, data, with_deleted=False):
        made = look_through(user, data)
        actions.start(user, made.uuid, with_deleted=with_deleted)
        do_jobs(actions.RUN)
        return actions.import_of(user, made.uuid)

    return bring_in


class Writer:
    """Writes messages one by one: `write("user", "text", after=message)`."""

    def __init__(self, conversation):
        self.conversation = conversation

    def __call__(self, role, text, after=None, generation=(), **columns):
        message = Message.objects.create(
            conversation=self.conversation, parent=after, role=role, text=text, **columns
        )
        if role == Role.ASSISTANT:
            Generation.objects.create(reply=message, **dict(generation))
        return message

    def show(self, tip):
        self.conversation.tip = tip
        self.conversation.save()


@pytest.fixture
def write(alice):
    return Writer(Conversation.objects.create(owner=alice, title="A day on Mars"))


@pytest.fixture
def rich(alice, write):
    """Three versions of a reply, the second in view; a hidden one, a running one, another's instructions."""
    row = write.conversation
    row.model = OfferedModel.objects.create(name="vendor/big-1", label="Big One")
    row.project = Project.objects.create(owner=alice, name="Physics", icon="🔭", instructions="Use units.")
    row.persona_name, row.instructions, row.instructions_are_open = "Tutor", "canary instructions", False
    row.parameters, row.exchanges = {"temperature": 0.2}, 4
    row.pinned_at = row.archived_at = timezone.now()
    question = write("user", "How long is\na day?", pinned_at=timezone.now())
    write("assistant", "24 h", question, status=Status.STOPPED, model="a")
    shown = write(
        "assistant",
        "A sol has \\(24.66\\) h.",
        question,
        reasoning="Mars turns slower.",
        model="vendor/big-1",
        model_label="Big One",
        persona_name="Tutor",
        finish_reason="stop",
        generation={
            "tokens_in": 31,
            "tokens_cached": 16,
            "tokens_out": 120,
            "thinking_ms": 4000,
            "worker": "canary worker",
        },
    )
    write("assistant", "canary third", question, status=Status.RUNNING)
    hidden = write("user", "canary hidden", shown, hidden_at=timezone.now())
    failed = write(
        "assistant",
        "",
        hidden,
        status=Status.FAILED,
        generation={"error": "provider_down", "error_detail": "canary detail", "request_id": "canary id"},
    )
    write.show(failed)
    for number, message in enumerate(Message.objects.order_by("pk")):
        Message.objects.filter(pk=message.pk).update(created_at=EARLY + timedelta(minutes=number))
    return row
