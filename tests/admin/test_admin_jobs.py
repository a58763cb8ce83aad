"""The list of background tasks: for administrators, to read, without a word of what they are about."""

import pytest
from django.contrib.auth.models import Group

from chat.admin.jobs import LABELS
from chat.jobs import actions
from chat.jobs.registry import kinds
from chat.models import Job, User
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/job/"


@pytest.fixture
def dana() -> User:
    """The administrator."""
    dana = User.objects.create_user("dana@example.org", is_staff=True)
    dana.groups.add(Group.objects.get(name="Administrators"))
    return dana


@pytest.fixture
def job(alice):
    job = actions.enqueue("import_run", {"canary": "payload"}, owner=alice)
    Job.objects.update(state={"canary": 1}, result={"canary": 2}, done=3, total=9, error="job_interrupted")
    return job


def test_administrators_read_what_is_done_for_whom_and_how_far_it_is(dana, job):
    actions.enqueue("site.kind", {})
    client = browser_of(dana)
    for page in (LIST, f"{LIST}{job.pk}/change/"):
        shown = client.get(page).content.decode()
        for words in (
            "Import conversations",
            "alice@example.org",
            "Waiting to start",
            "3 / 9",
            "job_interrupted",
        ):
            assert words in shown, (page, words)
        assert "canary" not in shown
    assert "site.kind" in client.get(LIST).content.decode()
    assert "chat/job/" in client.get("/admin/").content.decode()


def test_all_kinds_are_told_in_the_words_of_the_reader_and_filter_the_list(dana, job):
    assert LABELS.keys() == {kind for kind in kinds() if not kind.startswith("test.")}
    actions.enqueue("export_expired", {})
    client = browser_of(dana)
    shown = client.get(LIST, headers={"Accept-Language": "de"}).content.decode()
    assert "Chats importieren" in shown
    assert "import_run<" not in shown
    narrowed = client.get(f"{LIST}?kind=export_expired").content.decode()
    assert "alice@example.org" not in narrowed


def test_nobody_changes_or_removes_one(dana, job):
    client = browser_of(dana)
    assert client.post(f"{LIST}{job.pk}/change/", {"status": "done"}).status_code == 403
    for page in (f"{LIST}add/", f"{LIST}{job.pk}/delete/"):
        assert client.get(page).status_code == 403
    assert Job.objects.get().status == "waiting"


def test_moderators_and_members_do_not_see_the_list(bob, alice, job):
    assert browser_of(bob).get(LIST).status_code == 403
    assert "chat/job" not in browser_of(bob).get("/admin/").content.decode()
    assert browser_of(alice).get(LIST).status_code == 302
