"""Taking conversations along over HTTP: the owner, the moderator and the stranger."""

import io
import uuid
import zipfile

import msgspec
import pytest
from django.utils import timezone

from chat.jobs import actions as jobs
from chat.jobs import queue
from chat.jobs.context import Cancelled, JobContext
from chat.models import Conversation, Job, JobStatus, Message, Project
from chat.serving import uploads
from chat.transfer import actions, background, files
from chat.transfer.format import ExportFile
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def archive_of(answer) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(content(answer)))
    assert archive.testzip() is None
    return archive


@pytest.fixture
def exports(data_folder):
    """Where files of large exports are."""
    return data_folder / files.FOLDER


@pytest.fixture
def little(monkeypatch):
    """A site on which everything is much."""
    monkeypatch.setattr(actions, "AT_ONCE", 10)


def run(job: Job) -> Job:
    """Do a job as a process would that takes it up, and return it as it is then."""
    claimed = queue.claim("a:1", {job.kind})
    assert claimed == job
    result = background.write(JobContext(claimed))
    assert queue.finish(claimed, JobStatus.DONE, result=result)
    return Job.objects.get(pk=job.pk)


@pytest.mark.parametrize(
    ("format", "name", "kind"),
    [
        ("markdown", "q1.md", "text/markdown; charset=utf-8"),
        ("html", "q1.html", "text/html; charset=utf-8"),
        ("json", "q1.json", "application/json"),
    ],
)
def test_the_owner_gets_a_conversation_as_one_file(alice, say, format, name, kind):
    conversation = say(alice, "q1", "a $x$")
    answer = browser_of(alice).post("/export/", {"conversation": conversation.uuid, "format": format})
    file = content(answer)
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert int(answer["Content-Length"]) == len(file)
    assert answer["Content-Encoding"] == "identity"
    assert "no-store" in answer["Cache-Control"]
    assert b"q1" in file


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_a_choice_is_an_archive_of_a_file_for_each(alice, say, format):
    chosen = [say(alice, "Plan", "one"), say(alice, "plan", "two"), say(alice, "計画/2", "three")]
    say(alice, "not chosen", "four")
    form = {"conversation": [row.uuid for row in chosen], "format": format}
    archive = archive_of(browser_of(alice).post("/export/", form))
    ending = {"markdown": ".md", "html": ".html"}[format]
    names = set(archive.namelist()) - {"index.html"}
    assert names == {f"plan{ending}", f"Plan (2){ending}", f"計画_2{ending}"}
    texts = {archive.read(name).decode() for name in names}
    assert sorted(
        word
        for text in texts
        for word in ("one", "two", "three", "four")
        if f"\n{word}" in text or f">{word}<" in text
    ) == ["one", "three", "two"]


def test_an_archive_of_pages_has_one_that_leads_to_them(alice, say):
    say(alice, "a&b", "one"), say(alice, "第二", "two")
    archive = archive_of(browser_of(alice).post("/export/", {"format": "html"}))
    index = archive.read("index.html").decode()
    assert 'href="a%26b.html"' in index
    assert 'href="%E7%AC%AC%E4%BA%8C.html"' in index


def test_a_project_and_everything_are_choices_too(alice, say):
    one, two = say(alice, "one", "a"), say(alice, "two", "b")
    one.project = Project.objects.create(owner=alice, name="Physics")
    one.archived_at = timezone.now()
    one.save()
    client = browser_of(alice)
    for form, titles in (({"project": one.project.uuid}, {"one"}), ({}, {"one", "two"})):
        answer = client.post("/export/", {**form, "format": "json"})
        file = msgspec.json.decode(content(answer), type=ExportFile)
        assert {conversation.title for conversation in file.conversations} == titles
    assert f"Conversations {timezone.localdate():%Y-%m-%d}.json" in answer["Content-Disposition"]
    assert two.title == "two"


