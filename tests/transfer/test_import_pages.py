"""The pages of an import, by the owner, a moderator and a stranger; without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat.jobs import actions as jobs
from chat.jobs import queue
from chat.jobs.context import Cancelled, JobContext
from chat.models import Conversation, Import, ImportStatus, Job, JobStatus
from chat.realtime import layer
from chat.serving import uploads
from chat.transfer.imports import actions, background, files
from chat.transfer.imports.errors import FileTooLarge
from tests.conftest import browser_of
from tests.support.exports import as_json, gpt_talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(data_folder):
    """Upload bytes as a person's form does, with their own ticket or another's."""

    def post(user, data, ticket=None, **headers):
        file = SimpleUploadedFile("my export.json", data)
        address = f"/import/upload/{ticket or uploads.ticket(user.pk)}/"
        return browser_of(user).post(address, {"file": file}, headers=headers)

    return post


def test_a_file_is_chosen_looked_through_taken_in_and_reported(alice, send, do_jobs):
    browser = browser_of(alice)
    assert b"Import conversations" in browser.get("/settings/chats/").content
    assert uploads.ticket(alice.pk).split(":")[0].encode() in browser.get("/import/").content
    answer = send(alice, as_json([gpt_talk("<b>One</b>", 2), gpt_talk("Two"), {"id": "odd", "title": "Odd"}]))
    assert answer.status_code == 303
    page = browser.get(answer.url).content.decode()
    assert 'http-equiv="refresh"' in page
    assert "my export.json" in page
    assert browser.get("/import/").url == answer.url
    do_jobs(actions.PREVIEW)
    page = browser.get(answer.url).content.decode()
    assert "ChatGPT (2)" in page
    assert "Entries that are not a conversation" in page
    assert not Conversation.objects.exists()
    assert browser.post(f"{answer.url}start/").status_code == 303
    do_jobs(actions.RUN)
    page = browser.get(answer.url).content.decode()
    assert "2 conversations imported" in page
    assert "Odd" in page
    assert "&lt;b&gt;One" not in page  # nothing of it stayed behind
    assert "2 conversations imported" in browser.get("/import/").content.decode()
    assert b"&lt;b&gt;One&lt;/b&gt;" in browser.get("/").content
    browser.post(f"{answer.url}forget/")
    assert not Import.objects.exists()
    assert Conversation.objects.count() == 2


def test_a_script_is_told_the_address_and_what_is_wrong(alice, send):
    assert (
        send(alice, as_json([]), x_fragment="1").json()["address"] == f"/import/{Import.objects.get().uuid}/"
    )
    answer = send(alice, as_json([]), x_fragment="1")
    assert (answer.status_code, answer.json()["code"]) == (409, "import_open")


def test_only_ones_own_ticket_opens_the_door(alice, bob, send, settings):
    assert send(bob, b"[]", ticket=uploads.ticket(alice.pk)).status_code == 404
    assert send(bob, b"[]", ticket="1:abc:def").status_code == 404
    assert not Import.objects.exists()
    assert list(files.folder().iterdir()) == []


def test_a_file_that_is_too_large_or_missing_is_refused(alice, send, settings):
    settings.IMPORT_MAX_MB = 1
    assert send(alice, b"x" * (1024 * 1024 + 1)).status_code == 413
    assert send(alice, b"").status_code == 400
    assert list(files.folder().iterdir()) == []


def test_nothing_is_taken_in_when_the_disk_is_nearly_full(alice, send, do_jobs, monkeypatch):
    url = send(alice, as_json([gpt_talk("One", 2)])).url
    do_jobs(actions.PREVIEW)
    monkeypatch.setattr(uploads, "LEFT_FREE", 2**62)
    made = Import.objects.get()
    actions.start(alice, made.uuid, with_deleted=False)
    job = queue.claim("here", [actions.RUN])
    with pytest.raises(FileTooLarge):
        background.run(JobContext(job))
    queue.finish(job, JobStatus.FAILED, error=FileTooLarge.code)
    assert "larger than this site takes" in browser_of(alice).get(url).content.decode()
    assert not Conversation.objects.exists()
    assert send(alice, b"[]").status_code == 413
    assert Import.objects.get().status == ImportStatus.FAILED


def test_another_import_may_be_open_of_another_person_only(alice, bob, send):
    assert send(alice, b"[]").status_code == 303
    assert send(bob, b"[]").status_code == 303
    assert send(alice, b"[]").status_code == 409
    assert len(list(files.folder().iterdir())) == 2


def test_a_person_imports_so_many_files_an_hour(alice, send, monkeypatch):
    monkeypatch.setattr(actions, "MOST_UPLOADS_AN_HOUR", 1)
    url = send(alice, b"[]").url
    browser_of(alice).post(f"{url}cancel/")
    answer = send(alice, b"[]")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 60


def test_a_moderator_and_a_stranger_see_nothing_of_it(alice, bob, charlie, send, do_jobs):
    url = send(alice, as_json([gpt_talk("Private")])).url
    do_jobs(actions.PREVIEW)
    for person in (bob, charlie):
        browser = browser_of(person)
        assert browser.get(url).status_code == 404
        for what in ("start", "cancel", "forget"):
            assert browser.post(f"{url}{what}/").status_code == 404
        assert b"my export" not in browser.get("/import/").content
    assert Import.objects.get().status == ImportStatus.READY


def test_pages_that_are_open_are_told_of_what_came(alice, send, do_jobs, monkeypatch):
    told = []
    monkeypatch.setattr(layer, "announce_arranged", lambda _, places: told.append(places))
    send(alice, as_json([gpt_talk("One"), gpt_talk("Two")]))
    do_jobs(actions.PREVIEW)
    actions.start(alice, Import.objects.get().uuid, with_deleted=False)
    assert told == []
    do_jobs(actions.RUN)
    assert told == [dict.fromkeys(Conversation.objects.values_list("uuid", flat=True), "")]


def test_cancelling_keeps_what_came_and_says_how_much(
    alice, send, do_jobs, monkeypatch, django_capture_on_commit_callbacks
):
    url = send(alice, as_json([gpt_talk(f"Talk {n}") for n in range(5)])).url
    do_jobs(actions.PREVIEW)
    found = actions.start(alice, Import.objects.get().uuid, with_deleted=False)
    monkeypatch.setattr(background, "AT_ONCE", 1)
    take = background._take

    def cancelled(item, tree, made, lookup, pending, tally):
        take(item, tree, made, lookup, pending, tally)
        if tally.total == 3:
            Job.objects.filter(uuid=found.job).update(status=JobStatus.CANCELLED, ended_at=timezone.now())

    monkeypatch.setattr(background, "_take", cancelled)
    with pytest.raises(Cancelled):
        do_jobs(actions.RUN)
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(alice).post(f"{url}cancel/")
    page = browser_of(alice).get(url).content.decode()
    assert "Cancelled" in page
    assert Import.objects.get().report["new"] == Conversation.objects.count() == 2
    assert not files.path_of(found.uuid).exists()


def test_a_job_that_failed_is_told_and_the_next_file_may_come(alice, send):
    url = send(alice, b"[]").url
    Job.objects.filter(owner=alice).update(
        status=JobStatus.FAILED, error="job_interrupted", ended_at=timezone.now()
    )
    page = browser_of(alice).get(url).content.decode()
    assert "stopped" in page
    assert Import.objects.get().status == ImportStatus.FAILED
    assert send(alice, b"[]").status_code == 303


def test_a_job_cancelled_elsewhere_ends_its_import(alice, send):
    send(alice, b"[]")
    jobs.cancel(alice, Import.objects.get().job)
    assert b"Export file" in browser_of(alice).get("/import/").content
    assert Import.objects.get().status == ImportStatus.CANCELLED
