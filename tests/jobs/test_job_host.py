"""Jobs inside the server: done while there are some, and by no more threads than it may have."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db.models.functions import Now

from chat.jobs import actions, host, queue, registry
from chat.jobs.host import JobHost
from chat.models import Job, JobStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gate(monkeypatch):
    """Each job waits for it, and counts how many are being done."""
    gate = threading.Event()
    gate.now, gate.most = 0, 0

    def run(context):
        gate.now += 1
        gate.most = max(gate.most, gate.now)
        while not gate.wait(0.01):
            context.progress(1)
        gate.now -= 1

    registry.kinds()  # imports all, which is done once and is not to end with this test
    monkeypatch.setattr(registry, "_kinds", {"test": run})
    monkeypatch.setattr(host, "LOOK", 0.05)
    return gate


async def read(work, *arguments):
    return await sync_to_async(work)(*arguments)


async def enqueue(kind="test"):
    return await sync_to_async(actions.enqueue)(kind, {})


async def until(is_so):
    async with asyncio.timeout(30):
        while not await sync_to_async(is_so)():
            await asyncio.sleep(0.01)


def count(**fields):
    return Job.objects.filter(**fields).count()


async def test_no_more_are_done_at_once_than_are_allowed_and_no_thread_stays(gate):
    jobs = JobHost("here-8000:one", read, bool, 2)
    jobs.start()
    try:
        for _ in range(4):
            await enqueue()
        await until(lambda: count(status=JobStatus.RUNNING) == 2)
        await asyncio.sleep(0.3)
        assert (gate.most, await sync_to_async(count)(status=JobStatus.WAITING)) == (2, 2)
        gate.set()
        await until(lambda: count(status=JobStatus.DONE) == 4)
        await until(lambda: not [one for one in threading.enumerate() if one.name.startswith("job")])
    finally:
        await jobs.close()


async def test_at_the_end_of_the_server_its_jobs_wait_for_the_next_one(gate):
    jobs = JobHost("here-8000:one", read, bool, 1)
    jobs.start()
    await enqueue()
    await until(lambda: count(status=JobStatus.RUNNING) == 1)
    await jobs.close()
    assert await sync_to_async(count)(status=JobStatus.WAITING, attempts=0, worker="") == 1
    await enqueue()
    await asyncio.sleep(0.2)
    assert await sync_to_async(count)(status=JobStatus.WAITING) == 2


async def test_what_the_one_before_left_is_taken_at_the_start_and_nothing_of_one_with_the_same_name_later(
    gate,
):
    def begun_by(worker):
        job = actions.enqueue("other", {})
        assert queue.claim(worker, ["other"]) == job

    await sync_to_async(begun_by)("here-8000:before")
    jobs = JobHost("here-8000:one", read, bool, 1)
    jobs.start()
    try:
        await until(lambda: count(status=JobStatus.WAITING, attempts=1) == 1)
        await sync_to_async(Job.objects.filter(kind="other").delete)()
        await sync_to_async(begun_by)("here-8000:sibling")
        gate.set()
        await enqueue()
        await until(lambda: count(status=JobStatus.DONE) == 1)
        assert await sync_to_async(count)(status=JobStatus.RUNNING, worker__startswith="here-8000:sib") == 1
    finally:
        await jobs.close()


async def test_a_database_that_is_away_is_asked_again(gate, caplog):
    asked = []

    async def read_at_last(work, *arguments):
        asked.append(1)
        if len(asked) < 3:
            raise OSError("away")
        return await read(work, *arguments)

    jobs = JobHost("here-8000:one", read_at_last, bool, 1)
    await enqueue()
    await sync_to_async(Job.objects.update)(run_after=Now())
    gate.set()
    jobs.start()
    try:
        await until(lambda: count(status=JobStatus.DONE) == 1)
    finally:
        await jobs.close()
    assert "away" in caplog.text
