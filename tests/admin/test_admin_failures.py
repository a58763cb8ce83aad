"""The list of failed replies: for administrators, without a word of what was said."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from chat.models import Conversation, Generation, Message, Status, User
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/chat/failedreply/"


@pytest.fixture
def dana() -> User:
    """The administrator."""
    dana = User.objects.create_user("dana@example.org", is_staff=True)
    dana.groups.add(Group.objects.get(name="Administrators"))
    return dana


@pytest.fixture
def failed(alice, say):
    reply = say(alice, "canary question", "").tip
    fields = {"error": "wrong_key", "error_detail": "HTTP 401: ***", "request_id": "abc123"}
    Message.objects.filter(pk=reply.pk).update(status=Status.FAILED)
    Generation.objects.filter(reply=reply).update(**fields)
    Generation.objects.filter(reply=say(alice, "fine", "canary answer").tip).update(request_id="fine99")
    return reply


def test_the_administrator_reads_what_went_wrong_and_nothing_that_was_said(dana, failed):
    client = browser_of(dana)
    for path in (LIST, f"{LIST}{failed.pk}/change/", f"{LIST}{failed.pk}/history/"):
        page = client.get(path).content.decode()
        assert "abc123" in page
        assert "canary" not in page.replace(str(failed.conversation), "")
    page = client.get(LIST).content.decode()
    for told in (
        "alice@example.org",
        "wrong_key</code> The provider rejected this site’s API key.",
        "key_unreadable</code> This site can’t read its API key for this model.",
        "HTTP 401",
        f"/admin/chat/conversation/{failed.conversation_id}/",
    ):
        assert told in page
    assert "fine99" not in page


def test_a_code_that_is_not_known_is_shown_with_a_sentence(dana, failed):
    Generation.objects.filter(reply=failed).update(error="of_a_newer_version")
    for path in (LIST, f"{LIST}{failed.pk}/change/"):
        page = browser_of(dana).get(path).content.decode()
        assert "of_a_newer_version</code> Something went wrong on our side." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "abc123"}, 1),
        ({"q": "alice@"}, 1),
        ({"q": "nobody"}, 0),
        ({"error": "wrong_key"}, 1),
        ({"error": "stream_cut"}, 0),
    ],
)
def test_it_is_searched_by_request_id_and_person_and_filtered_by_error(dana, failed, query, found):
    assert browser_of(dana).get(LIST, query).context["cl"].result_count == found


def test_moderators_strangers_and_owners_do_not_read_it(alice, bob, charlie, failed):
    for person in (alice, bob, charlie):
        assert browser_of(person).get(LIST).status_code in (302, 403)
    assert "failedreply" not in browser_of(bob).get("/admin/").content.decode()


def test_who_may_not_read_conversations_gets_no_link_to_one(charlie, failed):
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.user_permissions.add(Permission.objects.get(codename="view_failedreply"))
    page = browser_of(charlie).get(LIST).content.decode()
    assert "abc123" in page
    assert "/admin/chat/conversation/" not in page


def test_of_deleted_conversations_nothing_is_listed(dana, failed):
    Conversation.objects.update(deleted_at=timezone.now())
    assert browser_of(dana).get(LIST).context["cl"].result_count == 0