def test_the_stranger_and_the_moderator_get_what_a_random_id_gets(alice, bob, charlie, say):
    conversation = say(alice, "canary", "a")
    conversation.project = Project.objects.create(owner=alice, name="canary")
    conversation.save()
    say(bob, "q", "a"), say(charlie, "q", "a")
    for person in (bob, charlie):
        client = browser_of(person)
        for field, own in (("conversation", conversation.uuid), ("project", conversation.project.uuid)):
            for named in (own, uuid.uuid4(), "x"):
                for answer in (
                    client.get("/export/", {field: named}),
                    client.post("/export/", {field: named}),
                    client.post("/export/", {field: named, "format": "json"}),
                    client.post("/export/", {field: named, "format": "print"}),
                ):
                    assert answer.status_code == 404
                    assert b"canary" not in answer.content


def test_of_a_choice_with_others_rows_one_gets_one_s_own(alice, bob, say):
    theirs, own = say(alice, "canary", "a"), say(bob, "own", "a")
    form = {"conversation": [theirs.uuid, own.uuid], "format": "json"}
    file = content(browser_of(bob).post("/export/", form))
    assert b"canary" not in file
    assert b"own" in file


def test_the_form_has_an_address_of_its_own_and_tells_what_is_chosen(alice, say):
    conversation = say(alice, "A plan", "a")
    client = browser_of(alice)
    page = client.get("/export/", {"conversation": conversation.uuid}).content.decode()
    assert "A plan" in page
    assert f'name="conversation" value="{conversation.uuid}"' in page
    say(alice, "Another", "b")
    assert "2 conversations" in client.get("/export/").content.decode()
    chosen = [row.uuid for row in Conversation.objects.all()]
    assert "2 conversations" in client.post("/export/", {"conversation": chosen}).content.decode()


@pytest.mark.parametrize("form", [{"format": "exe"}, {"format": "markdown\0"}])
def test_a_format_that_is_none_shows_the_form_again(alice, say, form):
    say(alice, "q", "a")
    answer = browser_of(alice).post("/export/", form)
    assert b"export-form" in answer.content


def test_who_has_nothing_is_told_so(alice):
    for answer in (browser_of(alice).get("/export/"), browser_of(alice).post("/export/", {"format": "json"})):
        assert answer.status_code == 404
        assert "There are no conversations to export." in answer.content.decode()


