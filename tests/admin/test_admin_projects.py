"""The list of projects: for moderators, to read, without a word of what they tell the model."""

import pytest

from chat.models import Persona, User
from chat.projects import actions as projects
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/project/"


@pytest.fixture
def thesis(alice, say):
    pirate = Persona.objects.create(owner=alice, name="canary persona")
    fields = {"name": "Thesis", "instructions": "canary instructions", "persona": pirate}
    thesis = projects.create(alice, fields)
    projects.move(alice, say(alice, "Question", "Answer").uuid, thesis.uuid)
    return thesis


def test_moderators_read_whose_they_are_and_how_much_is_in_them(bob, thesis):
    client = browser_of(bob)
    shown = client.get(LIST, {"q": "thes"}).content.decode()
    assert "Thesis" in shown and "alice@example.org" in shown
    assert 'class="field-conversation_count">1<' in shown
    page = client.get(f"{LIST}{thesis.pk}/change/").content.decode()
    assert "Thesis" in page
    assert "canary" not in shown + page
    projects.delete(thesis.owner, thesis.uuid, with_conversations=False)
    assert "Thesis" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{thesis.pk}/change/").status_code == 302


def test_nobody_changes_or_removes_one(bob, thesis):
    chief = User.objects.create_superuser("chief@example.org")
    for person in (bob, chief):
        client = browser_of(person)
        assert client.post(f"{LIST}{thesis.pk}/change/", {"name": "Taken"}).status_code == 403
        for path in (f"{LIST}add/", f"{LIST}{thesis.pk}/delete/"):
            assert client.get(path).status_code == 403


def test_others_have_no_such_list(alice, charlie, thesis):
    staff = User.objects.create_user("dana@example.org", is_staff=True)
    assert browser_of(staff).get(LIST).status_code == 403
    for person in (alice, charlie):
        assert browser_of(person).get(LIST).status_code == 302
