"""How far a job is: for its owner, who may cancel it, and for nobody else."""

import uuid

import pytest

from chat.jobs import actions
from chat.jobs.errors import JobInterrupted
from chat.models import Job, JobStatus
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}


@pytest.fixture
def job(alice):
    return actions.enqueue("canary kind", {"canary": "payload"}, owner=alice)


def change(job, **fields):
    Job.objects.filter(pk=job.pk).update(**fields)


def test_the_owner_sees_how_far_it_is_without_a_script_by_a_page_that_renews_itself(alice, job):
    client, address = browser_of(alice), f"/jobs/{job.uuid}/"
    page = client.get(address).content.decode()
    assert "Waiting to start" in page and '<meta http-equiv="refresh" content="5">' in page
    assert "canary" not in page
    change(job, status=JobStatus.RUNNING, done=1200, total=34567)
    page = client.get(address).content.decode()
    assert "In progress" in page and "1200 of 34567" in page and 'max="34567" value="1200"' in page
    change(job, status=JobStatus.DONE, ended_at=job.created_at)
    page = client.get(address).content.decode()
    assert "Finished" in page
    assert "refresh" not in page and "<progress" not in page and "/cancel/" not in page


def test_a_script_gets_the_numbers_and_what_to_show(alice, job):
    change(job, status=JobStatus.RUNNING, done=3, total=0)
    answer = browser_of(alice).get(f"/jobs/{job.uuid}/", headers=SCRIPT).json()
    assert (answer["status"], answer["done"], answer["total"]) == ("running", 3, 0)
    assert "<progress" in answer["html"] and "max=" not in answer["html"]
    assert "<html" not in answer["html"]


def test_a_job_that_failed_says_why_and_what_to_do_and_not_what_the_operator_is_told(alice, job):
    change(
        job, status=JobStatus.FAILED, error="job_interrupted", error_detail="canary", ended_at=job.created_at
    )
    page = browser_of(alice).get(f"/jobs/{job.uuid}/").content.decode()
    assert JobInterrupted().user_text() in page
    assert "canary" not in page


def test_the_owner_cancels_it_and_comes_back_to_where_they_were(alice, job):
    client = browser_of(alice)
    cancel = f"/jobs/{job.uuid}/cancel/"
    assert client.get(cancel).status_code == 405
    for sent, back in (
        ("/prompts/", "/prompts/"),
        ("//evil.example/", f"/jobs/{job.uuid}/"),
        ("", f"/jobs/{job.uuid}/"),
    ):
        answer = client.post(cancel, {"next": sent})
        assert (answer.status_code, answer.url) == (303, back)
    assert "Cancelled" in client.get(f"/jobs/{job.uuid}/").content.decode()
    assert client.post(cancel, headers=SCRIPT).json()["status"] == "cancelled"


def test_the_stranger_and_the_moderator_find_what_a_random_id_finds(bob, charlie, job):
    for person in (bob, charlie):
        for address in (f"/jobs/{job.uuid}/", f"/jobs/{uuid.uuid4()}/"):
            assert browser_of(person).get(address).status_code == 404
            assert browser_of(person).post(f"{address}cancel/").status_code == 404
    assert Job.objects.get().status == JobStatus.WAITING
