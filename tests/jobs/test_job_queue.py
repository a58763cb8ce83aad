"""Jobs from their beginning to their end: who may begin one, who has it, and who may still write."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.conversations import sweep
from chat.core.errors import NotFound
from chat.jobs import actions, queue
from chat.jobs.context import Cancelled, Interrupted, JobContext
from chat.jobs.errors import TooManyJobs
from chat.models import Job, JobStatus, User

pytestmark = pytest.mark.django_db
KINDS = {"count"}


@pytest.fixture
def begin():
    """A job that one run has begun: `begin(alice)`."""

    def enqueue_and_claim(owner=None, worker="a:1"):
        job = actions.enqueue("count", {}, owner=owner)
        claimed = queue.claim(worker, KINDS)
        assert claimed.pk == job.pk
        return claimed

    return enqueue_and_claim


def now_in(job):
    """The job as it is in the database."""
    return Job.objects.get(pk=job.pk)


def age(job, seconds):
    Job.objects.filter(pk=job.pk).update(heartbeat=Now() - timedelta(seconds=seconds))


def test_the_owner_sees_their_job_and_may_cancel_it_as_often_as_they_like(alice):
    job = actions.enqueue("count", {"to": 3}, owner=alice)
    assert list(actions.of(alice)) == [job]
    assert actions.job_of(alice, job.uuid).payload == {"to": 3}
    ends = [actions.cancel(alice, job.uuid) for _ in range(2)]
    assert [end.status for end in ends] == [JobStatus.CANCELLED] * 2
    assert ends[0].ended_at == ends[1].ended_at
    assert queue.claim("a:1", KINDS) is None


def test_the_stranger_and_the_moderator_neither_see_it_nor_cancel_it(alice, bob, charlie):
    job = actions.enqueue("count", {}, owner=alice)
    for other in (bob, charlie):
        assert list(actions.of(other)) == []
        for ask in (actions.job_of, actions.cancel):
            for some in (job.uuid, uuid.uuid4()):
                with pytest.raises(NotFound):
                    ask(other, some)
    assert now_in(job).status == JobStatus.WAITING


def test_a_job_of_the_site_is_nobody_s_to_cancel(alice):
    job = actions.enqueue("count", {})
    with pytest.raises(NotFound):
        actions.cancel(alice, job.uuid)


def test_jobs_are_begun_in_their_order_and_not_before_their_time(alice):
    later = actions.enqueue("count", {}, run_after=timezone.now() + timedelta(hours=1))
    first, second = (actions.enqueue("count", {}) for _ in range(2))
    assert [queue.claim("a:1", KINDS) for _ in range(3)] == [first, second, None]
    Job.objects.filter(pk=later.pk).update(run_after=Now())
    assert queue.claim("a:1", KINDS) == later


def test_what_is_undone_with_its_transaction_is_never_begun(alice):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.enqueue("count", {}, owner=alice)
        raise ZeroDivisionError
    assert queue.claim("a:1", KINDS) is None


def test_a_kind_that_this_version_does_not_know_waits_for_one_that_does():
    job = actions.enqueue("of a later version", {})
    assert queue.claim("a:1", KINDS) is None
    assert now_in(job).attempts == 0
    assert queue.claim("b:1", {"of a later version"}) == job


def test_of_one_person_one_job_runs_at_a_time_and_others_need_not_wait_for_the_rest(alice, charlie):
    first, second = (actions.enqueue("count", {}, owner=alice) for _ in range(2))
    other = actions.enqueue("count", {}, owner=charlie)
    assert [queue.claim("a:1", KINDS) for _ in range(3)] == [first, other, None]
    queue.finish(Job.objects.get(pk=first.pk), JobStatus.DONE)
    assert queue.claim("a:1", KINDS) == second


def test_a_person_may_have_only_so_many_jobs_open(alice, charlie):
    jobs = [actions.enqueue("count", {}, owner=alice) for _ in range(actions.MOST_OPEN)]
    with pytest.raises(TooManyJobs):
        actions.enqueue("count", {}, owner=alice)
    actions.enqueue("count", {}, owner=charlie)
    actions.cancel(alice, jobs[0].uuid)
    actions.enqueue("count", {}, owner=alice)


def test_a_person_may_begin_only_so_many_jobs_an_hour(alice, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AN_HOUR", 2)
    for _ in range(2):
        actions.cancel(alice, actions.enqueue("count", {}, owner=alice).uuid)
    with pytest.raises(TooManyJobs) as refused:
        actions.enqueue("count", {}, owner=alice)
    assert 0 < refused.value.retry_after <= 3600


def test_progress_is_written_at_most_once_a_second_but_in_a_transaction_always(alice, begin):
    job = begin(alice)
    context = JobContext(job)
    # The test runs in a transaction of its own
    connection.in_atomic_block = False
    try:
        context.progress(1, 10, {"at": 1})
        context.progress(2, 10, {"at": 2})
    finally:
        connection.in_atomic_block = True
    assert (now_in(job).done, now_in(job).total, now_in(job).state) == (1, 10, {"at": 1})
    assert context.unsaved == {"done": 2, "total": 10, "state": {"at": 2}}
    context.progress(3, 10)
    assert (now_in(job).done, now_in(job).state) == (3, {"at": 2})
    assert not context.unsaved


def test_a_job_that_is_cancelled_hears_of_it_with_its_next_progress_and_nothing_of_that_is_kept(alice, begin):
    job = begin(alice)
    actions.cancel(alice, job.uuid)
    with pytest.raises(Cancelled) as cancelled, transaction.atomic():
        User.objects.filter(pk=alice.pk).update(name="Changed by the job")
        JobContext(job).progress(1, 2, {"at": 1})
    assert cancelled.type is Cancelled
    assert User.objects.get(pk=alice.pk).name == "Alice"
    assert (now_in(job).done, now_in(job).state) == (0, {})
    assert not queue.finish(job, JobStatus.DONE)
    assert now_in(job).status == JobStatus.CANCELLED


def test_a_job_whose_person_is_gone_ends(alice, begin):
    job = begin(alice)
    alice.delete()
    with pytest.raises(Cancelled):
        JobContext(job).progress(1)


def test_what_swallows_every_exception_does_not_swallow_the_end():
    assert not issubclass(Cancelled, Exception)
    assert issubclass(Interrupted, Cancelled)


def test_a_job_whose_process_is_gone_is_begun_again_where_it_was_and_the_first_run_writes_no_more(begin):
    job = begin()
    JobContext(job).progress(5, 10, {"at": 5})
    queue.recover()
    assert queue.claim("b:1", KINDS) is None
    age(job, 31)
    queue.recover()
    again = queue.claim("b:1", KINDS)
    assert (again.pk, again.state, again.done, again.attempts) == (job.pk, {"at": 5}, 5, 2)
    with pytest.raises(Cancelled):
        JobContext(job).progress(6, 10, {"at": 6})
    assert not queue.finish(job, JobStatus.DONE)
    assert not queue.give_back(job)
    assert now_in(job).status == JobStatus.RUNNING
    assert queue.finish(again, JobStatus.DONE)


def test_two_runs_of_one_process_are_told_apart(begin):
    job = begin()
    age(job, 31)
    queue.recover()
    again = queue.claim("a:1", KINDS)
    assert not queue.beat(job)
    assert queue.beat(again)


def test_the_next_process_in_the_same_place_goes_on_at_once_with_what_the_one_before_left(begin):
    mine, before, other = (begin(worker=worker) for worker in ("a:new", "a:old", "ab:old"))
    queue.recover("a", "a:new")
    assert [now_in(job).status for job in (mine, before, other)] == [
        JobStatus.RUNNING,
        JobStatus.WAITING,
        JobStatus.RUNNING,
    ]


def test_a_job_that_kills_its_process_each_time_rests_longer_and_longer_and_then_fails(begin):
    job = begin()
    rests = []
    for attempt in range(1, queue.MOST_ATTEMPTS + 1):
        assert now_in(job).attempts == attempt
        age(job, 31)
        queue.recover()
        if attempt < queue.MOST_ATTEMPTS:
            rests.append(round((now_in(job).run_after - timezone.now()).total_seconds(), -1))
            Job.objects.filter(pk=job.pk).update(run_after=Now())
            assert queue.claim("a:1", KINDS) == job
    assert rests == [0, 20, 40]
    assert (now_in(job).status, now_in(job).error) == (JobStatus.FAILED, "job_interrupted")
    assert queue.claim("a:1", KINDS) is None


class OneMoment(Now):
    """The clock of a database that is quicker than its milliseconds."""

    def as_sqlite(self, compiler, connection, **more):
        return "'2030-01-01 00:00:00.123'", []


def test_a_process_that_ends_in_good_order_costs_a_job_neither_an_attempt_nor_a_moment(begin, monkeypatch):
    job = begin()
    monkeypatch.setattr(queue, "Now", OneMoment)
    for number in range(2 * queue.MOST_ATTEMPTS):
        assert queue.give_back(job, state={"at": number})
        job = queue.claim("a:1", KINDS)
        assert (job.attempts, job.state) == (1, {"at": number})


def test_a_job_is_interrupted_when_its_process_ends(begin):
    context = JobContext(begin(), is_ending=lambda: True)
    with pytest.raises(Interrupted):
        context.progress(1)


def test_the_sweep_removes_jobs_that_ended_long_ago_and_open_ones_stay(alice):
    old, new, waiting = (actions.enqueue("count", {}, owner=alice) for _ in range(3))
    for job in (old, new):
        actions.cancel(alice, job.uuid)
    Job.objects.filter(pk=old.pk).update(ended_at=Now() - actions.KEPT_FOR - timedelta(minutes=1))
    Job.objects.filter(pk=waiting.pk).update(created_at=Now() - timedelta(days=400))
    sweep.expire()
    assert set(actions.of(alice)) == {new, waiting}


def test_the_looks_that_every_process_takes_read_an_index_of_open_jobs_alone():
    with CaptureQueriesContext(connection) as asked:
        assert not queue.is_waiting("a", "a:1")
        queue.recover("a", "a:1")
        queue.claim("a:1", KINDS)
    assert len(asked) == 3
    with connection.cursor() as cursor:
        for query in asked:
            plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall())
            assert "jobs_that_are_open" in plan, plan


def test_a_new_job_wakes_those_who_do_jobs_here_when_it_is_saved(django_capture_on_commit_callbacks):
    woken = []
    actions.wake.add(waker := lambda: woken.append(Job.objects.count()))
    try:
        with django_capture_on_commit_callbacks(execute=True):
            actions.enqueue("count", {})
            assert woken == []
    finally:
        actions.wake.remove(waker)
    assert woken == [1]
