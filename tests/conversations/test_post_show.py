"""Walking between branches: POST /m/<uuid>/show/ brings one into view."""

import pytest

from chat.models import Conversation, Message, Role
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def branched(alice, say):
    """q1 a1 q2 a2, and in view the later branch q1 a1 deux zwei."""
    conversation = say(alice, "q1", "a1", "q2", "a2")
    fork = Message.objects.get(text="a1")
    conversation.tip = fork
    return say(alice, "deux", "zwei", into=conversation)


def shown(conversation):
    tip = Conversation.objects.get(pk=conversation.pk).tip
    return [message.text for message in Message.branch_to(tip.pk, 10)]


def test_the_branch_of_a_message_comes_into_view_at_its_latest_message(alice, branched):
    assert shown(branched) == ["q1", "a1", "deux", "zwei"]
    message = Message.objects.get(text="q2")
    answer = browser_of(alice).post(f"/m/{message.uuid}/show/")
    assert answer.status_code == 303
    assert answer.url == f"/c/{branched.uuid}/#m-{message.uuid}"
    assert shown(branched) == ["q1", "a1", "q2", "a2"]


def test_the_page_says_which_of_how_many_is_shown(alice, branched):
    page = browser_of(alice).get(f"/c/{branched.uuid}/").content.decode()
    assert "2 / 2" in page
    assert f"/m/{Message.objects.get(text='q2').uuid}/show/" in page
    assert "1 / 1" not in page


def test_branches_of_the_first_message_are_siblings_too(alice, say):
    conversation = say(alice, "Helo", "a")
    conversation.tip = None
    say(alice, "Hello", "b", into=conversation)
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert "2 / 2" in page


def test_siblings_cost_one_query_however_many(alice, say, django_assert_max_num_queries):
    conversation = say(alice, "q", "a0")
    question = Message.objects.get(text="q")
    for number in range(50):
        Message.objects.create(
            conversation=conversation, parent=question, role=Role.ASSISTANT, text=f"a{number + 1}"
        )
    browser = browser_of(alice)
    with django_assert_max_num_queries(14):
        page = browser.get(f"/c/{conversation.uuid}/").content.decode()
    assert "1 / 51" in page


def test_get_is_refused(alice, branched):
    assert browser_of(alice).get(f"/m/{branched.tip.uuid}/show/").status_code == 405
