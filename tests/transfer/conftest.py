"""An import from a file's bytes to its rows, with its jobs done at once."""

from io import BytesIO

import pytest
from django.core.files import File

from chat.jobs import queue, registry
from chat.jobs.context import JobContext
from chat.models import JobStatus
from chat.transfer.imports import actions, files
from tests.support.exports import as_json


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