def test_nobody_exports_without_end(alice, say, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AN_HOUR", 2)
    say(alice, "q", "a")
    client = browser_of(alice)
    states = [client.post("/export/", {"format": "json"}).status_code for _ in range(3)]
    assert states == [200, 200, 429]


def test_more_than_can_be_exported_is_refused_with_a_sentence(alice, say, monkeypatch, little):
    say(alice, "q", "a")
    monkeypatch.setattr(actions, "MOST_CHARACTERS", 100)
    answer = browser_of(alice).post("/export/", {"format": "json"})
    assert answer.status_code == 413
    assert "too much for one file" in answer.content.decode()
    monkeypatch.undo()
    monkeypatch.setattr(actions, "AT_ONCE", 10)
    monkeypatch.setattr(uploads, "LEFT_FREE", 2**62)
    assert browser_of(alice).post("/export/", {"format": "json"}).status_code == 413
    assert not Job.objects.exists()


def test_much_is_made_in_the_background_and_kept_for_its_owner(alice, bob, charlie, say, little, exports):
    say(alice, "q", "a")
    client = browser_of(alice)
    answer = client.post("/export/", {"format": "markdown"})
    job = Job.objects.get(kind="export")
    assert (answer.status_code, answer.url) == (303, f"/export/{job.uuid}/")
    page = client.get(answer.url).content.decode()
    assert f'data-job="/jobs/{job.uuid}/"' in page
    assert client.get(f"/export/{job.uuid}/file/").status_code == 404
    done = run(job)
    assert (done.done, done.total) == (2, 2)
    (path,) = exports.iterdir()
    assert (path.stat().st_mode & 0o777, exports.stat().st_mode & 0o777) == (0o600, 0o700)
    assert str(job.uuid) not in path.name
    assert f'href="/export/{job.uuid}/file/"' in client.get(f"/export/{job.uuid}/").content.decode()
    assert f'href="/export/{job.uuid}/"' in client.get("/export/").content.decode()
    answer = client.get(f"/export/{job.uuid}/file/")
    assert archive_of(answer).namelist() == ["q.md"]
    assert answer["Content-Disposition"].startswith(
        f'attachment; filename="q {timezone.localdate():%Y-%m-%d}.zip"'
    )
    for other in (bob, charlie):
        for address in (f"/export/{job.uuid}/", f"/export/{job.uuid}/file/"):
            assert browser_of(other).get(address).status_code == 404


def test_a_file_is_gone_after_a_day(alice, say, little, exports, monkeypatch):
    say(alice, "q", "a")
    client = browser_of(alice)
    client.post("/export/", {"format": "json"})
    job = run(Job.objects.get(kind="export"))
    (later,) = Job.objects.filter(kind="export_expired")
    assert later.run_after > job.ended_at + files.KEPT_FOR
    monkeypatch.setattr(files.time, "time", lambda: later.run_after.timestamp())
    answer = client.get(f"/export/{job.uuid}/file/")
    assert answer.status_code == 410
    for page in (answer, client.get(f"/export/{job.uuid}/")):
        assert "kept for one day" in page.content.decode()
    background.remove_expired(JobContext(later))
    assert list(exports.iterdir()) == []
    assert client.get(f"/export/{job.uuid}/file/").status_code == 410


def test_a_job_that_is_cancelled_or_lost_leaves_no_file_behind(alice, say, little, exports):
    say(alice, "q", "a")
    browser_of(alice).post("/export/", {"format": "html"})
    claimed = queue.claim("a:1", {"export"})
    jobs.cancel(alice, claimed.uuid)
    with pytest.raises(Cancelled):
        background.write(JobContext(claimed))
    assert list(exports.iterdir()) == []


def test_a_job_speaks_its_person_s_language(alice, say, little, exports):
    say(alice, "q", "a")
    client = browser_of(alice)
    client.cookies["django_language"] = "de"
    client.cookies["timezone"] = "Asia/Shanghai"
    client.post("/export/", {"format": "markdown"})
    job = run(Job.objects.get(kind="export"))
    text = archive_of(client.get(f"/export/{job.uuid}/file/")).read("q.md").decode()
    assert "+08:00" in text
    assert "## Du" in text


def test_what_is_deleted_meanwhile_is_not_in_the_file(alice, say, little, exports):
    say(alice, "kept", "a")
    deleted = say(alice, "canary", "a")
    client = browser_of(alice)
    client.post("/export/", {"format": "json"})
    Conversation.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    job = run(Job.objects.get(kind="export"))
    archive = archive_of(client.get(f"/export/{job.uuid}/file/"))
    assert b"canary" not in archive.read("conversations.json")


def test_a_page_to_be_printed_shows_all_that_is_chosen(alice, say):
    say(alice, "one", "a"), say(alice, "two", "b")
    page = browser_of(alice).post("/export/", {"format": "print"}).content.decode()
    assert page.count('<section class="exported">') == 2
    assert "<style" not in page


def test_what_is_too_long_to_print_is_refused_with_a_sentence(alice, say, monkeypatch):
    say(alice, "one", "a")
    monkeypatch.setattr(actions, "MOST_TO_PRINT", 10)
    answer = browser_of(alice).post("/export/", {"format": "print"})
    assert answer.status_code == 413
    assert "too long to print" in answer.content.decode()


def test_a_message_of_ten_megabytes_is_exported(alice, say, little, exports):
    conversation = say(alice, "q", "a")
    long = "word \u6f22\u5b57 " * 1_200_000
    Message.objects.filter(pk=conversation.tip_id).update(text=long)
    client = browser_of(alice)
    client.post("/export/", {"format": "json"})
    job = run(Job.objects.get(kind="export"))
    file = archive_of(client.get(f"/export/{job.uuid}/file/")).read("conversations.json")
    assert msgspec.json.decode(file, type=ExportFile).conversations[0].messages[1].text == long
