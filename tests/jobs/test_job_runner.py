"""How the doing of a job ends, and what is kept and told of that."""

import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.db.models.functions import Now

from chat.core.errors import NotFound
from chat.jobs import actions, queue, registry, runner
from chat.jobs.context import Cancelled
from chat.models import Job, JobStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def doing(monkeypatch, caplog):
    """Does a job with the function given: `doing(run)`; the job afterwards."""
    ending = threading.Event()

    def enqueue_and_run(run, **payload):
        registry.kinds()  # imports all, which is done once and is not to end with this test
        monkeypatch.setattr(registry, "_kinds", {"test": run})
        job = actions.enqueue("test", payload)
        runner.Runner("a:1", ending).run()
        return Job.objects.get(pk=job.pk)

    enqueue_and_run.ending = ending
    return enqueue_and_run


def test_a_job_that_is_done_keeps_what_came_of_it_and_how_far_it_was(doing):
    def run(job):
        job.progress(1, 2)
        job.progress(2, 2)
        return {"said": job.payload["say"]}

    job = doing(run, say="你好")
    assert (job.status, job.result, job.done, job.total) == (JobStatus.DONE, {"said": "你好"}, 2, 2)
    assert job.ended_at is not None and job.worker == ""


def test_a_job_fails_with_the_error_that_it_raises(doing):
    def run(job):
        raise NotFound("x" * 700)

    job = doing(run)
    assert (job.status, job.error, len(job.error_detail)) == (JobStatus.FAILED, "not_found", 600)


def test_of_an_unexpected_error_the_log_has_all_and_the_row_no_word(doing, caplog):
    def run(job):
        raise ValueError("canary words of a person")

    job = doing(run)
    assert (job.status, job.error, job.error_detail) == (JobStatus.FAILED, "error", "ValueError")
    assert "canary" in caplog.text


def test_a_job_that_would_end_the_process_fails(doing):
    def run(job):
        sys.exit(3)

    job = doing(run)
    assert (job.status, job.error_detail) == (JobStatus.FAILED, "SystemExit")


@pytest.mark.django_db(transaction=True)
def test_a_result_that_no_database_takes_fails_the_job_instead_of_doing_it_again(doing):
    job = doing(lambda job: {"a": object()})
    assert (job.status, job.attempts) == (JobStatus.FAILED, 1)


def test_a_job_that_loses_the_database_is_tried_later_and_fails_when_that_never_helps(doing, monkeypatch):
    monkeypatch.setattr(runner, "drop_connections", lambda: None)

    def run(job):
        raise OperationalError("server closed the connection unexpectedly")

    job = doing(run)  # at once a second time
    for attempt in range(2, queue.MOST_ATTEMPTS):
        assert (job.status, job.attempts) == (JobStatus.WAITING, attempt)
        Job.objects.update(run_after=Now())
        runner.Runner("a:1", doing.ending).run()
        job.refresh_from_db()
    assert (job.status, job.error) == (JobStatus.FAILED, "storage")


def test_the_end_of_a_job_is_written_when_the_database_is_back(doing, monkeypatch):
    monkeypatch.setattr(runner, "drop_connections", lambda: None)
    monkeypatch.setattr(runner, "TRY_AGAIN", 0.01)
    finish, tries = queue.finish, []

    def refused_twice(*arguments, **fields):
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("the database is away")
        return finish(*arguments, **fields)

    monkeypatch.setattr(queue, "finish", refused_twice)
    runs = []
    job = doing(lambda job: runs.append(1))
    assert (job.status, len(tries), len(runs)) == (JobStatus.DONE, 3, 1)


def test_a_job_that_catches_every_exception_ends_when_it_is_cancelled(doing, alice):
    reached = []

    def run(context):
        for number in range(3):
            reached.append(number)
            Job.objects.filter(uuid=context.uuid).update(owner=alice)
            actions.cancel(alice, context.uuid)
            try:
                context.progress(number)
            except Exception:
                pytest.fail("it was to be let pass")

    assert doing(run).status == JobStatus.CANCELLED
    assert reached == [0]


def test_when_the_process_ends_a_job_is_left_with_its_latest_state_to_the_next(doing):
    def run(context):
        doing.ending.set()
        context.progress(7, 10, {"at": 7})

    job = doing(run)
    assert (job.status, job.attempts, job.done, job.state) == (JobStatus.WAITING, 0, 7, {"at": 7})


def test_what_its_last_transaction_has_not_kept_is_not_in_the_state_that_is_left(doing, alice):
    def run(context):
        doing.ending.set()
        with transaction.atomic():
            alice.name = "Changed"
            alice.save()
            context.progress(1, 10, {"at": 1})

    job = doing(run)
    alice.refresh_from_db()
    assert (job.done, job.state, alice.name) == (0, {}, "Alice")


def test_one_job_does_not_keep_the_next_from_being_done(doing, monkeypatch):
    runs = []

    def run(context):
        runs.append(context.payload["number"])
        if context.payload["number"] == 1:
            raise ZeroDivisionError

    actions.enqueue("test", {"number": 1})
    assert doing(run, number=2).status == JobStatus.DONE
    assert runs == [1, 2]


@pytest.fixture
def quick_beats(monkeypatch):
    monkeypatch.setattr(queue, "BEAT", 0.02)


def wait_until(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_long_step_does_not_cost_a_job_its_run(doing, quick_beats):
    def run(context):
        Job.objects.update(heartbeat=Now() - timedelta(hours=1))
        wait_until(lambda: not queue.abandoned().exists())
        context.progress(1)

    assert doing(run).status == JobStatus.DONE


@pytest.mark.django_db(transaction=True)
def test_a_job_that_hangs_loses_its_run_and_hears_so_when_it_wakes_up(doing, quick_beats, monkeypatch):
    monkeypatch.setattr(runner, "STALLED", 0.1)

    def run(context):
        time.sleep(0.3)
        Job.objects.update(heartbeat=Now() - timedelta(hours=1))
        time.sleep(0.2)
        assert queue.abandoned().exists()
        queue.recover()
        with pytest.raises(Cancelled):
            context.progress(1)
        raise Cancelled

    assert doing(run).status == JobStatus.WAITING


@pytest.mark.django_db(transaction=True)
def test_what_was_cancelled_is_noticed_without_asking_the_database_at_each_progress(doing, quick_beats):
    seen = []

    def run(context):
        context.progress(1)
        Job.objects.update(status=JobStatus.CANCELLED, ended_at=Now())
        wait_until(lambda: context.is_lost)
        seen.append("lost")
        context.progress(2)
        seen.append("went on")

    assert doing(run).status == JobStatus.CANCELLED
    assert seen == ["lost"]
